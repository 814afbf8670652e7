//go:build !cgo || (!pagecrypt_system && !(linux && (amd64 || arm64)))

package pagecrypt

import (
	"context"
	"errors"
	"testing"
)

func TestEverythingSaysThatTheLibraryIsMissing(t *testing.T) {
	ctx := context.Background()
	fails := func(_ any, err error) error { return err }
	calls := map[string]error{
		"ParseCipher":         fails(ParseCipher("aegis256")),
		"Cipher.Engine":       fails(AEGIS256.Engine()),
		"ParseEngine":         fails(ParseEngine("portable")),
		"NewKey":              fails(NewKey(make([]byte, 32), AEGIS256)),
		"ParseKey":            fails(ParseKey("text", DefaultCipher)),
		"ParseKey of bytes":   fails(ParseKey([]byte("text"), DefaultCipher)),
		"GenerateKey":         fails(GenerateKey(AEGIS256)),
		"ParseTursoHeader":    fails(ParseTursoHeader(nil)),
		"ParseWALHeader":      fails(ParseWALHeader(nil)),
		"WALHeader.Bytes":     fails(WALHeader{}.Bytes()),
		"ParseWALFrameHeader": fails(ParseWALFrameHeader(nil)),
		"StartWALChain":       fails(StartWALChain(nil)),
		"ResumeWALChain":      fails(ResumeWALChain(nil, [2]uint32{})),
		"InspectFile":         fails(InspectFile("x")),
		"NewAEAD":             fails(NewAEAD(nil)),
		"NewTursoPageCodec":   fails(NewTursoPageCodec(nil, 4096)),
		"OpenPageReader":      fails(OpenPageReader("x", nil)),
		"EncryptFile":         fails(EncryptFile(ctx, "x", "y", nil, nil)),
		"VerifyFile":          fails(VerifyFile(ctx, "x", nil, nil)),
		"NewS2RecordCodec":    fails(NewS2RecordCodec(nil, [32]byte{})),
		"NewBoundRecordCodec": fails(NewBoundRecordCodec(nil, StreamContext([32]byte{}))),
		"RecordCodec.Seal":    fails((&RecordCodec{}).Seal(nil, Place{})),
		"RecordCodec.Open":    fails((*RecordCodec)(nil).Open(nil, Place{})),
		"OpenS2Stored":        fails((*RecordCodec)(nil).OpenS2Stored(nil)),
		"ParseRecordHeader":   fails(ParseRecordHeader(nil)),
		"CompareWrites":       fails(CompareWrites(nil, nil)),
		"KeyID":               fails(KeyID(nil, StoreContext([16]byte{}))),
		"GenerateKeyFor":      fails(GenerateKeyFor(AEGIS256, StoreContext([16]byte{}), nil)),
		"NewTokenKey":         fails(NewTokenKey(make([]byte, TokenKeyLength))),
		"GenerateTokenKey":    fails(GenerateTokenKey()),
		"TokenKey.Token":      fails((&TokenKey{}).Token(nil)),
		"NewStoreCodec":       fails(NewStoreCodec(nil, [16]byte{}, nil, PaddingNone)),
		"StoreCodec.Open":     fails((&StoreCodec{}).Open([32]byte{}, nil)),
		"S2StreamID":          fails(S2StreamID("basin", "stream")),
		"S2KeyFromHeader":     fails(S2KeyFromHeader(nil, AEGIS256)),
		"S2Envelope.Encode":   fails(S2Envelope{}.Encode()),
		"DecodeS2Envelope":    fails(DecodeS2Envelope([]byte{0})),
		"stored record":       fails(DecodeS2StoredRecord(nil)),
		"S2StoredRecord":      fails(S2StoredRecord{Kind: S2Trim}.Encode()),
	}
	for name, err := range calls {
		if !errors.Is(err, ErrNoCgo) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatNeedsNoLibraryWorks(t *testing.T) {
	if AEGIS256.String() != "aegis256" || AEGIS256.KeyLength() != 32 || len(Ciphers()) != 9 || len(Engines()) != 10 {
		t.Error("the catalogue is not there")
	}
	if EnginePortable.IsAvailable() || Version() != "" || PendingBytePage(4096) != 0 {
		t.Error("a library seems to be there")
	}
	answer, known := S2AnswerTo(ErrKeyRequired)
	if RecordOverhead(AEGIS256, RecordFormatS2) != 0 || known || answer != (S2Answer{}) {
		t.Error("a library seems to be there")
	}
	batch := NewRecordBatch([]byte("one"), []byte("two"))
	if batch.Len() != 2 || string(batch.At(1)) != "two" || (S2Envelope{Body: batch.At(0)}).MeteredSize() != 11 {
		t.Errorf("%v", batch)
	}
}
