// Package linux_arm64 is empty: libpagecrypt.a and pagecrypt.h are put beside it by the script go/bundle.
package linux_arm64
