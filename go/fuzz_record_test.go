//go:build cgo && (pagecrypt_system || (linux && (amd64 || arm64)))

package pagecrypt

import (
	"bytes"
	"errors"
	"testing"
)

func FuzzS2Envelope(f *testing.F) {
	records, _ := s2Vectors(f)
	for _, v := range records {
		f.Add([]byte(v.Envelope))
	}
	f.Add([]byte{0x30, 0, 0, 1, 1, 'k', 0, 'b'})
	f.Add([]byte{0x3f, 255, 255, 255})
	f.Fuzz(func(t *testing.T, encoded []byte) {
		envelope, err := DecodeS2Envelope(encoded)
		typed(t, err, ErrMalformed)
		if err != nil {
			return
		}
		shortest, err := envelope.Encode()
		typed(t, err, ErrInvalidArgument) // one that is too large
		if err != nil {
			return
		}
		again, err := DecodeS2Envelope(shortest)
		if err != nil || len(shortest) > len(encoded) || again.MeteredSize() != envelope.MeteredSize() ||
			len(again.Headers) != len(envelope.Headers) || !bytes.Equal(again.Body, envelope.Body) {
			t.Errorf("%x became %x, %v", encoded, shortest, err)
		}
	})
}

func FuzzS2StoredRecord(f *testing.F) {
	records, commands := s2Vectors(f)
	for _, v := range records {
		f.Add([]byte(v.Stored))
	}
	for _, v := range commands {
		f.Add([]byte(v.Stored))
	}
	for _, c := range s2Outcomes(f) {
		f.Add([]byte(c.Input.Stored))
	}
	first := records[0]
	codec := first.codec(f)
	f.Fuzz(func(t *testing.T, encoded []byte) {
		stored, err := DecodeS2StoredRecord(encoded)
		typed(t, err, ErrMalformed, ErrUnsupportedFormat)
		opened, openError := codec.OpenS2Stored(encoded)
		typed(t, openError, ErrMalformed, ErrUnsupportedFormat, ErrNotEncrypted, ErrCipherMismatch, ErrAuthenticationFailed, ErrMeteredSize)
		if err != nil {
			if openError == nil {
				t.Errorf("not read, but opened: %v", err)
			}
			return
		}
		switch stored.Kind {
		case S2Fence, S2Trim:
			if openError != nil || opened.Kind != stored.Kind || !bytes.Equal(opened.Payload, stored.Payload) || opened.TrimPoint != stored.TrimPoint {
				t.Errorf("%v became %v, %v", stored, opened, openError)
			}
		case S2Plaintext:
			if !errors.Is(openError, ErrNotEncrypted) {
				t.Error(openError)
			}
		case S2Encrypted:
			if openError == nil && opened.Kind != S2Plaintext {
				t.Errorf("%v became %v", stored, opened)
			}
		default:
			t.Errorf("%v", stored)
		}
		again, err := stored.Encode()
		typed(t, err, ErrInvalidArgument) // one that is too large
		if err != nil {
			return
		}
		back, err := DecodeS2StoredRecord(again)
		if err != nil || back.Kind != stored.Kind || stored.Kind == S2Encrypted && !bytes.Equal(back.Payload, stored.Payload) {
			t.Errorf("%v became %v, %v", stored, back, err)
		}
	})
}

func FuzzBoundRecord(f *testing.F) {
	records, entries := recordVectors(f)
	for _, v := range records {
		f.Add([]byte(v.Record))
	}
	for _, v := range entries {
		f.Add([]byte(v.Record))
	}
	codec := boundCodec(f, records[0].key(f), records[0].context(f))
	store := testStore(f, entries[0].key(f), PaddingNone)
	codes := []ErrorCode{ErrMalformed, ErrUnsupportedFormat, ErrCipherMismatch, ErrUnknownKeyID, ErrAuthenticationFailed}
	f.Fuzz(func(t *testing.T, record []byte) {
		header, err := ParseRecordHeader(record)
		typed(t, err, ErrMalformed, ErrUnsupportedFormat)
		order, compareError := CompareWrites(record, record)
		if (err == nil) != (compareError == nil) || order != 0 {
			t.Errorf("parsing: %v, comparing: %d, %v", err, order, compareError)
		}
		opened, openError := codec.Open(record, Place{})
		typed(t, openError, codes...)
		if openError == nil && len(opened) != header.PlaintextLength || err != nil && openError == nil {
			t.Errorf("%d bytes, %v", len(opened), err)
		}
		_, err = store.Open(repeated32(1), record)
		typed(t, err, codes...)
		_, err = codec.NeedsReseal(record)
		typed(t, err, codes...)
		_, err = codec.Reseal(record, Place{})
		typed(t, err, codes...)
	})
}
