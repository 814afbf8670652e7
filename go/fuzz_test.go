//go:build cgo && (pagecrypt_system || (linux && (amd64 || arm64)))

package pagecrypt

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Each decoder takes any bytes: it returns a typed error or something that makes sense.

func typed(t *testing.T, err error, allowed ...ErrorCode) {
	t.Helper()
	var failure *Error
	if err != nil && (!errors.As(err, &failure) || !slices.Contains(allowed, failure.Code)) {
		t.Errorf("%#v", err)
	}
}

func FuzzOpen(f *testing.F) {
	aead, err := NewAEAD(testKey(f, AEGIS128L))
	if err != nil {
		f.Fatal(err)
	}
	nonce := counting(16)
	genuine := aead.Seal(nil, nonce, []byte("a message"), []byte("data"))
	f.Add(nonce, genuine, []byte("data"))
	f.Add(nonce, genuine[1:], []byte{})
	var vectors aegisFile
	decodeVector(f, "aegis/aegis_draft_128l.json", false, &vectors)
	for _, v := range vectors.Encrypt {
		f.Add([]byte(v.Nonce), append(bytes.Clone(v.Ct), v.Tag128...), []byte(v.Ad))
	}
	f.Fuzz(func(t *testing.T, nonce, sealed, data []byte) {
		if len(nonce) != 16 {
			nonce = append(nonce, make([]byte, 16)...)[:16]
		}
		opened, err := aead.Open(nil, nonce, sealed, data)
		typed(t, err, ErrAuthenticationFailed)
		if err == nil && !bytes.Equal(aead.Seal(nil, nonce, opened, data), sealed) {
			t.Error("what opened was not sealed")
		}
	})
}

func FuzzOpenBatch(f *testing.F) {
	key := testKey(f, AEGIS256)
	f.Add(uint16(0), uint16(37), uint16(111), counting(300))
	f.Fuzz(func(t *testing.T, a, b, c uint16, text []byte) {
		batch := &Batch{
			Offsets: []int{int(a), int(b), int(c)}, Nonces: make([]byte, 64), From: text, To: make([]byte, len(text)), Tags: make([]byte, 32),
			AssociatedData: text, AssociatedDataOffsets: []int{int(c), int(b), int(a)}, Opened: make([]bool, 2),
		}
		err := key.OpenBatch(batch)
		typed(t, err, ErrAuthenticationFailed, ErrInvalidArgument)
		if err == nil || slices.Contains(batch.Opened, true) || !bytes.Equal(batch.To, make([]byte, len(text))) {
			t.Errorf("%v, %v", err, batch.Opened)
		}
	})
}

func FuzzOpenPages(f *testing.F) {
	s := sampleNamed(f, "aes128gcm-512-small")
	key, err := NewKey(s.Hexkey, AES128GCM)
	if err != nil {
		f.Fatal(err)
	}
	codec, err := NewTursoPageCodec(key, 512)
	if err != nil {
		f.Fatal(err)
	}
	pages := readVector(f, "turso/"+s.File)
	f.Add(uint32(1), pages[:1024])
	f.Add(uint32(2), pages[512:1024])
	f.Add(uint32(0), pages[:513])
	f.Add(uint32(MaxPageNumber), pages[:1024])
	f.Fuzz(func(t *testing.T, first uint32, pages []byte) {
		to := bytes.Repeat([]byte{0xc3}, len(pages))
		err := codec.OpenPagesInto(first, pages, to)
		typed(t, err, ErrAuthenticationFailed, ErrBufferLength, ErrPageNumber, ErrMalformed, ErrUnsupportedFormat, ErrNotEncrypted, ErrCipherMismatch)
		inPlace := codec.OpenPages(first, pages)
		if (err == nil) != (inPlace == nil) || (err == nil || errors.Is(err, ErrAuthenticationFailed)) && !bytes.Equal(pages, to) {
			t.Errorf("into another slice: %v, in place: %v", err, inPlace)
		}
	})
}

func FuzzTursoHeader(f *testing.F) {
	for _, s := range samples(f) {
		f.Add(readVector(f, "turso/"+s.File)[:TursoHeaderLength])
	}
	f.Add(readVector(f, plainDatabase)[:TursoHeaderLength])
	f.Fuzz(func(t *testing.T, bytes []byte) {
		header, err := ParseTursoHeader(bytes)
		typed(t, err, ErrNotEncrypted, ErrUnsupportedFormat, ErrMalformed)
		if err == nil && (!slices.Contains(tursoCiphers, header.Cipher) || PendingBytePage(header.PageSize) == 0) {
			t.Errorf("%+v", header)
		}
	})
}

func FuzzWALHeader(f *testing.F) {
	f.Add(readVector(f, "turso/aegis256-4096-walmixed.db-wal")[:WALHeaderLength])
	big, err := WALHeader{BigEndian, 65536, 1, [2]uint32{1, 2}}.Bytes()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(big)
	f.Fuzz(func(t *testing.T, header []byte) {
		parsed, err := ParseWALHeader(header)
		typed(t, err, ErrMalformed)
		chain, chainError := StartWALChain(header)
		if (err == nil) != (chainError == nil) {
			t.Errorf("parsing: %v, the chain: %v", err, chainError)
		}
		if err != nil {
			return
		}
		chain.Close()
		if again, err := parsed.Bytes(); err != nil || !bytes.Equal(again, header[:WALHeaderLength]) {
			t.Errorf("%x, %v", again, err)
		}
	})
}

func FuzzWALFrames(f *testing.F) {
	codec := testCodec(f, AEGIS256, 512)
	frames := plainFrames(codec, 3)
	if err := codec.SealFrames(startChain(f, testWALHeader), frames); err != nil {
		f.Fatal(err)
	}
	f.Add(uint32(1), frames)
	f.Add(uint32(0), frames[:codec.FrameLength()+1])
	f.Fuzz(func(t *testing.T, first uint32, frames []byte) {
		chain := startChain(t, testWALHeader)
		for frame := range slices.Chunk(frames, codec.FrameLength()) {
			_, err := chain.Accept(frame)
			typed(t, err, ErrBufferLength)
			_, err = ParseWALFrameHeader(frame)
			typed(t, err, ErrBufferLength)
		}
		typed(t, codec.OpenFrames(first, frames), ErrAuthenticationFailed, ErrBufferLength, ErrPageNumber, ErrInvalidArgument)
	})
}

func FuzzParseKey(f *testing.F) {
	var file errorFile
	decodeVector(f, "errors.json", true, &file)
	for _, c := range file.Cases {
		if c.Operation == "key_from_text" {
			var in struct{ Text string }
			decodeJSON(f, c.Name, string(c.Input), false, &in)
			f.Add(in.Text, int32(0))
		}
	}
	f.Fuzz(func(t *testing.T, text string, c int32) {
		key, err := ParseKey(text, Cipher(c))
		typed(t, err, ErrKeyText, ErrKeyLength, ErrUnknownCipher)
		if err != nil {
			return
		}
		defer key.Close()
		written, err := key.Text(Hex)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := ParseKey([]byte(written), key.Cipher()); err != nil || !again.Equal(key) {
			t.Errorf("another key, %v", err)
		}
	})
}

// fileCodes are the errors of functions that read a database.
var fileCodes = []ErrorCode{
	ErrWrongKey, ErrKeyLength, ErrAuthenticationFailed, ErrNotEncrypted, ErrUnsupportedFormat, ErrMalformed, ErrLocked,
	ErrPageNumber, ErrInvalidArgument,
}

func FuzzFile(f *testing.F) {
	s := sampleNamed(f, "aes128gcm-512-small")
	key, err := NewKey(s.Hexkey, AES128GCM)
	if err != nil {
		f.Fatal(err)
	}
	database := readVector(f, "turso/"+s.File)
	header, err := testWALHeader.Bytes()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(database, []byte{})
	f.Add(database[:1024], append(header, make([]byte, 536)...))
	f.Add(readVector(f, "turso/aes128gcm-512-small.plain.db")[:2048], header)
	folder := f.TempDir()
	path := filepath.Join(folder, "database")
	f.Fuzz(func(t *testing.T, database, log []byte) {
		if err := errors.Join(os.WriteFile(path, database, 0o600), os.WriteFile(path+"-wal", log, 0o600)); err != nil {
			t.Fatal(err)
		}
		_, err := InspectFile(path)
		typed(t, err, ErrLocked)
		report, verifyError := VerifyFile(t.Context(), path, key, &FileOptions{Threads: 1})
		typed(t, verifyError, fileCodes...)
		if verifyError == nil && !report.Intact {
			t.Error("neither an error nor intact")
		}
		reader, err := OpenPageReader(path, key)
		typed(t, err, fileCodes...)
		if verifyError == nil && err != nil {
			t.Errorf("intact, but the reader says %v", err)
		}
		if err == nil {
			_, err := reader.ReadAt(make([]byte, min(reader.Size(), 1<<20)), 0)
			typed(t, err, fileCodes...)
			reader.Close()
		}
	})
}
