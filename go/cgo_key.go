//go:build cgo && (pagecrypt_system || (linux && (amd64 || arm64)))

package pagecrypt

/*
#include "binding.h"

#cgo noescape go_key_new
#cgo noescape go_key_from_text
#cgo noescape go_key_bytes
#cgo noescape go_key_text
#cgo noescape go_seal_one
#cgo noescape go_open_one
#cgo noescape go_seal_batch
#cgo noescape go_open_batch
#cgo nocallback go_seal_one
#cgo nocallback go_open_one
#cgo nocallback go_seal_batch
#cgo nocallback go_open_batch
*/
import "C"

import "unsafe"

func freeKey(key unsafe.Pointer) { C.pagecrypt_key_free((*C.pagecrypt_key)(key)) }

func takeKey(made C.made) (*handle, Cipher, Engine, error) {
	h, err := takeHandle(made, freeKey)
	if err != nil {
		return nil, 0, 0, err
	}
	key := (*C.pagecrypt_key)(h.pointer)
	return h, Cipher(C.pagecrypt_key_cipher(key)), Engine(C.pagecrypt_key_engine(key)), nil
}

func keyNew(bytes []byte, c Cipher) (*handle, Cipher, Engine, error) {
	return takeKey(C.go_key_new(bytesOf(bytes), C.size_t(len(bytes)), C.pagecrypt_cipher(c)))
}

func keyFromText(text []byte, c Cipher) (*handle, Cipher, Engine, error) {
	return takeKey(C.go_key_from_text(bytesOf(text), C.size_t(len(text)), C.pagecrypt_cipher(c)))
}

func keyFromString(text string, c Cipher) (*handle, Cipher, Engine, error) {
	start := (*C.uint8_t)(unsafe.Pointer(unsafe.StringData(text)))
	return takeKey(C.go_key_from_text(start, C.size_t(len(text)), C.pagecrypt_cipher(c)))
}

func keyGenerate(c Cipher) (*handle, Cipher, Engine, error) {
	return takeKey(C.go_key_generate(C.pagecrypt_cipher(c)))
}

func keyWithEngine(from unsafe.Pointer, ceiling Engine) (*handle, Cipher, Engine, error) {
	return takeKey(C.go_key_with_engine(from, C.pagecrypt_engine(ceiling)))
}

func keyWithCipher(from unsafe.Pointer, c Cipher) (*handle, Cipher, Engine, error) {
	return takeKey(C.go_key_with_cipher(from, C.pagecrypt_cipher(c)))
}

func keyClone(from unsafe.Pointer) (*handle, Cipher, Engine, error) {
	return takeKey(C.go_key_clone(from))
}

func keySeals(key unsafe.Pointer) uint64 {
	return uint64(C.pagecrypt_key_seals((*C.pagecrypt_key)(key)))
}

func keyEqual(key, other unsafe.Pointer) bool {
	return bool(C.pagecrypt_key_equal((*C.pagecrypt_key)(key), (*C.pagecrypt_key)(other)))
}

func keyBytes(key unsafe.Pointer, length int) ([]byte, error) {
	bytes := make([]byte, length)
	if err := takeError(C.go_key_bytes(key, bytesOf(bytes), C.size_t(length))); err != nil {
		return nil, err
	}
	return bytes, nil
}

func keyText(key unsafe.Pointer, encoding Encoding) (string, error) {
	var text [C.PAGECRYPT_MAX_KEY_TEXT_LENGTH + 1]byte
	defer clear(text[:])
	written := C.go_key_text(key, C.pagecrypt_encoding(encoding), bytesOf(text[:]), C.size_t(len(text)))
	if err := takeError(written.error); err != nil {
		return "", err
	}
	return string(text[:written.length]), nil
}

func sealOne(key unsafe.Pointer, nonce, associatedData, from, to, tag []byte) error {
	return takeError(C.go_seal_one(key, bytesOf(nonce), C.size_t(len(nonce)), bytesOf(associatedData),
		C.size_t(len(associatedData)), bytesOf(from), bytesOf(to), C.size_t(len(from)), bytesOf(tag)))
}

func openOne(key unsafe.Pointer, nonce, associatedData, from, to, tag []byte) error {
	return takeError(C.go_open_one(key, bytesOf(nonce), C.size_t(len(nonce)), bytesOf(associatedData),
		C.size_t(len(associatedData)), bytesOf(from), bytesOf(to), C.size_t(len(from)), bytesOf(tag)))
}

func sealBatch(key unsafe.Pointer, b *Batch) error {
	return takeError(C.go_seal_batch(key, C.size_t(b.count()), bytesOf(b.Nonces), bytesOf(b.AssociatedData),
		C.size_t(len(b.AssociatedData)), offsetsOf(b.AssociatedDataOffsets), bytesOf(b.From), bytesOf(b.To),
		C.size_t(len(b.From)), offsetsOf(b.Offsets), bytesOf(b.Tags)))
}

func openBatch(key unsafe.Pointer, b *Batch) error {
	opened := (*C.uint8_t)(unsafe.Pointer(unsafe.SliceData(b.Opened))) // the library writes 0 and 1 only
	return takeError(C.go_open_batch(key, C.size_t(b.count()), bytesOf(b.Nonces), bytesOf(b.AssociatedData),
		C.size_t(len(b.AssociatedData)), offsetsOf(b.AssociatedDataOffsets), bytesOf(b.From), bytesOf(b.To),
		C.size_t(len(b.From)), offsetsOf(b.Offsets), bytesOf(b.Tags), opened))
}
