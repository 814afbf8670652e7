//go:build cgo && (pagecrypt_system || (linux && (amd64 || arm64)))

package pagecrypt

/*
#include "binding.h"

#cgo noescape go_token_key_new
#cgo noescape go_token_key_bytes
#cgo noescape go_token_key_token
#cgo noescape go_store_codec_new
#cgo noescape go_store_codec_token
#cgo noescape go_entries_sealed_length
#cgo noescape go_seal_entries
#cgo noescape go_open_entries
#cgo noescape go_store_codec_needs_reseal
#cgo noescape go_reseal_entry
#cgo nocallback go_token_key_token
#cgo nocallback go_store_codec_token
#cgo nocallback go_entries_sealed_length
#cgo nocallback go_seal_entries
#cgo nocallback go_open_entries
#cgo nocallback go_store_codec_needs_reseal
#cgo nocallback go_reseal_entry
*/
import "C"

import "unsafe"

func freeTokenKey(key unsafe.Pointer) { C.pagecrypt_token_key_free((*C.pagecrypt_token_key)(key)) }

func freeStoreCodec(codec unsafe.Pointer) {
	C.pagecrypt_store_codec_free((*C.pagecrypt_store_codec)(codec))
}

func tokenKeyNew(bytes []byte) (*handle, error) {
	return takeHandle(C.go_token_key_new(bytesOf(bytes), C.size_t(len(bytes))), freeTokenKey)
}

func tokenKeyGenerate() (*handle, error) {
	return takeHandle(C.go_token_key_generate(), freeTokenKey)
}

func tokenKeyBytes(key unsafe.Pointer) ([]byte, error) {
	bytes := make([]byte, TokenKeyLength)
	if err := takeError(C.go_token_key_bytes(key, bytesOf(bytes), TokenKeyLength)); err != nil {
		return nil, err
	}
	return bytes, nil
}

func tokenKeyToken(key unsafe.Pointer, path []byte) (token [32]byte, err error) {
	err = takeError(C.go_token_key_token(key, bytesOf(path), C.size_t(len(path)), bytesOf(token[:])))
	return token, err
}

func tokenKeyEqual(key, other unsafe.Pointer) bool {
	return bool(C.pagecrypt_token_key_equal((*C.pagecrypt_token_key)(key), (*C.pagecrypt_token_key)(other)))
}

func storeCodecNew(key unsafe.Pointer, storeID *[16]byte, tokenKey unsafe.Pointer, padding Padding) (*handle, error) {
	return takeHandle(C.go_store_codec_new(key, bytesOf(storeID[:]), tokenKey, C.pagecrypt_padding(padding)), freeStoreCodec)
}

func storeCodecWithDecryptOnlyKey(codec, key unsafe.Pointer) (*handle, error) {
	return takeHandle(C.go_store_codec_with_decrypt_only_key(codec, key), freeStoreCodec)
}

func storeToken(codec unsafe.Pointer, path []byte) (token [32]byte, err error) {
	err = takeError(C.go_store_codec_token(codec, bytesOf(path), C.size_t(len(path)), bytesOf(token[:])))
	return token, err
}

// entriesOf copies the parts of entries into one buffer, which is the caller's to wipe.
func entriesOf(entries []Entry) (given []C.go_entry, buffer []byte) {
	total := 0
	for _, entry := range entries {
		for _, part := range entry.parts() {
			total += len(part)
		}
	}
	given, buffer = make([]C.go_entry, len(entries)), make([]byte, 0, total)
	for i, entry := range entries {
		for j, part := range entry.parts() {
			given[i].starts[j], given[i].lengths[j] = C.size_t(len(buffer)), C.size_t(len(part))
			buffer = append(buffer, part...)
		}
		if entry.Clock != nil {
			given[i].clock, given[i].has_clock = C.uint64_t(*entry.Clock), true
		}
	}
	return given, buffer
}

func entriesSealedLength(codec unsafe.Pointer, entries []Entry) int {
	given, buffer := entriesOf(entries)
	defer clear(buffer)
	return int(C.go_entries_sealed_length(codec, C.size_t(len(entries)), unsafe.SliceData(given), bytesOf(buffer)))
}

func sealEntries(codec unsafe.Pointer, entries []Entry) (tokens [][32]byte, records RecordBatch, err error) {
	given, buffer := entriesOf(entries)
	defer clear(buffer)
	count := C.size_t(len(entries))
	length := C.go_entries_sealed_length(codec, count, unsafe.SliceData(given), bytesOf(buffer))
	tokens, records = make([][32]byte, len(entries)), RecordBatch{make([]byte, length), make([]int, len(entries)+1)}
	room := C.malloc(count * C.sizeof_pagecrypt_entry)
	defer C.free(room)
	err = takeError(C.go_seal_entries(codec, count, unsafe.SliceData(given), bytesOf(buffer), room, tokensOf(tokens),
		bytesOf(records.Bytes), length, offsetsOf(records.Offsets)))
	return tokens, records, err
}

func tokensOf(tokens [][32]byte) *C.uint8_t {
	return (*C.uint8_t)(unsafe.Pointer(unsafe.SliceData(tokens)))
}

func openEntries(codec unsafe.Pointer, tokens [][32]byte, records RecordBatch, failures []ErrorCode) ([]Entry, error) {
	to := make([]byte, len(records.Bytes))
	opened := make([]C.go_entry, records.Len())
	count := C.size_t(records.Len())
	room := C.malloc(count * C.sizeof_pagecrypt_entry)
	defer C.free(room)
	err := takeError(C.go_open_entries(codec, count, tokensOf(tokens), bytesOf(records.Bytes),
		C.size_t(len(records.Bytes)), offsetsOf(records.Offsets), bytesOf(to), C.size_t(len(to)), room,
		unsafe.SliceData(opened), statusesOf(failures)))
	entries := make([]Entry, len(opened))
	for i, e := range opened {
		var parts [4][]byte
		for j := range parts {
			start, end := e.starts[j], e.starts[j]+e.lengths[j]
			parts[j] = to[start:end:end]
		}
		entries[i] = Entry{parts[0], parts[1], parts[2], parts[3], clockOf(e.has_clock, e.clock)}
	}
	return entries, err
}

func storeNeedsReseal(codec unsafe.Pointer, record []byte) (bool, error) {
	result := C.go_store_codec_needs_reseal(codec, bytesOf(record), C.size_t(len(record)))
	return bool(result.yes), takeError(result.error)
}

func resealEntry(codec unsafe.Pointer, token *[32]byte, record, to []byte) (int, error) {
	written := C.go_reseal_entry(codec, bytesOf(token[:]), bytesOf(record), C.size_t(len(record)), bytesOf(to),
		C.size_t(len(to)))
	return int(written.length), takeError(written.error)
}
