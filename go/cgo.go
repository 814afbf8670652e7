//go:build cgo && (pagecrypt_system || (linux && (amd64 || arm64)))

package pagecrypt

/*
#include "binding.h"

#cgo noescape pagecrypt_error_free
#cgo nocallback pagecrypt_error_free
*/
import "C"

import (
	"syscall"
	"unsafe"
)

const hasLibrary = true

// The library's lengths are size_t, Go's are int; offsets are handed over as they lie.
const _ = -uint(unsafe.Sizeof(C.size_t(0)) ^ unsafe.Sizeof(int(0)))

func version() string { return C.GoString(C.pagecrypt_version()) }

// takeError makes a Go error of the library's, which it frees; nil where there is none.
func takeError(failure C.failure) error {
	if failure == nil {
		return nil
	}
	defer C.pagecrypt_error_free(failure)
	var length C.size_t
	numbers := C.pagecrypt_error_numbers(failure, &length)
	e := &Error{
		Code:     ErrorCode(C.pagecrypt_error_status(failure)),
		Message:  C.GoString(C.pagecrypt_error_message(failure)),
		Unit:     Unit(C.pagecrypt_error_unit(failure)),
		First:    uint64(C.pagecrypt_error_first(failure)),
		Count:    uint64(C.pagecrypt_error_count(failure)),
		Expected: uint64(C.pagecrypt_error_expected(failure)),
		Got:      uint64(C.pagecrypt_error_got(failure)),
		LockedBy: LockedBy(C.pagecrypt_error_locked_by(failure)),
		OnlyPage: bool(C.pagecrypt_error_only_page(failure)),
		Errno:    syscall.Errno(C.pagecrypt_error_os_code(failure)),
	}
	if path := C.pagecrypt_error_path(failure); path != nil {
		e.Path = C.GoString(path)
	}
	for _, number := range unsafe.Slice(numbers, length) {
		e.Numbers = append(e.Numbers, uint64(number))
	}
	return e
}

// takeHandle owns a C object that the library made.
func takeHandle(made C.made, free func(unsafe.Pointer)) (*handle, error) {
	if err := takeError(made.error); err != nil {
		return nil, err
	}
	return newHandle(made.handle, free), nil
}

// bytesOf gives the library a slice. The library reads and writes it during the call only.
func bytesOf(slice []byte) *C.uint8_t {
	return (*C.uint8_t)(unsafe.Pointer(unsafe.SliceData(slice)))
}

func offsetsOf(offsets []int) *C.size_t {
	return (*C.size_t)(unsafe.Pointer(unsafe.SliceData(offsets)))
}

func cipherFromName(name string) (Cipher, error) {
	text, free, err := cString(name, "a cipher's name")
	if err != nil {
		return 0, newError(ErrUnknownCipher, "unknown cipher")
	}
	defer free()
	found := C.go_cipher_from_name(text)
	return Cipher(found.number), takeError(found.error)
}

func cipherEngine(c Cipher) (Engine, error) {
	found := C.go_cipher_engine(C.pagecrypt_cipher(c))
	return Engine(found.number), takeError(found.error)
}

func engineFromName(name string) (Engine, error) {
	text, free, err := cString(name, "an engine's name")
	if err != nil {
		return 0, newError(ErrUnknownEngine, "unknown engine")
	}
	defer free()
	found := C.go_engine_from_name(text)
	return Engine(found.number), takeError(found.error)
}

func engineIsAvailable(e Engine) bool {
	return bool(C.pagecrypt_engine_is_available(C.pagecrypt_engine(e)))
}

// cString copies a string for the library, which takes NUL-terminated ones.
func cString(text, what string) (copied *C.char, free func(), err error) {
	for i := range len(text) {
		if text[i] == 0 {
			return nil, nil, invalidArgument(what + " holds a NUL byte")
		}
	}
	copied = C.CString(text)
	return copied, func() { C.free(unsafe.Pointer(copied)) }, nil
}
