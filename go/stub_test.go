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
}
