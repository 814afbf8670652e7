module libpagecrypt/go/internal/benchpeers

go 1.24.0

require (
	golang.org/x/crypto v0.45.0
	libpagecrypt/go v0.0.0
)

require golang.org/x/sys v0.38.0 // indirect

replace libpagecrypt/go => ../..
