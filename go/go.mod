module libpagecrypt/go

go 1.24
