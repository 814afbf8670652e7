//go:build cgo && pagecrypt_system

package pagecrypt

// #cgo CFLAGS: -DPAGECRYPT_GO_SYSTEM
// #cgo pkg-config: pagecrypt
import "C"
