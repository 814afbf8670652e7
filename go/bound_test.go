//go:build cgo && (pagecrypt_system || (linux && (amd64 || arm64)))

package pagecrypt

import (
	"bytes"
	"errors"
	"math"
	"strconv"
	"testing"
)

// A recordVector is an entry of the list records, or entries, of vectors/records.json.
type recordVector struct {
	Cipher  string
	Key     hexBytes
	Context struct {
		Kind                  string
		Stream, Store, Writer hexBytes
	}
	Token           hexBytes
	Sequence, Clock *string
	Reseals         uint32
	KeyID           hexBytes `json:"key_id"`
	Plaintext       hexBytes
	Record          hexBytes

	TokenKey           hexBytes `json:"token_key"`
	Padding            string
	Path, Type, Schema hexBytes
	Body               hexBytes
}

func recordVectors(t testing.TB) (records, entries []recordVector) {
	t.Helper()
	var file struct{ Records, Entries []recordVector }
	decodeVector(t, "records.json", false, &file)
	if len(file.Records) < 100 || len(file.Entries) < 30 {
		t.Fatalf("%d records, %d entries", len(file.Records), len(file.Entries))
	}
	return file.Records, file.Entries
}

func (v recordVector) key(t testing.TB) *Key {
	t.Helper()
	cipher, err := ParseCipher(v.Cipher)
	if err != nil {
		t.Fatal(err)
	}
	key, err := NewKey(v.Key, cipher)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (v recordVector) context(t testing.TB) Context {
	t.Helper()
	switch c := v.Context; c.Kind {
	case "stream":
		return StreamContext([32]byte(c.Stream))
	case "store":
		return StoreContext([16]byte(c.Store))
	case "writer":
		return WriterContext([32]byte(c.Stream), [16]byte(c.Writer))
	}
	t.Fatalf("context %q is not known here", v.Context.Kind)
	return Context{}
}

func number(t testing.TB, text *string) *uint64 {
	t.Helper()
	if text == nil {
		return nil
	}
	n, err := strconv.ParseUint(*text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return &n
}

func (v recordVector) place(t testing.TB) Place {
	t.Helper()
	place := Place{Sequence: number(t, v.Sequence), Clock: number(t, v.Clock), Reseals: v.Reseals}
	if v.Token != nil {
		place.Token = (*[32]byte)(v.Token)
	}
	return place
}

func sameClock(a, b *uint64) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

func TestBoundRecordsOfTheVectorsOpen(t *testing.T) {
	records, _ := recordVectors(t)
	for i, v := range records {
		key, place := v.key(t), v.place(t)
		codec := boundCodec(t, key, v.context(t))
		opened, err := codec.Open(v.Record, place)
		if err != nil || !bytes.Equal(opened, v.Plaintext) {
			t.Errorf("record %d: %v", i, err)
		}
		id, known := codec.KeyID()
		if other, err := KeyID(key, v.context(t)); err != nil || !known || id != other || !bytes.Equal(id[:], v.KeyID) {
			t.Errorf("record %d: key id %x, %x, %v", i, id, other, err)
		}
		header, err := ParseRecordHeader(v.Record)
		if err != nil || header.Cipher != key.Cipher() || header.KeyID != id || !sameClock(header.Clock, place.Clock) ||
			header.Reseals != v.Reseals || header.PlaintextLength != len(v.Plaintext) {
			t.Errorf("record %d: %+v, %v", i, header, err)
		}
		if length := codec.SealedLength(len(v.Plaintext), place); length != len(v.Record) {
			t.Errorf("record %d: %d bytes, not %d", i, length, len(v.Record))
		}
		sealed, err := codec.Seal(v.Plaintext, place)
		if err != nil || len(sealed) != len(v.Record) {
			t.Errorf("record %d: sealed to %d bytes, %v", i, len(sealed), err)
		}
		if again, err := codec.Open(sealed, place); err != nil || !bytes.Equal(again, v.Plaintext) {
			t.Errorf("record %d: sealed and opened: %v", i, err)
		}
	}
}

func TestARecordThatIsMovedDoesNotOpen(t *testing.T) {
	for _, cipher := range Ciphers() {
		key := testKey(t, cipher)
		stream := boundCodec(t, key, StreamContext(repeated32(1)))
		writer := boundCodec(t, key, WriterContext(repeated32(1), repeated16(2)))
		store := boundCodec(t, key, StoreContext(repeated16(3)))
		inStore := AtSequence(5).WithClock(6).WithToken(repeated32(7))
		for name, c := range map[string]struct {
			from  *RecordCodec
			at    Place
			to    Context
			place Place
			want  ErrorCode
		}{
			"another stream":           {stream, AtSequence(5), StreamContext(repeated32(9)), AtSequence(5), ErrUnknownKeyID},
			"another sequence":         {stream, AtSequence(5), StreamContext(repeated32(1)), AtSequence(6), ErrAuthenticationFailed},
			"no sequence":              {stream, AtSequence(5), StreamContext(repeated32(1)), Place{}, ErrAuthenticationFailed},
			"a sequence":               {stream, Place{}, StreamContext(repeated32(1)), AtSequence(0), ErrAuthenticationFailed},
			"another clock":            {stream, AtSequence(5).WithClock(6), StreamContext(repeated32(1)), AtSequence(5).WithClock(7), ErrAuthenticationFailed},
			"a writer of the stream":   {stream, Place{}, WriterContext(repeated32(1), repeated16(2)), Place{}, ErrAuthenticationFailed},
			"another writer":           {writer, Place{}, WriterContext(repeated32(1), repeated16(9)), Place{}, ErrAuthenticationFailed},
			"a writer's other stream":  {writer, Place{}, WriterContext(repeated32(9), repeated16(2)), Place{}, ErrUnknownKeyID},
			"the stream of the writer": {writer, Place{}, StreamContext(repeated32(1)), Place{}, ErrAuthenticationFailed},
			"another store":            {store, inStore, StoreContext(repeated16(9)), inStore, ErrUnknownKeyID},
			"another path":             {store, inStore, StoreContext(repeated16(3)), inStore.WithToken(repeated32(9)), ErrAuthenticationFailed},
		} {
			record, err := c.from.Seal([]byte("text"), c.at)
			if err != nil {
				t.Fatal(err)
			}
			if opened, err := boundCodec(t, key, c.to).Open(record, c.place); !errors.Is(err, c.want) || opened != nil {
				t.Errorf("%s: %s: %v", cipher, name, err)
			}
			if opened, err := c.from.Open(record, c.at); err != nil || string(opened) != "text" {
				t.Errorf("%s: %s: in its own place: %v", cipher, name, err)
			}
		}
	}
}

func TestRecordsAreResealedAfterARotation(t *testing.T) {
	for _, cipher := range Ciphers() {
		context := StreamContext(repeated32(1))
		old := testKey(t, cipher)
		oldCodec := boundCodec(t, old, context)
		oldID, _ := oldCodec.KeyID()
		key, err := GenerateKeyFor(cipher, context, [][4]byte{oldID, {1, 2, 3, 4}})
		if err != nil || key.Cipher() != cipher {
			t.Fatal(err)
		}
		fresh := boundCodec(t, key, context)
		codec, err := fresh.WithDecryptOnlyKey(old)
		if err != nil {
			t.Fatal(err)
		}
		defer codec.Close()
		id, known := codec.KeyID()
		if freshID, _ := fresh.KeyID(); !known || id != freshID || id == oldID || codec.Cipher() != cipher {
			t.Errorf("%s: the codec has the key id %x", cipher, id)
		}
		for _, place := range []Place{AtSequence(7).WithClock(100), AtSequence(7)} {
			record, err := oldCodec.Seal([]byte("text"), place)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := fresh.NeedsReseal(record); !errors.Is(err, ErrUnknownKeyID) {
				t.Errorf("%s: the fresh codec became another one: %v", cipher, err)
			}
			if _, err := fresh.Reseal(record, place); !errors.Is(err, ErrUnknownKeyID) {
				t.Errorf("%s: %v", cipher, err)
			}
			if needs, err := codec.NeedsReseal(record); !needs || err != nil {
				t.Errorf("%s: %v, %v", cipher, needs, err)
			}
			if opened, err := codec.Open(record, place); err != nil || string(opened) != "text" {
				t.Errorf("%s: %v", cipher, err)
			}
			if _, err := codec.Reseal(record, AtSequence(8)); !errors.Is(err, ErrAuthenticationFailed) {
				t.Errorf("%s: resealed at another place: %v", cipher, err)
			}
			resealed, err := codec.Reseal(record, place)
			if err != nil {
				t.Fatal(err)
			}
			if needs, err := codec.NeedsReseal(resealed); needs || err != nil {
				t.Errorf("%s: %v, %v", cipher, needs, err)
			}
			if opened, err := fresh.Open(resealed, place); err != nil || string(opened) != "text" {
				t.Errorf("%s: %v", cipher, err)
			}
			header, err := ParseRecordHeader(resealed)
			if err != nil || header.KeyID != id || !sameClock(header.Clock, place.Clock) || (header.Reseals == 1) != (place.Clock != nil) {
				t.Errorf("%s: %+v, %v", cipher, header, err)
			}
			if place.Clock == nil {
				continue // then the bytes decide
			}
			if order, err := CompareWrites(resealed, record); order != 1 || err != nil {
				t.Errorf("%s: %d, %v", cipher, order, err)
			}
		}
	}
}

func TestABatchIsResealedByOpeningAndSealingIt(t *testing.T) {
	context := StreamContext(repeated32(1))
	old := boundCodec(t, testKey(t, AEGIS256), context)
	key, err := GenerateKey(AEGIS128L)
	if err != nil {
		t.Fatal(err)
	}
	codec, err := boundCodec(t, key, context).WithDecryptOnlyKey(testKey(t, AEGIS256))
	if err != nil {
		t.Fatal(err)
	}
	plaintexts, records, places := sealedRecords(t, old, 65)
	opened, err := codec.OpenBatch(records, places)
	if err != nil {
		t.Fatal(err)
	}
	again := make([]Place, len(places))
	for i, record := range records.All() {
		header, err := ParseRecordHeader(record)
		if err != nil {
			t.Fatal(err)
		}
		again[i] = header.Resealed(places[i])
	}
	resealed, err := codec.SealBatch(opened, again)
	if err != nil {
		t.Fatal(err)
	}
	for i, record := range resealed.All() {
		single, err := codec.Reseal(records.At(i), places[i])
		if err != nil || !bytes.Equal(single[:3], record[:3]) || len(single) != len(record) {
			t.Errorf("record %d: %x and %x, %v", i, single[:3], record[:3], err)
		}
	}
	if opened, err := codec.OpenBatch(resealed, places); err != nil || !bytes.Equal(opened.Bytes, plaintexts.Bytes) {
		t.Error(err)
	}
	clock := uint64(3)
	if place := (RecordHeader{Clock: &clock, Reseals: math.MaxUint32}).Resealed(Place{}); place.Reseals != math.MaxUint32 {
		t.Errorf("%d reseals", place.Reseals)
	}
}

func TestDecryptOnlyKeysThatCannotBeAddedAreRefused(t *testing.T) {
	key := testKey(t, AEGIS256)
	another, err := GenerateKey(AEGIS256)
	if err != nil {
		t.Fatal(err)
	}
	s2 := s2Codec(t, key, repeated32(1))
	if _, err := s2.WithDecryptOnlyKey(another); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
	record, err := s2.Seal([]byte{0}, Place{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s2.Reseal(record, Place{}); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
	if _, known := s2.KeyID(); known {
		t.Error("S2's records have a key id")
	}
	same, err := boundCodec(t, key, StreamContext(repeated32(1))).WithDecryptOnlyKey(key)
	if err != nil {
		t.Fatal(err)
	}
	same.Close()
}

func TestTheLaterWriteWins(t *testing.T) {
	codec := boundCodec(t, testKey(t, AEGIS256), StreamContext(repeated32(1)))
	seal := func(place Place) []byte {
		record, err := codec.Seal([]byte("text"), place)
		if err != nil {
			t.Fatal(err)
		}
		return record
	}
	none, early, late := seal(Place{}), seal(Place{}.WithClock(0)), seal(Place{}.WithClock(math.MaxUint64))
	resealed := seal(Place{Reseals: 1}.WithClock(0))
	ascending := [][]byte{none, early, resealed, late}
	for i, a := range ascending {
		for j, b := range ascending {
			want := max(-1, min(1, i-j))
			if order, err := CompareWrites(a, b); order != want || err != nil {
				t.Errorf("%d and %d: %d, %v", i, j, order, err)
			}
		}
	}
	for _, wrong := range [][]byte{nil, {1}, none[:10], append([]byte{2}, none[1:]...)} {
		_, err := CompareWrites(none, wrong)
		_, otherError := CompareWrites(wrong, none)
		_, parseError := ParseRecordHeader(wrong)
		for _, err := range []error{err, otherError, parseError} {
			if err == nil {
				t.Errorf("%x: no error", wrong)
			}
			typed(t, err, ErrMalformed, ErrUnsupportedFormat)
		}
	}
}

func TestGeneratedKeysDiffer(t *testing.T) {
	context := StoreContext(repeated16(1))
	var taken [][4]byte
	for range 3 {
		key, err := GenerateKeyFor(AES256GCM, context, taken)
		if err != nil {
			t.Fatal(err)
		}
		id, err := KeyID(key, context)
		if err != nil {
			t.Fatal(err)
		}
		for _, other := range taken {
			if id == other {
				t.Errorf("%x is taken", id)
			}
		}
		if other, err := KeyID(key, StoreContext(repeated16(2))); err != nil || other == id {
			t.Errorf("the same id in two stores, %v", err)
		}
		taken = append(taken, id)
	}
	if _, err := GenerateKeyFor(10, context, nil); !errors.Is(err, ErrUnknownCipher) {
		t.Error(err)
	}
}
