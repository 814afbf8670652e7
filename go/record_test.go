//go:build cgo && (pagecrypt_system || (linux && (amd64 || arm64)))

package pagecrypt

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
)

// s2Ciphers are those of S2's format.
var s2Ciphers = []Cipher{AEGIS256, AES256GCM}

func repeated32(b byte) (id [32]byte) {
	copy(id[:], bytes.Repeat([]byte{b}, 32))
	return id
}

func repeated16(b byte) (id [16]byte) {
	copy(id[:], bytes.Repeat([]byte{b}, 16))
	return id
}

func boundCodec(t testing.TB, key *Key, context Context) *RecordCodec {
	t.Helper()
	codec, err := NewBoundRecordCodec(key, context)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { codec.Close() })
	return codec
}

func s2Codec(t testing.TB, key *Key, stream [32]byte) *RecordCodec {
	t.Helper()
	codec, err := NewS2RecordCodec(key, stream)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { codec.Close() })
	return codec
}

// recordCodecs returns a codec of each format and cipher.
func recordCodecs(t testing.TB) []*RecordCodec {
	t.Helper()
	var codecs []*RecordCodec
	for _, c := range Ciphers() {
		codecs = append(codecs, boundCodec(t, testKey(t, c), StreamContext(repeated32(1))))
	}
	for _, c := range s2Ciphers {
		codecs = append(codecs, s2Codec(t, testKey(t, c), repeated32(1)))
	}
	return codecs
}

func codecName(c *RecordCodec) string { return fmt.Sprint(c.Format(), " ", c.Cipher()) }

// testPlaintexts returns plaintexts of mixed lengths, which are envelopes, too.
func testPlaintexts(count int) RecordBatch {
	var plaintexts RecordBatch
	for i := range count {
		body := bytes.Repeat([]byte{byte(i)}, 37*i)
		plaintexts.Append(append([]byte{0}, body...))
	}
	return plaintexts
}

// testPlaces returns places that the codec's format binds, and as many for opening.
func testPlaces(c *RecordCodec, count int) (sealing, opening []Place) {
	for i := range uint64(count) {
		place := AtSequence(i)
		switch {
		case c.Format() == RecordFormatS2:
			opening = append(opening, Place{})
		case i%2 == 0:
			opening = append(opening, place)
			place = place.WithClock(1000 + i)
		default:
			opening = append(opening, place)
		}
		sealing = append(sealing, place)
	}
	return sealing, opening
}

func sealedRecords(t testing.TB, c *RecordCodec, count int) (plaintexts, records RecordBatch, opening []Place) {
	t.Helper()
	plaintexts = testPlaintexts(count)
	sealing, opening := testPlaces(c, count)
	records, err := c.SealBatch(plaintexts, sealing)
	if err != nil {
		t.Fatal(err)
	}
	return plaintexts, records, opening
}

func TestNamesAndOverheadsOfRecordFormats(t *testing.T) {
	want := map[RecordFormat]string{RecordFormatS2: "s2", RecordFormatBound: "bound"}
	if library := libraryRecordFormatNames(); !maps.Equal(library, want) {
		t.Errorf("formats %v", library)
	}
	longest := 0
	for format, name := range want {
		if format.String() != name {
			t.Errorf("%v", format)
		}
		for _, c := range Ciphers() {
			overhead := RecordOverhead(c, format)
			if there := format == RecordFormatBound || slices.Contains(s2Ciphers, c); (overhead > 0) != there {
				t.Errorf("%s %s: %d", format, c, overhead)
			}
			longest = max(longest, overhead+12) // a clock and a count of reseals
		}
	}
	if longest != MaxRecordOverhead {
		t.Errorf("the longest is %d", longest)
	}
	for _, wrong := range []int{
		RecordOverhead(0, RecordFormatS2), RecordOverhead(10, RecordFormatBound), RecordOverhead(AEGIS256, 0), RecordOverhead(AEGIS256, 3),
	} {
		if wrong != 0 {
			t.Errorf("%d", wrong)
		}
	}
}

func TestABatchOfRecordsIsItsRecordsOneByOne(t *testing.T) {
	const count = 65
	for _, c := range recordCodecs(t) {
		name := codecName(c)
		plaintexts, records, opening := sealedRecords(t, c, count)
		sealing, _ := testPlaces(c, count)
		for i, plaintext := range plaintexts.All() {
			if opened, err := c.Open(records.At(i), opening[i]); err != nil || !bytes.Equal(opened, plaintext) {
				t.Errorf("%s: record %d: %v", name, i, err)
			}
			record, err := c.Seal(plaintext, sealing[i])
			if err != nil || len(record) != len(records.At(i)) || len(record) != c.SealedLength(len(plaintext), sealing[i]) {
				t.Errorf("%s: record %d is sealed to %d bytes, %v", name, i, len(record), err)
			}
			if length, err := c.OpenedLength(record); err != nil || length != len(plaintext) {
				t.Errorf("%s: record %d: %d bytes, %v", name, i, length, err)
			}
			if needs, err := c.NeedsReseal(record); needs || err != nil {
				t.Errorf("%s: record %d: %v, %v", name, i, needs, err)
			}
		}
		opened, err := c.OpenBatch(records, opening)
		if err != nil || !bytes.Equal(opened.Bytes, plaintexts.Bytes) || !slices.Equal(opened.Offsets, plaintexts.Offsets) {
			t.Errorf("%s: %v", name, err)
		}
		partial, failures, err := c.OpenBatchPartial(records, opening)
		if err != nil || !bytes.Equal(partial.Bytes, plaintexts.Bytes) || !slices.Equal(failures, make([]ErrorCode, count)) {
			t.Errorf("%s: %v, %v", name, failures, err)
		}
	}
}

func TestRecordsMayBeAPartOfASliceAndNone(t *testing.T) {
	for _, c := range recordCodecs(t) {
		_, records, _ := sealedRecords(t, c, 3)
		window := RecordBatch{append([]byte{9, 9, 9}, append(bytes.Clone(records.Bytes), 9)...), []int{3 + records.Offsets[1], 3 + records.Offsets[2]}}
		place := []Place{AtSequence(1)}
		if c.Format() == RecordFormatS2 {
			place = nil
		}
		opened, err := c.OpenBatch(window, place)
		if err != nil || opened.Len() != 1 || !bytes.Equal(opened.At(0), testPlaintexts(3).At(1)) {
			t.Errorf("%s: %v", codecName(c), err)
		}
		for _, none := range []RecordBatch{{}, NewRecordBatch(), {Bytes: []byte{1}, Offsets: []int{1}}} {
			sealed, err := c.SealBatch(none, nil)
			opened, openError := c.OpenBatch(none, nil)
			_, failures, partialError := c.OpenBatchPartial(none, nil)
			if errors.Join(err, openError, partialError) != nil || sealed.Len()+opened.Len()+len(failures) != 0 {
				t.Errorf("%s: %v, %v, %v", codecName(c), err, openError, partialError)
			}
		}
	}
}

func TestARecordForgedAtAnyByteDoesNotOpen(t *testing.T) {
	allowed := []ErrorCode{ErrAuthenticationFailed, ErrUnknownKeyID, ErrUnsupportedFormat, ErrMalformed, ErrCipherMismatch}
	for _, c := range recordCodecs(t) {
		place := Place{}
		if c.Format() == RecordFormatBound {
			place = AtSequence(7).WithClock(8)
		}
		record, err := c.Seal([]byte{0, 1, 2, 3}, place)
		if err != nil {
			t.Fatal(err)
		}
		for i := range record {
			for _, bit := range []byte{1, 128} {
				forged := bytes.Clone(record)
				forged[i] ^= bit
				opened, err := c.Open(forged, place)
				typed(t, err, allowed...)
				if err == nil || opened != nil {
					t.Errorf("%s: byte %d: opened", codecName(c), i)
				}
			}
			if opened, err := c.Open(record[:i], place); err == nil || opened != nil {
				t.Errorf("%s: the first %d bytes opened", codecName(c), i)
			}
		}
	}
}

func TestForgedRecordsOfABatchAreZerosAndTheOthersOpen(t *testing.T) {
	const count = 70
	for _, c := range recordCodecs(t) {
		plaintexts, records, opening := sealedRecords(t, c, count)
		for _, forged := range [][]uint64{{0}, {69}, {1, 2, 40, 64}} {
			spoiled := RecordBatch{bytes.Clone(records.Bytes), records.Offsets}
			for _, i := range forged {
				spoiled.Bytes[records.Offsets[i+1]-1] ^= 1
			}
			whole, err := c.OpenBatch(spoiled, opening)
			var failure *Error
			if !errors.As(err, &failure) || failure.Code != ErrAuthenticationFailed || failure.Unit != UnitMessage ||
				!slices.Equal(failure.Numbers, forged) || whole.Len() != 0 || whole.Bytes != nil {
				t.Fatalf("%s: %#v, want %v", codecName(c), err, forged)
			}
			opened, failures, err := c.OpenBatchPartial(spoiled, opening)
			if err != nil || len(failures) != count || opened.Len() != count {
				t.Fatalf("%s: %d failures, %v", codecName(c), len(failures), err)
			}
			for i, plaintext := range plaintexts.All() {
				var code ErrorCode
				if slices.Contains(forged, uint64(i)) {
					plaintext, code = make([]byte, len(plaintext)), ErrAuthenticationFailed
				}
				if failures[i] != code || !bytes.Equal(opened.At(i), plaintext) {
					t.Errorf("%s: record %d: %v", codecName(c), i, failures[i])
				}
			}
		}
	}
}

func TestEachRecordOfABatchHasItsOwnError(t *testing.T) {
	c := boundCodec(t, testKey(t, AEGIS256), StreamContext(repeated32(1)))
	other := boundCodec(t, testKey(t, AEGIS256), StreamContext(repeated32(2)))
	gcm := boundCodec(t, testKey(t, AES128GCM), StreamContext(repeated32(1)))
	var records RecordBatch
	for _, codec := range []*RecordCodec{c, other, gcm} {
		record, err := codec.Seal([]byte("text"), Place{})
		if err != nil {
			t.Fatal(err)
		}
		records.Append(record)
	}
	records.Append(nil)
	records.Append([]byte{2, 3, 0, 0})
	records.Append(records.At(0))
	opened, failures, err := c.OpenBatchPartial(records, nil)
	want := []ErrorCode{0, ErrUnknownKeyID, ErrCipherMismatch, ErrMalformed, ErrUnsupportedFormat, 0}
	if err != nil || !slices.Equal(failures, want) {
		t.Fatalf("%v, %v", failures, err)
	}
	if string(opened.At(0)) != "text" || string(opened.At(5)) != "text" || len(opened.At(3))+len(opened.At(4)) != 0 ||
		bytes.Contains(opened.Bytes[4:len(opened.Bytes)-4], []byte("te")) {
		t.Errorf("%q", opened.Bytes)
	}
	if _, err := c.OpenBatch(records, nil); !errors.Is(err, ErrUnknownKeyID) {
		t.Error(err)
	}
}

func TestWrongArgumentsOfRecordsAreRefused(t *testing.T) {
	for _, c := range recordCodecs(t) {
		_, records, opening := sealedRecords(t, c, 3)
		for name, wrong := range map[string]struct {
			records RecordBatch
			places  []Place
		}{
			"too few places":           {records, opening[:2]},
			"too many places":          {records, append(slices.Clone(opening), Place{})},
			"descending offsets":       {RecordBatch{records.Bytes, []int{0, 60, 59}}, nil},
			"a negative offset":        {RecordBatch{records.Bytes, []int{-1, 60}}, nil},
			"an offset beyond the end": {RecordBatch{records.Bytes, []int{0, len(records.Bytes) + 1}}, nil},
			"offsets without bytes":    {RecordBatch{nil, []int{0, 50}}, nil},
			"a token without a store":  {records, []Place{opening[0], opening[1], opening[2].WithToken(repeated32(1))}},
		} {
			if _, err := c.SealBatch(wrong.records, wrong.places); !errors.Is(err, ErrInvalidArgument) {
				t.Errorf("%s: %s: sealing: %v", codecName(c), name, err)
			}
			if _, err := c.OpenBatch(wrong.records, wrong.places); !errors.Is(err, ErrInvalidArgument) {
				t.Errorf("%s: %s: opening: %v", codecName(c), name, err)
			}
		}
		if _, failures, err := c.OpenBatchPartial(records, opening[:2]); failures != nil || !errors.Is(err, ErrInvalidArgument) {
			t.Errorf("%s: %v, %v", codecName(c), failures, err)
		}
		if _, failures, err := c.OpenBatchPartial(RecordBatch{nil, []int{0, 50}}, nil); failures != nil || !errors.Is(err, ErrInvalidArgument) {
			t.Errorf("%s: %v, %v", codecName(c), failures, err)
		}
		if c.SealedLength(-1, Place{}) != 0 || c.SealedLength(0, Place{}) != RecordOverhead(c.Cipher(), c.Format()) {
			t.Errorf("%s: %d", codecName(c), c.SealedLength(0, Place{}))
		}
	}
	key := testKey(t, AEGIS256)
	for _, wrong := range []Context{{}, {kind: 4}, {kind: -1}} {
		_, err := NewBoundRecordCodec(key, wrong)
		_, idError := KeyID(key, wrong)
		_, keyError := GenerateKeyFor(AEGIS256, wrong, nil)
		for _, err := range []error{err, idError, keyError} {
			if !errors.Is(err, ErrInvalidArgument) {
				t.Error(err)
			}
		}
	}
	for _, c := range Ciphers() {
		if _, err := NewS2RecordCodec(testKey(t, c), repeated32(1)); slices.Contains(s2Ciphers, c) != (err == nil) ||
			err != nil && !errors.Is(err, ErrUnsupportedFormat) {
			t.Errorf("%s: %v", c, err)
		}
	}
}

func TestPlacesThatAFormatCannotBindAreRefused(t *testing.T) {
	bound := boundCodec(t, testKey(t, AEGIS256), StreamContext(repeated32(1)))
	store := boundCodec(t, testKey(t, AEGIS256), StoreContext(repeated16(1)))
	s2 := s2Codec(t, testKey(t, AES256GCM), repeated32(1))
	for name, c := range map[string]struct {
		codec   *RecordCodec
		place   Place
		sealing error
		opening error
	}{
		"the highest sequence":      {bound, AtSequence(math.MaxUint64), ErrInvalidArgument, ErrInvalidArgument},
		"the one before":            {bound, AtSequence(math.MaxUint64 - 1), nil, ErrAuthenticationFailed},
		"reseals without a clock":   {bound, Place{Reseals: 1}, ErrInvalidArgument, nil},
		"no token in a store":       {store, Place{}, ErrInvalidArgument, ErrUnknownKeyID},
		"a token of no store":       {bound, Place{}.WithToken(repeated32(0)), ErrInvalidArgument, ErrInvalidArgument},
		"a clock under S2":          {s2, Place{}.WithClock(0), ErrInvalidArgument, ErrInvalidArgument},
		"reseals under S2":          {s2, Place{Reseals: 1}, ErrInvalidArgument, ErrInvalidArgument},
		"a token under S2":          {s2, Place{}.WithToken(repeated32(0)), ErrInvalidArgument, ErrInvalidArgument},
		"a sequence under S2":       {s2, AtSequence(S2MaxAES256GCMSequence), nil, ErrInvalidArgument},
		"a high sequence under S2":  {s2, AtSequence(S2MaxAES256GCMSequence + 1), ErrUsageLimit, ErrInvalidArgument},
		"the first sequence":        {bound, AtSequence(0), nil, ErrAuthenticationFailed},
		"another clock":             {bound, Place{}.WithClock(0), nil, ErrAuthenticationFailed},
		"nothing, and nothing else": {bound, Place{}, nil, nil},
	} {
		sealed := bound
		if c.codec == s2 {
			sealed = s2
		}
		record, err := sealed.Seal([]byte{0}, Place{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.codec.Seal([]byte{0}, c.place); !errors.Is(err, c.sealing) && (c.sealing != nil || err != nil) {
			t.Errorf("%s: sealing: %v", name, err)
		}
		if c.codec == store {
			continue // its key has another id
		}
		if _, err := c.codec.Open(record, c.place); !errors.Is(err, c.opening) && (c.opening != nil || err != nil) {
			t.Errorf("%s: opening: %v", name, err)
		}
	}
}

func TestRecordsAreSealedByManyGoroutinesAtOnce(t *testing.T) {
	for _, c := range recordCodecs(t) {
		var group sync.WaitGroup
		for range 4 {
			group.Add(1)
			go func() {
				defer group.Done()
				_, records, opening := sealedRecords(t, c, 20)
				if opened, err := c.OpenBatch(records, opening); err != nil || !bytes.Equal(opened.Bytes, testPlaintexts(20).Bytes) {
					t.Errorf("%s: %v", codecName(c), err)
				}
			}()
		}
		group.Wait()
	}
}

func TestACodecOutlivesItsKey(t *testing.T) {
	key, err := GenerateKey(AEGIS256)
	if err != nil {
		t.Fatal(err)
	}
	codec := boundCodec(t, key, StreamContext(repeated32(1)))
	key.Close()
	record, err := codec.Seal([]byte("text"), AtSequence(1))
	if err != nil {
		t.Fatal(err)
	}
	if opened, err := codec.Open(record, AtSequence(1)); err != nil || string(opened) != "text" {
		t.Errorf("%q, %v", opened, err)
	}
}

func TestBatchesOfRecordsAreBuiltAndWiped(t *testing.T) {
	var batch RecordBatch
	if batch.Len() != 0 || NewRecordBatch().Len() != 0 {
		t.Error("an empty batch has records")
	}
	source := []byte("one")
	batch.Append(source)
	batch.Append(nil)
	batch.Append([]byte("three"))
	source[0] = 'x'
	again := NewRecordBatch([]byte("one"), nil, []byte("three"))
	if string(batch.Bytes) != "onethree" || !bytes.Equal(batch.Bytes, again.Bytes) || !slices.Equal(batch.Offsets, again.Offsets) {
		t.Errorf("%q %v, %q %v", batch.Bytes, batch.Offsets, again.Bytes, again.Offsets)
	}
	var seen []string
	for i, record := range batch.All() {
		seen = append(seen, fmt.Sprint(i, string(record)))
		if i == 1 {
			break
		}
	}
	if strings.Join(seen, " ") != "0one 1" || cap(batch.At(0)) != 3 {
		t.Errorf("%v", seen)
	}
	batch.Wipe()
	if !bytes.Equal(batch.Bytes, make([]byte, 8)) {
		t.Errorf("%q", batch.Bytes)
	}
}
