/* libpagecrypt.a beside a static library from rustc, which carries Rust's standard library, too. Both unwind. */
#include <pagecrypt.h>
#include <stdio.h>

int other_caught(void);

int main(void) {
    pagecrypt_key *key = NULL;
    pagecrypt_status status = pagecrypt_key_new(NULL, 5, PAGECRYPT_AEGIS256, &key, NULL);
    printf("other: %s, ours: %s\n", other_caught() ? "caught" : "lost", pagecrypt_status_name(status));
    return 0;
}
