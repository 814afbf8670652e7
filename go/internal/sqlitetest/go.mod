module libpagecrypt/go/internal/sqlitetest

go 1.24

require libpagecrypt/go v0.0.0

require github.com/mattn/go-sqlite3 v1.14.53

replace libpagecrypt/go => ../..
