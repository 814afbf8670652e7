//go:build cgo && (pagecrypt_system || (linux && (amd64 || arm64)))

package pagecrypt

import (
	"errors"
	"runtime"
	"sync"
	"testing"
	"time"
)

// An operation of each type that uses a C object.
func usesOf(t testing.TB) map[string]struct {
	use   func() error
	close func() error
} {
	t.Helper()
	key := testKey(t, AEGIS256)
	own, err := key.Clone()
	if err != nil {
		t.Fatal(err)
	}
	codec, err := NewTursoPageCodec(key, 512)
	if err != nil {
		t.Fatal(err)
	}
	header, err := WALHeader{ByteOrder: LittleEndian, PageSize: 512}.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	chain, err := StartWALChain(header)
	if err != nil {
		t.Fatal(err)
	}
	s := samples(t)[0]
	fileKey, err := NewKey(s.Hexkey, AES128GCM)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := OpenPageReader(s.path(), fileKey)
	if err != nil {
		t.Fatal(err)
	}
	aead, err := NewAEAD(key)
	if err != nil {
		t.Fatal(err)
	}
	nonce, sealed := make([]byte, 32), aead.Seal(nil, make([]byte, 32), make([]byte, 100), nil)
	records, err := NewBoundRecordCodec(key, StreamContext(repeated32(1)))
	if err != nil {
		t.Fatal(err)
	}
	tokenKey, err := NewTokenKey(make([]byte, TokenKeyLength))
	if err != nil {
		t.Fatal(err)
	}
	store, err := NewStoreCodec(key, repeated16(3), tokenKey, PaddingPadme)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]struct{ use, close func() error }{
		"key":    {func() error { _, err := own.Bytes(); return err }, own.Close},
		"codec":  {func() error { return codec.SealPages(2, make([]byte, 64*512)) }, codec.Close},
		"chain":  {func() error { _, err := chain.Accept(make([]byte, 536)); return err }, chain.Close},
		"reader": {func() error { _, err := reader.ReadAt(make([]byte, 9000), 77); return err }, reader.Close},
		"aead": {
			func() error { _, err := aead.Open(nil, nonce, sealed, nil); return err },
			aead.(interface{ Close() error }).Close,
		},
		"records":   {func() error { _, err := records.SealBatch(testPlaintexts(9), nil); return err }, records.Close},
		"token key": {func() error { _, err := tokenKey.Token([]byte("path")); return err }, tokenKey.Close},
		"store":     {func() error { _, _, err := store.SealBatch(testEntries(9)); return err }, store.Close},
	}
}

func TestWhatIsClosedReturnsErrClosed(t *testing.T) {
	for name, u := range usesOf(t) {
		if err := u.use(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for range 3 {
			if err := u.close(); err != nil {
				t.Errorf("%s: closing: %v", name, err)
			}
		}
		if err := u.use(); !errors.Is(err, ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEveryFunctionOfAClosedKeyFails(t *testing.T) {
	key := testKey(t, AEGIS256)
	key.Close()
	fails := func(_ any, err error) error { return err }
	for name, err := range map[string]error{
		"Clone": fails(key.Clone()), "WithEngine": fails(key.WithEngine(EnginePortable)),
		"WithCipher": fails(key.WithCipher(AES256GCM)), "Bytes": fails(key.Bytes()), "Text": fails(key.Text(Hex)),
		"SealBatch": key.SealBatchAssumeUniqueNonces(&Batch{}), "OpenBatch": key.OpenBatch(&Batch{}),
		"NewAEAD": fails(NewAEAD(key)), "NewTursoPageCodec": fails(NewTursoPageCodec(key, 512)),
		"OpenPageReader": fails(OpenPageReader("x", key)), "EncryptFile": fails(EncryptFile(t.Context(), "x", "y", key, nil)),
		"VerifyFile": fails(VerifyFile(t.Context(), "x", key, nil)), "NewS2RecordCodec": fails(NewS2RecordCodec(key, [32]byte{})),
		"NewBoundRecordCodec": fails(NewBoundRecordCodec(key, StreamContext([32]byte{}))),
		"NewStoreCodec":       fails(NewStoreCodec(key, [16]byte{}, testTokenKey(t), PaddingNone)),
		"KeyID":               fails(KeyID(key, StreamContext([32]byte{}))),
		"WithDecryptOnlyKey":  fails(boundCodec(t, testKey(t, AEGIS256), StreamContext([32]byte{})).WithDecryptOnlyKey(key)),
		"of a store":          fails(testStore(t, testKey(t, AEGIS256), PaddingNone).WithDecryptOnlyKey(key)),
	} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if key.Seals() != 0 || key.Equal(key) || key.Cipher() != AEGIS256 {
		t.Error("a closed key has a count, or equals itself, or forgot its cipher")
	}
}

func TestEveryFunctionOfAClosedRecordCodecFails(t *testing.T) {
	key := testKey(t, AEGIS256)
	codec := boundCodec(t, key, StreamContext(repeated32(1)))
	codec.Close()
	store := testStore(t, key, PaddingNone)
	store.Close()
	fails := func(_ any, err error) error { return err }
	_, _, partialError := codec.OpenBatchPartial(NewRecordBatch(nil), nil)
	_, _, sealError := store.Seal(Entry{})
	_, _, sealBatchError := store.SealBatch(nil)
	_, _, storePartialError := store.OpenBatchPartial(nil, RecordBatch{})
	for name, err := range map[string]error{
		"WithDecryptOnlyKey": fails(codec.WithDecryptOnlyKey(key)), "OpenedLength": fails(codec.OpenedLength(nil)),
		"NeedsReseal": fails(codec.NeedsReseal(nil)), "Seal": fails(codec.Seal(nil, Place{})), "Open": fails(codec.Open(nil, Place{})),
		"SealBatch": fails(codec.SealBatch(RecordBatch{}, nil)), "OpenBatch": fails(codec.OpenBatch(RecordBatch{}, nil)),
		"OpenBatchPartial": partialError, "Reseal": fails(codec.Reseal(nil, Place{})), "OpenS2Stored": fails(codec.OpenS2Stored(nil)),
		"store.WithDecryptOnlyKey": fails(store.WithDecryptOnlyKey(key)), "store.Token": fails(store.Token(nil)), "store.Seal": sealError,
		"store.SealBatch": sealBatchError, "store.Open": fails(store.Open([32]byte{}, nil)),
		"store.OpenBatch": fails(store.OpenBatch(nil, RecordBatch{})), "store.OpenBatchPartial": storePartialError,
		"store.NeedsReseal": fails(store.NeedsReseal(nil)), "store.Reseal": fails(store.Reseal([32]byte{}, nil)),
	} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if codec.SealedLength(1, Place{}) != 0 || store.SealedLength(Entry{}) != 0 || codec.Cipher() != AEGIS256 || store.Cipher() != AEGIS256 {
		t.Error("a closed codec has lengths, or forgot its cipher")
	}
}

func TestCloseMayComeDuringUse(t *testing.T) {
	for round := range 20 {
		live := liveHandles.Load()
		for name, u := range usesOf(t) {
			var group sync.WaitGroup
			start := make(chan struct{})
			for range 4 {
				group.Add(1)
				go func() {
					defer group.Done()
					<-start
					for {
						err := u.use()
						if errors.Is(err, ErrClosed) {
							return
						}
						if err != nil {
							t.Errorf("%s: %v", name, err)
							return
						}
					}
				}()
			}
			for range 2 {
				group.Add(1)
				go func() {
					defer group.Done()
					<-start
					for range round {
						runtime.Gosched()
					}
					u.close()
				}()
			}
			close(start)
			group.Wait()
		}
		if now := liveHandles.Load(); now > live+3 { // the two keys, and the codec's of this round
			t.Errorf("%d C objects are left of a round", now-live)
		}
	}
}

func TestWhatIsDroppedIsFreed(t *testing.T) {
	settle := func(want int64) bool {
		for range 200 {
			runtime.GC()
			if liveHandles.Load() <= want {
				return true
			}
			time.Sleep(time.Millisecond) // cleanups run on a goroutine of their own
		}
		return false
	}
	settle(0) // what other tests dropped
	before := liveHandles.Load()
	var group sync.WaitGroup
	for range 4 {
		group.Add(1)
		go func() {
			defer group.Done()
			for range 200 {
				key, err := GenerateKey(AEGIS256)
				if err != nil {
					t.Error(err)
					return
				}
				codec, err := NewTursoPageCodec(key, 512)
				if err != nil {
					t.Error(err)
					return
				}
				pages := make([]byte, 4*512)
				if err := errors.Join(codec.SealPages(2, pages), codec.OpenPages(2, pages)); err != nil {
					t.Error(err)
				}
				if records, err := NewBoundRecordCodec(key, StreamContext([32]byte{})); err != nil || records.SealedLength(0, Place{}) == 0 {
					t.Error(err)
				}
				if aead, err := NewAEAD(key); err != nil || len(aead.Seal(nil, make([]byte, 32), nil, nil)) != 16 {
					t.Error(err)
				}
			}
		}()
	}
	group.Wait()
	if !settle(before) {
		t.Errorf("%d C objects are left", liveHandles.Load()-before)
	}
}

func TestCopiesOfAHandleShareIt(t *testing.T) {
	key, err := GenerateKey(AEGIS256)
	if err != nil {
		t.Fatal(err)
	}
	copied := *key
	key = nil
	for range 10 {
		runtime.GC()
	}
	if _, err := copied.Bytes(); err != nil {
		t.Error(err)
	}
	if copied.Close() != nil {
		t.Error("closing")
	}
}
