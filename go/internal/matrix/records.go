package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	pagecrypt "libpagecrypt/go"
)

// How many records a stream or store has.
const recordCount = 65

// recordBody returns the body of record i: 37 i bytes, byte j is i + j.
func recordBody(i int) []byte {
	body := make([]byte, 37*i)
	for j := range body {
		body[j] = byte(i + j)
	}
	return body
}

func fill32(b byte) [32]byte { return [32]byte(bytes.Repeat([]byte{b}, 32)) }

func fill16(b byte) [16]byte { return [16]byte(bytes.Repeat([]byte{b}, 16)) }

// appendRecord appends the length of a record, then what stands before it, then the record.
func appendRecord(to, before, record []byte) []byte {
	to = binary.BigEndian.AppendUint32(to, uint32(len(record)))
	return append(append(to, before...), record...)
}

var errCutOff = errors.New("the file ends within a record")

// takeRecord takes the first record of a file, and the bytes that stand before it.
func takeRecord(file []byte, beforeLength int) (before, record, rest []byte, err error) {
	if len(file) < 4+beforeLength {
		return nil, nil, nil, errCutOff
	}
	length, file := int(binary.BigEndian.Uint32(file)), file[4:]
	before, file = file[:beforeLength], file[beforeLength:]
	if len(file) < length {
		return nil, nil, nil, errCutOff
	}
	return before, file[:length], file[length:], nil
}

// takeRecords takes the records of a stream or store, and the bytes that stand before each of them.
func takeRecords(file []byte, beforeLength int) (befores [][]byte, records pagecrypt.RecordBatch, rest []byte, err error) {
	for range recordCount {
		before, record, after, err := takeRecord(file, beforeLength)
		if err != nil {
			return nil, records, nil, err
		}
		befores = append(befores, before)
		records.Append(record)
		file = after
	}
	return befores, records, file, nil
}

func compareRecord(i int, got, expected []byte) error {
	return compare(fmt.Sprint("record ", i), got, expected)
}
