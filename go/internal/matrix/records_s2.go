package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"

	pagecrypt "libpagecrypt/go"
)

// s2Codec returns the codec of the stream "records" of the basin "matrix", or errRefused where S2 does not have the cipher.
func s2Codec(p *place) (*pagecrypt.RecordCodec, error) {
	stream, err := pagecrypt.S2StreamID("matrix", "records")
	if err != nil {
		return nil, err
	}
	codec, err := pagecrypt.NewS2RecordCodec(p.key, stream)
	foreign := !slices.Contains([]pagecrypt.Cipher{pagecrypt.AES256GCM, pagecrypt.AEGIS256}, p.key.Cipher())
	switch {
	case foreign && errors.Is(err, pagecrypt.ErrUnsupportedFormat):
		return nil, errRefused
	case foreign && err == nil:
		return nil, errors.Join(errors.New("S2's format took a cipher that it does not have"), codec.Close())
	}
	return codec, err
}

// s2Record returns record i before it is sealed: a command, or an encoded envelope.
func s2Record(i int) (pagecrypt.S2StoredRecord, error) {
	switch {
	case i == 7:
		return pagecrypt.S2StoredRecord{Kind: pagecrypt.S2Fence, Payload: []byte("token")}, nil
	case i%8 == 7:
		return pagecrypt.S2StoredRecord{Kind: pagecrypt.S2Trim, TrimPoint: uint64(i)}, nil
	}
	envelope := pagecrypt.S2Envelope{Body: recordBody(i)}
	for number := range i % 3 {
		header := pagecrypt.S2Header{Name: fmt.Appendf(nil, "h%d", number), Value: bytes.Repeat([]byte{byte(i)}, i)}
		envelope.Headers = append(envelope.Headers, header)
	}
	encoded, err := envelope.Encode()
	return pagecrypt.S2StoredRecord{Kind: pagecrypt.S2Plaintext, MeteredSize: envelope.MeteredSize(), Payload: encoded}, err
}

func writeRecordsS2(p *place) error {
	codec, err := s2Codec(p)
	if err != nil {
		return err
	}
	defer codec.Close()
	var file []byte
	for i := range recordCount {
		record, err := s2Record(i)
		if err != nil {
			return err
		}
		if record.Kind == pagecrypt.S2Plaintext {
			record.Kind = pagecrypt.S2Encrypted
			if record.Payload, err = codec.Seal(record.Payload, pagecrypt.AtSequence(uint64(i))); err != nil {
				return err
			}
		}
		stored, err := record.Encode()
		if err != nil {
			return err
		}
		file = appendRecord(file, nil, stored)
	}
	return os.WriteFile(p.path("records-s2", ""), file, 0o666)
}

func readRecordsS2(p *place) error {
	codec, err := s2Codec(p)
	if err != nil {
		return err
	}
	defer codec.Close()
	file, err := os.ReadFile(p.path("records-s2", ""))
	if err != nil {
		return err
	}
	_, records, rest, err := takeRecords(file, 0)
	if err != nil {
		return err
	}
	if len(rest) != 0 {
		return fmt.Errorf("%d bytes behind the last record", len(rest))
	}
	for i, stored := range records.All() {
		opened, err := codec.OpenS2Stored(stored)
		if err != nil {
			return fmt.Errorf("record %d: %w", i, err)
		}
		if err := compareS2(i, opened); err != nil {
			return err
		}
	}
	return nil
}

func compareS2(i int, got pagecrypt.S2StoredRecord) error {
	expected, err := s2Record(i)
	if err != nil {
		return err
	}
	if got.Kind != expected.Kind || got.TrimPoint != expected.TrimPoint {
		return fmt.Errorf("record %d is a %s to %d", i, got.Kind, got.TrimPoint)
	}
	if got.Kind == pagecrypt.S2Plaintext {
		envelope, err := pagecrypt.DecodeS2Envelope(got.Payload)
		if err != nil {
			return err
		}
		if len(envelope.Headers) != i%3 || envelope.MeteredSize() != got.MeteredSize || got.MeteredSize != expected.MeteredSize {
			return fmt.Errorf("record %d has %d headers and is metered at %d bytes", i, len(envelope.Headers), got.MeteredSize)
		}
		if err := compareRecord(i, envelope.Body, recordBody(i)); err != nil {
			return err
		}
	}
	return compareRecord(i, got.Payload, expected.Payload)
}
