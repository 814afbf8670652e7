// Package linux_amd64 is empty: libpagecrypt.a and pagecrypt.h are put beside it by the script go/bundle.
package linux_amd64
