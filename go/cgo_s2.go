//go:build cgo && (pagecrypt_system || (linux && (amd64 || arm64)))

package pagecrypt

/*
#include "binding.h"

#cgo noescape go_s2_stream_id
#cgo noescape go_s2_key_from_header
#cgo noescape go_s2_envelope_encode
#cgo noescape go_s2_envelope_decode
#cgo noescape go_s2_stored_record_decode
#cgo noescape go_s2_stored_record_encode
#cgo noescape go_s2_stored_record_open
#cgo nocallback go_s2_envelope_encode
#cgo nocallback go_s2_envelope_decode
#cgo nocallback go_s2_stored_record_decode
#cgo nocallback go_s2_stored_record_encode
#cgo nocallback go_s2_stored_record_open
*/
import "C"

import (
	"errors"
	"unsafe"
)

func s2StreamID(basin, stream string) (id [32]byte, err error) {
	b, freeBasin, err := cString(basin, "a basin's name")
	if err != nil {
		return id, err
	}
	defer freeBasin()
	s, freeStream, err := cString(stream, "a stream's name")
	if err != nil {
		return id, err
	}
	defer freeStream()
	err = takeError(C.go_s2_stream_id(b, s, bytesOf(id[:])))
	return id, err
}

func s2KeyFromHeader(value *string, c Cipher) (*handle, Cipher, Engine, error) {
	if value == nil {
		return takeKey(C.go_s2_key_from_header(nil, 0, C.pagecrypt_cipher(c)))
	}
	start := (*C.uint8_t)(unsafe.Pointer(unsafe.StringData(*value)))
	if start == nil { // an empty value is there, though
		start = bytesOf(make([]byte, 1))
	}
	return takeKey(C.go_s2_key_from_header(start, C.size_t(len(*value)), C.pagecrypt_cipher(c)))
}

func s2EnvelopeEncode(e S2Envelope) ([]byte, error) {
	total := 0
	for _, header := range e.Headers {
		total += len(header.Name) + len(header.Value)
	}
	given, buffer := make([]C.go_s2_header, len(e.Headers)), make([]byte, 0, total)
	defer func() { clear(buffer) }()
	put := func(part []byte) (start, length C.size_t) {
		start, length = C.size_t(len(buffer)), C.size_t(len(part))
		buffer = append(buffer, part...)
		return start, length
	}
	for i, header := range e.Headers {
		given[i].name_start, given[i].name_length = put(header.Name)
		given[i].value_start, given[i].value_length = put(header.Value)
	}
	count := C.size_t(len(e.Headers))
	room := C.malloc(count * C.sizeof_pagecrypt_s2_header)
	defer C.free(room)
	const widest = 3 // bytes of a number
	to := make([]byte, 1+widest+2*widest*len(e.Headers)+total+len(e.Body))
	written := C.go_s2_envelope_encode(unsafe.SliceData(given), count, bytesOf(buffer), room, bytesOf(e.Body),
		C.size_t(len(e.Body)), bytesOf(to), C.size_t(len(to)))
	if err := takeError(written.error); err != nil {
		return nil, err
	}
	return to[:written.length:written.length], nil
}

// usualHeaders are as many as an envelope may have to be decoded at once.
const usualHeaders = 16

func s2EnvelopeDecode(bytes []byte) (S2Envelope, error) {
	envelope, err := s2EnvelopeDecodeUpTo(usualHeaders, bytes)
	var failure *Error
	if errors.As(err, &failure) && failure.Code == ErrBufferLength {
		return s2EnvelopeDecodeUpTo(int(failure.Expected), bytes)
	}
	return envelope, err
}

func s2EnvelopeDecodeUpTo(capacity int, bytes []byte) (S2Envelope, error) {
	found := make([]C.go_s2_header, capacity)
	room := C.malloc(C.size_t(capacity) * C.sizeof_pagecrypt_s2_header)
	defer C.free(room)
	decoded := C.go_s2_envelope_decode(bytesOf(bytes), C.size_t(len(bytes)), room, C.size_t(capacity),
		unsafe.SliceData(found))
	if err := takeError(decoded.error); err != nil {
		return S2Envelope{}, err
	}
	part := func(start, length C.size_t) []byte { return bytes[start : start+length : start+length] }
	envelope := S2Envelope{Body: part(decoded.body_start, decoded.body_length)}
	for _, h := range found[:decoded.count] {
		header := S2Header{part(h.name_start, h.name_length), part(h.value_start, h.value_length)}
		envelope.Headers = append(envelope.Headers, header)
	}
	return envelope, nil
}

func takeStored(stored C.s2_stored, bytes, opened []byte) (S2StoredRecord, error) {
	if err := takeError(stored.error); err != nil {
		return S2StoredRecord{}, err
	}
	if stored.is_opened {
		bytes = opened
	}
	return S2StoredRecord{
		Kind:        S2Kind(stored.kind),
		MeteredSize: uint64(stored.metered_size),
		TrimPoint:   uint64(stored.trim_point),
		Payload:     bytes[stored.start : stored.start+stored.length : stored.start+stored.length],
	}, nil
}

func s2StoredDecode(bytes []byte) (S2StoredRecord, error) {
	return takeStored(C.go_s2_stored_record_decode(bytesOf(bytes), C.size_t(len(bytes))), bytes, bytes)
}

func s2StoredEncode(r S2StoredRecord) ([]byte, error) {
	const most = 4 + 9 // magic and metered size; a command's operation and operand
	to := make([]byte, most+len(r.Payload))
	written := C.go_s2_stored_record_encode(C.pagecrypt_s2_kind(r.Kind), C.uint64_t(r.MeteredSize),
		C.uint64_t(r.TrimPoint), bytesOf(r.Payload), C.size_t(len(r.Payload)), bytesOf(to), C.size_t(len(to)))
	if err := takeError(written.error); err != nil {
		return nil, err
	}
	return to[:written.length:written.length], nil
}

func s2StoredOpen(codec unsafe.Pointer, bytes []byte) (S2StoredRecord, error) {
	to := make([]byte, len(bytes))
	opened := C.go_s2_stored_record_open(codec, bytesOf(bytes), C.size_t(len(bytes)), bytesOf(to), C.size_t(len(to)))
	return takeStored(opened, bytes, to)
}

func s2AnswerTo(code ErrorCode) (S2Answer, bool) {
	var answer C.pagecrypt_s2_answer
	if !C.pagecrypt_s2_answer_to(C.pagecrypt_status(code), &answer) {
		return S2Answer{}, false
	}
	return S2Answer{
		Documented: S2Status{int(answer.documented_http), C.GoString(answer.documented_code)},
		Lite:       S2Status{int(answer.lite_http), C.GoString(answer.lite_code)},
	}, true
}
