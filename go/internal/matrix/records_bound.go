package main

import (
	"errors"
	"fmt"
	"os"

	pagecrypt "libpagecrypt/go"
)

// The contexts of the file's first two parts; its third is a store.
var (
	boundStream = pagecrypt.StreamContext(fill32(1))
	boundWriter = pagecrypt.WriterContext(fill32(1), fill16(2))
)

func boundBodies() pagecrypt.RecordBatch {
	var bodies pagecrypt.RecordBatch
	for i := range recordCount {
		bodies.Append(recordBody(i))
	}
	return bodies
}

// boundPlaces returns where the records of the stream are sealed: even ones have a clock.
func boundPlaces() []pagecrypt.Place {
	places := make([]pagecrypt.Place, recordCount)
	for i := range places {
		places[i] = pagecrypt.AtSequence(uint64(i))
		if i%2 == 0 {
			places[i] = places[i].WithClock(1000 + uint64(i))
		}
	}
	return places
}

func boundEntries() []pagecrypt.Entry {
	entries := make([]pagecrypt.Entry, recordCount)
	for i := range entries {
		clock := uint64(i)
		entries[i] = pagecrypt.Entry{
			Path: fmt.Appendf(nil, "path/%d", i), Type: []byte("t"), Schema: []byte("1"), Body: recordBody(i), Clock: &clock,
		}
	}
	return entries
}

// boundStore returns the codec of the store.
func boundStore(p *place) (*pagecrypt.StoreCodec, error) {
	secret := fill32(4)
	tokenKey, err := pagecrypt.NewTokenKey(secret[:])
	if err != nil {
		return nil, err
	}
	defer tokenKey.Close()
	return pagecrypt.NewStoreCodec(p.key, fill16(3), tokenKey, pagecrypt.PaddingPadme)
}

func writeRecordsBound(p *place) error {
	file, err := appendBound(p, nil, boundStream, boundPlaces())
	if err != nil {
		return err
	}
	if file, err = appendBound(p, file, boundWriter, nil); err != nil {
		return err
	}
	store, err := boundStore(p)
	if err != nil {
		return err
	}
	defer store.Close()
	tokens, records, err := store.SealBatch(boundEntries())
	if err != nil {
		return err
	}
	for i, record := range records.All() {
		file = appendRecord(file, tokens[i][:], record)
	}
	return os.WriteFile(p.path("records-bound", ""), file, 0o666)
}

// appendBound appends the records of a context.
func appendBound(p *place, file []byte, context pagecrypt.Context, places []pagecrypt.Place) ([]byte, error) {
	codec, err := pagecrypt.NewBoundRecordCodec(p.key, context)
	if err != nil {
		return nil, err
	}
	defer codec.Close()
	records, err := codec.SealBatch(boundBodies(), places)
	if err != nil {
		return nil, err
	}
	for _, record := range records.All() {
		file = appendRecord(file, nil, record)
	}
	return file, nil
}

func readRecordsBound(p *place) error {
	file, err := os.ReadFile(p.path("records-bound", ""))
	if err != nil {
		return err
	}
	_, stream, file, err := takeRecords(file, 0)
	if err != nil {
		return err
	}
	if err := openBound(p, stream, boundStream, boundPlaces()); err != nil {
		return fmt.Errorf("the stream: %w", err)
	}
	if err := refusesBound(p, stream.At(0)); err != nil {
		return err
	}
	_, writer, file, err := takeRecords(file, 0)
	if err != nil {
		return err
	}
	if err := openBound(p, writer, boundWriter, nil); err != nil {
		return fmt.Errorf("the writer: %w", err)
	}
	tokens, entries, rest, err := takeRecords(file, 32)
	if err != nil {
		return err
	}
	if len(rest) != 0 {
		return fmt.Errorf("%d bytes behind the last record", len(rest))
	}
	if err := openEntries(p, tokens, entries); err != nil {
		return fmt.Errorf("the store: %w", err)
	}
	return nil
}

func openBound(p *place, records pagecrypt.RecordBatch, context pagecrypt.Context, places []pagecrypt.Place) error {
	codec, err := pagecrypt.NewBoundRecordCodec(p.key, context)
	if err != nil {
		return err
	}
	defer codec.Close()
	opened, err := codec.OpenBatch(records, places)
	if err != nil {
		return err
	}
	for i, body := range opened.All() {
		if err := compareRecord(i, body, recordBody(i)); err != nil {
			return err
		}
		header, err := pagecrypt.ParseRecordHeader(records.At(i))
		if err != nil {
			return err
		}
		if hasClock := places != nil && i%2 == 0; (header.Clock != nil) != hasClock || hasClock && *header.Clock != 1000+uint64(i) {
			return fmt.Errorf("record %d has another clock", i)
		}
	}
	return nil
}

// refusesBound tells whether the stream's first record opens nowhere else.
func refusesBound(p *place, record []byte) error {
	for _, elsewhere := range []struct {
		context pagecrypt.Context
		place   pagecrypt.Place
		want    pagecrypt.ErrorCode
	}{
		{pagecrypt.StreamContext(fill32(9)), pagecrypt.AtSequence(0), pagecrypt.ErrUnknownKeyID},
		{boundStream, pagecrypt.AtSequence(1), pagecrypt.ErrAuthenticationFailed},
	} {
		codec, err := pagecrypt.NewBoundRecordCodec(p.key, elsewhere.context)
		if err != nil {
			return err
		}
		_, err = codec.Open(record, elsewhere.place)
		codec.Close()
		if !errors.Is(err, elsewhere.want) {
			return fmt.Errorf("a record that was moved should give %s, and gave %v", elsewhere.want.Name(), err)
		}
	}
	return nil
}

func openEntries(p *place, tokens [][]byte, records pagecrypt.RecordBatch) error {
	store, err := boundStore(p)
	if err != nil {
		return err
	}
	defer store.Close()
	under := make([][32]byte, len(tokens))
	for i, token := range tokens {
		under[i] = [32]byte(token)
	}
	opened, err := store.OpenBatch(under, records)
	if err != nil {
		return err
	}
	for i, expected := range boundEntries() {
		got := opened[i]
		if string(got.Path) != string(expected.Path) || string(got.Type) != "t" || string(got.Schema) != "1" ||
			got.Clock == nil || *got.Clock != uint64(i) {
			return fmt.Errorf("entry %d has another path, type, schema or clock", i)
		}
		if err := compareRecord(i, got.Body, expected.Body); err != nil {
			return err
		}
	}
	return nil
}
