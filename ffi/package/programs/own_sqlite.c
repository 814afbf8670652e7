/* Uses the system's SQLite and, for encryption, the one inside libpagecrypt.a, in one program. */
#include <pagecrypt.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

static int fill(const char *path) {
    sqlite3 *db = NULL;
    int failed = sqlite3_open(path, &db) != SQLITE_OK ||
                 sqlite3_exec(db, "CREATE TABLE t(x); INSERT INTO t VALUES (1), (2), (39)", NULL, NULL, NULL);
    return sqlite3_close(db) != SQLITE_OK || failed;
}

static int sum(const char *path) {
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    int found = -1;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(db, "SELECT sum(x) FROM t", -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
        found = sqlite3_column_int(statement, 0);
    }
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return found;
}

int main(void) {
    pagecrypt_key *key = NULL;
    pagecrypt_error *error = NULL;
    if (fill("plain.db")) {
        return 1;
    }
    if (pagecrypt_key_generate(PAGECRYPT_AEGIS256, &key, &error) != PAGECRYPT_OK ||
        pagecrypt_encrypt_file("plain.db", "sealed.db", key, NULL, NULL, &error) != PAGECRYPT_OK ||
        pagecrypt_decrypt_file_compact("sealed.db", "again.db", key, NULL, NULL, &error) != PAGECRYPT_OK) {
        fprintf(stderr, "%s\n", pagecrypt_error_message(error));
        return 1;
    }
    pagecrypt_key_free(key);
    /* The header's and the library's version are both the system's: ours is not what the program sees. */
    printf("sqlite %s %s: sum %d, encrypted %d, again %d\n", sqlite3_libversion(),
           strcmp(sqlite3_sourceid(), SQLITE_SOURCE_ID) == 0 ? "its own" : "another's", sum("plain.db"),
           sum("sealed.db"), sum("again.db"));
    return 0;
}
