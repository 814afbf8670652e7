//go:build cgo && (pagecrypt_system || (linux && (amd64 || arm64)))

package pagecrypt

import (
	"bytes"
	"errors"
	"io"
	"os"
	"sync"
	"testing"
	"testing/iotest"
)

func openReader(t testing.TB, path string, key *Key) *PageReader {
	t.Helper()
	reader, err := OpenPageReader(path, key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reader.Close() })
	return reader
}

func TestAReaderHasTheBytesOfTheDecryptedFile(t *testing.T) {
	for _, s := range samples(t) {
		path, key := fileOf(t, s)
		if _, err := DecryptFile(t.Context(), path, path+".plain", key, nil); err != nil {
			t.Fatal(err)
		}
		want, _ := os.ReadFile(path + ".plain")
		reader := openReader(t, path, key)
		key.Close() // the reader has its own
		if reader.Size() != int64(len(want)) || reader.PageSize() != s.PageSize || reader.PageCount() != uint32(s.PageCount) || reader.Cipher() != key.Cipher() {
			t.Errorf("%s: %+v", s.Name, reader.pageReaderState)
		}
		if (reader.FramesApplied() > 0) != (s.Name == "aegis256-4096-walmixed") {
			t.Errorf("%s: %d frames", s.Name, reader.FramesApplied())
		}
		if got, err := io.ReadAll(io.NewSectionReader(reader, 0, reader.Size())); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: other bytes, %v", s.Name, err)
		}
		pages := make([]byte, 3*s.PageSize)
		if err := reader.ReadPages(2, pages); err != nil || !bytes.Equal(pages, want[s.PageSize:4*s.PageSize]) {
			t.Errorf("%s: other pages, %v", s.Name, err)
		}
		if err := reader.CheckUnchanged(); err != nil {
			t.Error(err)
		}
	}
}

func TestAReaderKeepsTheContractOfReaderAt(t *testing.T) {
	path, key := fileOf(t, sampleNamed(t, "aes128gcm-512-small"))
	reader := openReader(t, path, key)
	want, err := io.ReadAll(io.NewSectionReader(reader, 0, reader.Size()))
	if err != nil {
		t.Fatal(err)
	}
	if err := iotest.TestReader(io.NewSectionReader(reader, 0, reader.Size()), want); err != nil {
		t.Error(err)
	}
	size := reader.Size()
	for _, c := range []struct {
		offset int64
		length int
		n      int
		err    error
	}{
		{0, 0, 0, nil}, {0, 1, 1, nil}, {511, 2, 2, nil}, {100, 5000, 5000, nil}, {0, int(size), int(size), nil},
		{size - 1, 1, 1, nil}, {size - 1, 2, 1, io.EOF}, {size, 1, 0, io.EOF}, {size + 1000, 10, 0, io.EOF}, {1 << 62, 10, 0, io.EOF},
		{0, int(size) + 7, int(size), io.EOF},
	} {
		p := bytes.Repeat([]byte{0xc3}, c.length)
		n, err := reader.ReadAt(p, c.offset)
		if n != c.n || err != c.err {
			t.Errorf("%d bytes at %d: %d, %v", c.length, c.offset, n, err)
		}
		if n > 0 && !bytes.Equal(p[:n], want[c.offset:c.offset+int64(n)]) {
			t.Errorf("%d bytes at %d: other bytes", c.length, c.offset)
		}
	}
	if n, err := reader.ReadAt(make([]byte, 1), -1); n != 0 || !errors.Is(err, ErrInvalidArgument) {
		t.Errorf("%d, %v", n, err)
	}
	for first, want := range map[uint32]ErrorCode{0: ErrPageNumber, 64: ErrPageNumber, 65: ErrPageNumber} {
		if err := reader.ReadPages(first, make([]byte, 1024)); !errors.Is(err, want) {
			t.Errorf("%d: %v", first, err)
		}
	}
	if err := reader.ReadPages(1, make([]byte, 511)); !errors.Is(err, ErrBufferLength) {
		t.Error(err)
	}
}

func TestGoroutinesMayReadAtOnce(t *testing.T) {
	path, key := fileOf(t, sampleNamed(t, "aegis256-4096-walmixed"))
	reader := openReader(t, path, key)
	want, err := io.ReadAll(io.NewSectionReader(reader, 0, reader.Size()))
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for worker := range 8 {
		group.Add(1)
		go func() {
			defer group.Done()
			p := make([]byte, 5000)
			for i := range 100 {
				offset := int64(worker*1777+i*997) % (reader.Size() - 5000)
				if n, err := reader.ReadAt(p, offset); n != len(p) || err != nil || !bytes.Equal(p, want[offset:offset+5000]) {
					t.Errorf("at %d: %d, %v", offset, n, err)
				}
			}
		}()
	}
	group.Wait()
}

func TestADamagedPageIsNotRead(t *testing.T) {
	path, key := fileOf(t, sampleNamed(t, "aegis256-4096-small"))
	content, _ := os.ReadFile(path)
	content[4*4096+77] ^= 1
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	reader := openReader(t, path, key)
	p := bytes.Repeat([]byte{0xc3}, 2*4096)
	n, err := reader.ReadAt(p, 3*4096+10)
	var failure *Error
	if n != 0 || !errors.As(err, &failure) || failure.Code != ErrAuthenticationFailed || failure.First != 5 || !bytes.Equal(p, make([]byte, len(p))) {
		t.Errorf("%d, %#v", n, err)
	}
	if n, err := reader.ReadAt(p[:4096], 3*4096); n != 4096 || err != nil {
		t.Errorf("the page before: %d, %v", n, err)
	}
}

func TestAChangeOfTheFileIsNoticed(t *testing.T) {
	path, key := fileOf(t, sampleNamed(t, "aegis256-4096-small"))
	reader := openReader(t, path, key)
	content, _ := os.ReadFile(path)
	if err := os.WriteFile(path, append(content, 0), 0o600); err != nil {
		t.Fatal(err)
	}
	var failure *Error
	if err := reader.CheckUnchanged(); !errors.As(err, &failure) || failure.Code != ErrLocked || failure.LockedBy != LockedByChange {
		t.Errorf("%#v", err)
	}
}
