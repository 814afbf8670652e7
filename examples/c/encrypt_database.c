/* Encrypts an SQLite database, and shows how far it is:  encrypt_database PLAIN ENCRYPTED KEYFILE */
#include <pagecrypt.h>
#include <stdio.h>

static bool show(void *terminal, uint64_t done, uint64_t total) {
    fprintf(terminal, "\r%3u %%", total ? (unsigned)(done * 100 / total) : 0);
    return true; /* false would stop the work, and leave nothing behind */
}

int main(int count, char **arguments) {
    char text[128];
    FILE *key_file = count == 4 ? fopen(arguments[3], "rb") : NULL;
    if (key_file == NULL) {
        fprintf(stderr, "usage: encrypt_database PLAIN ENCRYPTED KEYFILE\n");
        return 2;
    }
    size_t length = fread(text, 1, sizeof text, key_file);
    fclose(key_file);

    pagecrypt_key *key = NULL;
    pagecrypt_error *error = NULL;
    pagecrypt_file_options *options = pagecrypt_file_options_new();
    pagecrypt_file_options_set_progress(options, show, stderr);
    pagecrypt_status status = pagecrypt_key_from_text(text, length, 0, &key, &error);
    if (status == PAGECRYPT_OK) {
        status = pagecrypt_encrypt_file(arguments[1], arguments[2], key, options, NULL, &error);
    }
    fprintf(stderr, "\n%s\n", status == PAGECRYPT_OK ? "encrypted" : pagecrypt_error_message(error));
    pagecrypt_error_free(error);
    pagecrypt_file_options_free(options);
    pagecrypt_key_free(key);
    return pagecrypt_status_exit_code(status);
}
