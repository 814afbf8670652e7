//go:build cgo && !pagecrypt_system

package pagecrypt

// The folder is a package so that `go mod vendor` takes the library along.

// #cgo LDFLAGS: ${SRCDIR}/lib/linux_amd64/libpagecrypt.a -lpthread -ldl -lm
import "C"

import _ "libpagecrypt/go/lib/linux_amd64"
