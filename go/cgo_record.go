//go:build cgo && (pagecrypt_system || (linux && (amd64 || arm64)))

package pagecrypt

/*
#include "binding.h"

#cgo noescape go_record_codec_new_s2
#cgo noescape go_record_codec_new_bound
#cgo noescape go_record_codec_sealed_length
#cgo noescape go_record_codec_opened_length
#cgo noescape go_record_codec_needs_reseal
#cgo noescape go_seal_records
#cgo noescape go_open_records
#cgo noescape go_reseal_record
#cgo noescape go_record_header_parse
#cgo noescape go_compare_writes
#cgo noescape go_key_id
#cgo noescape go_key_generate_for
#cgo nocallback go_record_codec_sealed_length
#cgo nocallback go_record_codec_opened_length
#cgo nocallback go_record_codec_needs_reseal
#cgo nocallback go_seal_records
#cgo nocallback go_open_records
#cgo nocallback go_reseal_record
#cgo nocallback go_record_header_parse
#cgo nocallback go_compare_writes
*/
import "C"

import "unsafe"

func recordOverhead(c Cipher, f RecordFormat) int {
	return int(C.pagecrypt_record_overhead(C.pagecrypt_cipher(c), C.pagecrypt_record_format(f)))
}

func freeRecordCodec(codec unsafe.Pointer) {
	C.pagecrypt_record_codec_free((*C.pagecrypt_record_codec)(codec))
}

func takeRecordCodec(made C.made) (*recordCodecState, error) {
	h, err := takeHandle(made, freeRecordCodec)
	if err != nil {
		return nil, err
	}
	codec := (*C.pagecrypt_record_codec)(h.pointer)
	state := &recordCodecState{
		handle: h,
		cipher: Cipher(C.pagecrypt_record_codec_cipher(codec)),
		engine: Engine(C.pagecrypt_record_codec_engine(codec)),
		format: RecordFormat(C.pagecrypt_record_codec_format(codec)),
	}
	state.overhead = recordOverhead(state.cipher, state.format)
	C.pagecrypt_record_codec_key_id(codec, bytesOf(state.keyID[:]))
	return state, nil
}

func recordCodecNewS2(key unsafe.Pointer, streamID *[32]byte) (*recordCodecState, error) {
	return takeRecordCodec(C.go_record_codec_new_s2(key, bytesOf(streamID[:])))
}

func recordCodecNewBound(key unsafe.Pointer, c Context) (*recordCodecState, error) {
	return takeRecordCodec(C.go_record_codec_new_bound(key, C.int32_t(c.kind), bytesOf(c.id[:]), bytesOf(c.writer[:])))
}

func recordCodecWithDecryptOnlyKey(codec, key unsafe.Pointer) (*recordCodecState, error) {
	return takeRecordCodec(C.go_record_codec_with_decrypt_only_key(codec, key))
}

func placeOf(p Place) C.go_place {
	place := C.go_place{reseals: C.uint32_t(p.Reseals)}
	if p.Sequence != nil {
		place.sequence = C.uint64_t(*p.Sequence)
		place.given |= C.PAGECRYPT_PLACE_SEQUENCE
	}
	if p.Clock != nil {
		place.clock = C.uint64_t(*p.Clock)
		place.given |= C.PAGECRYPT_PLACE_CLOCK
	}
	if p.Token != nil {
		place.has_token = true
		place.token = *(*[32]C.uint8_t)(unsafe.Pointer(p.Token))
	}
	return place
}

// placesOf gives places to binding.h, with room for what it makes of them; nothing where none says anything.
func placesOf(places []Place) (given *C.go_place, room unsafe.Pointer) {
	say := false
	for _, place := range places {
		say = say || !place.saysNothing()
	}
	if !say {
		return nil, nil
	}
	list := make([]C.go_place, len(places))
	for i, place := range places {
		list[i] = placeOf(place)
	}
	return unsafe.SliceData(list), C.malloc(C.size_t(len(places)) * C.sizeof_pagecrypt_place)
}

func recordSealedLength(codec unsafe.Pointer, plaintextLength int, place Place) int {
	given := placeOf(place)
	return int(C.go_record_codec_sealed_length(codec, C.size_t(plaintextLength), &given))
}

func recordOpenedLength(codec unsafe.Pointer, record []byte) (int, error) {
	opened := C.go_record_codec_opened_length(codec, bytesOf(record), C.size_t(len(record)))
	return int(opened.length), takeError(opened.error)
}

func recordNeedsReseal(codec unsafe.Pointer, record []byte) (bool, error) {
	result := C.go_record_codec_needs_reseal(codec, bytesOf(record), C.size_t(len(record)))
	return bool(result.yes), takeError(result.error)
}

func sealRecords(codec unsafe.Pointer, from RecordBatch, places []Place, to RecordBatch) error {
	given, room := placesOf(places)
	defer C.free(room)
	return takeError(C.go_seal_records(codec, C.size_t(from.Len()), bytesOf(from.Bytes), C.size_t(len(from.Bytes)),
		offsetsOf(from.Offsets), given, room, bytesOf(to.Bytes), C.size_t(len(to.Bytes)), offsetsOf(to.Offsets)))
}

func openRecords(codec unsafe.Pointer, from RecordBatch, places []Place, to RecordBatch, failures []ErrorCode) error {
	given, room := placesOf(places)
	defer C.free(room)
	return takeError(C.go_open_records(codec, C.size_t(from.Len()), bytesOf(from.Bytes), C.size_t(len(from.Bytes)),
		offsetsOf(from.Offsets), given, room, bytesOf(to.Bytes), C.size_t(len(to.Bytes)), offsetsOf(to.Offsets),
		statusesOf(failures)))
}

func statusesOf(failures []ErrorCode) *C.pagecrypt_status {
	return (*C.pagecrypt_status)(unsafe.Pointer(unsafe.SliceData(failures)))
}

func resealRecord(codec unsafe.Pointer, record []byte, place Place, to []byte) (int, error) {
	given := placeOf(place)
	written := C.go_reseal_record(codec, bytesOf(record), C.size_t(len(record)), &given, bytesOf(to), C.size_t(len(to)))
	return int(written.length), takeError(written.error)
}

func recordHeaderParse(record []byte) (RecordHeader, error) {
	parsed := C.go_record_header_parse(bytesOf(record), C.size_t(len(record)))
	if err := takeError(parsed.error); err != nil {
		return RecordHeader{}, err
	}
	h := parsed.header
	return RecordHeader{
		Cipher:          Cipher(h.cipher),
		KeyID:           *(*[4]byte)(unsafe.Pointer(&h.key_id)),
		Clock:           clockOf(h.has_clock, h.clock),
		Reseals:         uint32(h.reseals),
		PlaintextLength: int(h.plaintext_length),
	}, nil
}

func clockOf(there C.bool, clock C.uint64_t) *uint64 {
	if !there {
		return nil
	}
	at := uint64(clock)
	return &at
}

func compareWrites(a, b []byte) (int, error) {
	order := C.go_compare_writes(bytesOf(a), C.size_t(len(a)), bytesOf(b), C.size_t(len(b)))
	return int(order.number), takeError(order.error)
}

func keyIDOf(key unsafe.Pointer, c Context) (id [4]byte, err error) {
	err = takeError(C.go_key_id(key, C.int32_t(c.kind), bytesOf(c.id[:]), bytesOf(c.writer[:]), bytesOf(id[:])))
	return id, err
}

func keyGenerateFor(cipher Cipher, c Context, taken [][4]byte) (*handle, Cipher, Engine, error) {
	ids := (*C.uint8_t)(unsafe.Pointer(unsafe.SliceData(taken)))
	return takeKey(C.go_key_generate_for(C.pagecrypt_cipher(cipher), C.int32_t(c.kind), bytesOf(c.id[:]),
		bytesOf(c.writer[:]), ids, C.size_t(len(taken))))
}
