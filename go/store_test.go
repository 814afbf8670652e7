//go:build cgo && (pagecrypt_system || (linux && (amd64 || arm64)))

package pagecrypt

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"
)

func testTokenKey(t testing.TB) *TokenKey {
	t.Helper()
	key, err := NewTokenKey(bytes.Repeat([]byte{4}, TokenKeyLength))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { key.Close() })
	return key
}

func testStore(t testing.TB, key *Key, padding Padding) *StoreCodec {
	t.Helper()
	codec, err := NewStoreCodec(key, repeated16(3), testTokenKey(t), padding)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { codec.Close() })
	return codec
}

func testEntries(count int) []Entry {
	entries := make([]Entry, count)
	for i := range entries {
		entries[i] = Entry{Path: fmt.Appendf(nil, "path/%d", i), Type: []byte("t"), Schema: []byte("1"), Body: bytes.Repeat([]byte{byte(i)}, 37*i)}
		if i%2 == 0 {
			clock := uint64(i)
			entries[i].Clock = &clock
		}
	}
	return entries
}

func sameEntry(a, b Entry) bool {
	return bytes.Equal(a.Path, b.Path) && bytes.Equal(a.Type, b.Type) && bytes.Equal(a.Schema, b.Schema) &&
		bytes.Equal(a.Body, b.Body) && sameClock(a.Clock, b.Clock)
}

func TestEntriesOfTheVectorsOpen(t *testing.T) {
	_, entries := recordVectors(t)
	paddings := map[string]Padding{"none": PaddingNone, "padme": PaddingPadme}
	for i, v := range entries {
		padding, known := paddings[v.Padding]
		if !known || padding.String() != v.Padding {
			t.Fatalf("padding %q is not known here", v.Padding)
		}
		tokenKey, err := NewTokenKey(v.TokenKey)
		if err != nil {
			t.Fatal(err)
		}
		store, err := NewStoreCodec(v.key(t), [16]byte(v.Context.Store), tokenKey, padding)
		if err != nil {
			t.Fatal(err)
		}
		want := Entry{v.Path, v.Type, v.Schema, v.Body, number(t, v.Clock)}
		entry, err := store.Open([32]byte(v.Token), v.Record)
		if err != nil || !sameEntry(entry, want) {
			t.Errorf("entry %d: %v, %v", i, entry, err)
		}
		token, err := store.Token(v.Path)
		if other, otherError := tokenKey.Token(v.Path); errors.Join(err, otherError) != nil || token != other || !bytes.Equal(token[:], v.Token) {
			t.Errorf("entry %d: token %x, %v", i, token, err)
		}
		token, record, err := store.Seal(want)
		if err != nil || !bytes.Equal(token[:], v.Token) || len(record) != len(v.Record) || store.SealedLength(want) != len(record) {
			t.Errorf("entry %d: sealed to %d bytes, %v", i, len(record), err)
		}
		if again, err := store.Open(token, record); err != nil || !sameEntry(again, want) {
			t.Errorf("entry %d: sealed and opened: %v", i, err)
		}
	}
}

func TestABatchOfEntriesIsItsEntriesOneByOne(t *testing.T) {
	for _, cipher := range Ciphers() {
		store := testStore(t, testKey(t, cipher), PaddingPadme)
		entries := testEntries(65)
		tokens, records, err := store.SealBatch(entries)
		if err != nil || len(tokens) != 65 || records.Len() != 65 {
			t.Fatal(err)
		}
		opened, err := store.OpenBatch(tokens, records)
		if err != nil || !slices.EqualFunc(opened, entries, sameEntry) {
			t.Errorf("%s: %v", cipher, err)
		}
		for i, entry := range entries {
			if opened, err := store.Open(tokens[i], records.At(i)); err != nil || !sameEntry(opened, entry) {
				t.Errorf("%s: entry %d: %v", cipher, i, err)
			}
			if length := store.SealedLength(entry); length != len(records.At(i)) {
				t.Errorf("%s: entry %d: %d bytes", cipher, i, length)
			}
		}
		id, err := KeyID(testKey(t, cipher), StoreContext(repeated16(3)))
		if store.Cipher() != cipher || store.Engine() == 0 || err != nil || store.KeyID() != id {
			t.Errorf("%s: %s, %s, %v", cipher, store.Cipher(), store.Engine(), err)
		}
	}
	store := testStore(t, testKey(t, AEGIS256), PaddingNone)
	tokens, records, err := store.SealBatch(nil)
	opened, openError := store.OpenBatch(nil, RecordBatch{})
	if errors.Join(err, openError) != nil || len(tokens)+records.Len()+len(opened) != 0 {
		t.Errorf("%v, %v", err, openError)
	}
}

func TestAnEntryForgedAtAnyByteDoesNotOpen(t *testing.T) {
	for _, cipher := range []Cipher{AES128GCM, AES256GCM, AEGIS256, AEGIS128X4, ChaCha20Poly1305} {
		store := testStore(t, testKey(t, cipher), PaddingNone)
		token, record, err := store.Seal(testEntries(1)[0])
		if err != nil {
			t.Fatal(err)
		}
		for i := range record {
			forged := bytes.Clone(record)
			forged[i] ^= 1
			entry, err := store.Open(token, forged)
			typed(t, err, ErrAuthenticationFailed, ErrUnknownKeyID, ErrUnsupportedFormat, ErrMalformed, ErrCipherMismatch)
			if err == nil || entry.Path != nil || entry.Body != nil {
				t.Errorf("%s: byte %d: opened", cipher, i)
			}
		}
		for i := range token {
			moved := token
			moved[i] ^= 1
			if _, err := store.Open(moved, record); !errors.Is(err, ErrAuthenticationFailed) {
				t.Errorf("%s: byte %d of the token: %v", cipher, i, err)
			}
		}
	}
}

func TestAnEntryThatIsMovedDoesNotOpen(t *testing.T) {
	key := testKey(t, AEGIS256)
	store := testStore(t, key, PaddingNone)
	entries := testEntries(2)
	tokens, records, err := store.SealBatch(entries)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(tokens[1], records.At(0)); !errors.Is(err, ErrAuthenticationFailed) {
		t.Error(err)
	}
	other, err := NewStoreCodec(key, repeated16(9), testTokenKey(t), PaddingNone)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Open(tokens[0], records.At(0)); !errors.Is(err, ErrUnknownKeyID) {
		t.Error(err)
	}
	// Who seals a record of this store by itself can put a path under another one's token: the entry says otherwise.
	plain, err := boundCodec(t, key, StoreContext(repeated16(3))).Open(records.At(0), Place{}.WithToken(tokens[0]))
	if err != nil {
		t.Fatal(err)
	}
	moved, err := boundCodec(t, key, StoreContext(repeated16(3))).Seal(plain, Place{}.WithToken(tokens[1]))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(tokens[1], moved); !errors.Is(err, ErrAuthenticationFailed) {
		t.Error(err)
	}
}

func TestForgedEntriesOfABatchAreEmptyAndTheOthersOpen(t *testing.T) {
	store := testStore(t, testKey(t, AEGIS256), PaddingPadme)
	entries := testEntries(66)
	tokens, records, err := store.SealBatch(entries)
	if err != nil {
		t.Fatal(err)
	}
	forged := []int{1, 5, 65}
	for _, i := range forged {
		records.Bytes[records.Offsets[i+1]-1] ^= 1
	}
	if opened, err := store.OpenBatch(tokens, records); !errors.Is(err, ErrAuthenticationFailed) || opened != nil {
		t.Error(err)
	}
	opened, failures, err := store.OpenBatchPartial(tokens, records)
	if err != nil || len(opened) != 66 || len(failures) != 66 {
		t.Fatal(err)
	}
	for i, entry := range entries {
		want := ErrorCode(0)
		if slices.Contains(forged, i) {
			entry, want = Entry{}, ErrAuthenticationFailed
		}
		if !sameEntry(opened[i], entry) || failures[i] != want {
			t.Errorf("entry %d: %v, %v", i, opened[i], failures[i])
		}
	}
	if _, failures, err := store.OpenBatchPartial(tokens[1:], records); failures != nil || !errors.Is(err, ErrInvalidArgument) {
		t.Errorf("%v, %v", failures, err)
	}
}

func TestEntriesAreResealedAfterARotation(t *testing.T) {
	old := testKey(t, AES256GCM)
	key, err := GenerateKey(AEGIS256)
	if err != nil {
		t.Fatal(err)
	}
	before, fresh := testStore(t, old, PaddingPadme), testStore(t, key, PaddingPadme)
	store, err := fresh.WithDecryptOnlyKey(old)
	if err != nil || store.Cipher() != AEGIS256 || store.KeyID() != fresh.KeyID() {
		t.Fatal(err)
	}
	defer store.Close()
	for i, entry := range testEntries(4) {
		token, record, err := before.Seal(entry)
		if err != nil {
			t.Fatal(err)
		}
		if needs, err := store.NeedsReseal(record); !needs || err != nil {
			t.Errorf("entry %d: %v, %v", i, needs, err)
		}
		if _, err := fresh.NeedsReseal(record); !errors.Is(err, ErrCipherMismatch) {
			t.Errorf("entry %d: %v", i, err)
		}
		if _, err := store.Reseal(repeated32(9), record); !errors.Is(err, ErrAuthenticationFailed) {
			t.Errorf("entry %d: %v", i, err)
		}
		resealed, err := store.Reseal(token, record)
		if err != nil {
			t.Fatal(err)
		}
		if needs, err := store.NeedsReseal(resealed); needs || err != nil {
			t.Errorf("entry %d: %v, %v", i, needs, err)
		}
		if opened, err := fresh.Open(token, resealed); err != nil || !sameEntry(opened, entry) {
			t.Errorf("entry %d: %v", i, err)
		}
		if order, err := CompareWrites(resealed, record); err != nil || entry.Clock != nil && order != 1 {
			t.Errorf("entry %d: %d, %v", i, order, err)
		}
	}
}

func TestEntriesThatAreTooLongAreRefused(t *testing.T) {
	store := testStore(t, testKey(t, AEGIS256), PaddingNone)
	long := make([]byte, 65535)
	longer := make([]byte, 65536)
	if token, record, err := store.Seal(Entry{Path: long, Type: long, Schema: long}); err != nil {
		t.Error(err)
	} else if entry, err := store.Open(token, record); err != nil || len(entry.Path)+len(entry.Type)+len(entry.Schema) != 3*65535 {
		t.Error(err)
	}
	for _, entry := range []Entry{{Path: longer}, {Type: longer}, {Schema: longer}} {
		if _, _, err := store.Seal(entry); !errors.Is(err, ErrInvalidArgument) {
			t.Error(err)
		}
		if _, _, err := store.SealBatch([]Entry{{}, entry, {}}); !errors.Is(err, ErrInvalidArgument) {
			t.Error(err)
		}
		if length := store.SealedLength(entry); length != 0 {
			t.Errorf("%d bytes", length)
		}
	}
	if _, err := NewStoreCodec(testKey(t, AEGIS256), repeated16(1), testTokenKey(t), Padding(2)); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
}

func TestPaddingHidesLengths(t *testing.T) {
	key := testKey(t, AEGIS256)
	lengths := func(padding Padding) map[int]bool {
		seen := make(map[int]bool)
		for i := range 64 {
			seen[testStore(t, key, padding).SealedLength(Entry{Body: make([]byte, 1000+i)})] = true
		}
		return seen
	}
	if none, padme := len(lengths(PaddingNone)), len(lengths(PaddingPadme)); none != 64 || padme > 4 {
		t.Errorf("%d lengths without padding, %d with it", none, padme)
	}
}

func TestTokenKeysAreReadBackAndNeverPrinted(t *testing.T) {
	secret := []byte("0123456789abcdefFEDCBA9876543210")
	key, err := NewTokenKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	if back, err := key.Bytes(); err != nil || !bytes.Equal(back, secret) {
		t.Error(err)
	}
	again, err := NewTokenKey(secret)
	if err != nil || !key.Equal(again) || !key.Equal(key) {
		t.Error("the same bytes are not equal", err)
	}
	another, err := GenerateTokenKey()
	if err != nil || key.Equal(another) || key.Equal(nil) || (*TokenKey)(nil).Equal(key) {
		t.Error("different token keys are equal", err)
	}
	for _, length := range []int{0, 31, 33} {
		var failure *Error
		if _, err := NewTokenKey(make([]byte, length)); !errors.As(err, &failure) || failure.Code != ErrKeyLength ||
			failure.Expected != 32 || failure.Got != uint64(length) {
			t.Errorf("%d bytes: %v", length, err)
		}
	}
	neverShows(t, secret, key, *key, struct{ K *TokenKey }{key})
	key.Close()
	if _, err := key.Bytes(); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	if _, err := key.Token(nil); !errors.Is(err, ErrClosed) || key.Equal(again) || again.Equal(key) {
		t.Error(err)
	}
}

func TestAnEntryIsWiped(t *testing.T) {
	store := testStore(t, testKey(t, AEGIS256), PaddingNone)
	token, record, err := store.Seal(testEntries(2)[1])
	if err != nil {
		t.Fatal(err)
	}
	entry, err := store.Open(token, record)
	if err != nil {
		t.Fatal(err)
	}
	entry.Wipe()
	for _, part := range entry.parts() {
		if len(part) == 0 || !bytes.Equal(part, make([]byte, len(part))) || cap(part) != len(part) {
			t.Errorf("%x", part)
		}
	}
}
