//go:build cgo && (pagecrypt_system || (linux && (amd64 || arm64)))

package pagecrypt

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"os"
	"slices"
	"sync"
	"testing"
)

var tursoCiphers = Ciphers()[:8]

func testCodec(t testing.TB, c Cipher, pageSize int) *PageCodec {
	t.Helper()
	codec, err := NewTursoPageCodec(testKey(t, c), pageSize)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { codec.Close() })
	return codec
}

// plainPages are count pages whose reserved bytes are zero.
func plainPages(codec *PageCodec, count int) []byte {
	pages := counting(count * codec.PageSize())
	for page := range slices.Chunk(pages, codec.PageSize()) {
		clear(page[codec.PageSize()-codec.ReservedLength():])
	}
	return pages
}

func TestACodecKnowsItsSizes(t *testing.T) {
	for _, c := range tursoCiphers {
		for size := MinPageSize; size <= MaxPageSize; size *= 2 {
			codec := testCodec(t, c, size)
			engine, _ := c.Engine()
			if codec.PageSize() != size || codec.ReservedLength() != c.ReservedLength() || codec.FrameLength() != size+WALFrameHeaderLength ||
				codec.Cipher() != c || codec.Engine() != engine || codec.Format() != FormatTurso {
				t.Errorf("%s, %d: %+v", c, size, codec.pageCodecState)
			}
			if page := PendingBytePage(size); page != uint32(1<<30/size+1) {
				t.Errorf("%d: pending byte page %d", size, page)
			}
		}
	}
	if PendingBytePage(1000) != 0 || PendingBytePage(-512) != 0 {
		t.Error("a pending byte page of no page size")
	}
	key := testKey(t, AEGIS256)
	for _, size := range []int{-4096, 0, 256, 1000, 131072} {
		var failure *Error
		if _, err := NewTursoPageCodec(key, size); !errors.As(err, &failure) || failure.Code != ErrPageSize || failure.Got != uint64(size) {
			t.Errorf("%d: %#v", size, err)
		}
	}
	if _, err := NewTursoPageCodec(testKey(t, ChaCha20Poly1305), 4096); !errors.Is(err, ErrUnsupportedFormat) {
		t.Error(err)
	}
}

func TestPagesOpenAgainInPlaceAndIntoAnotherSlice(t *testing.T) {
	for _, c := range tursoCiphers {
		codec := testCodec(t, c, 512)
		for _, count := range []int{0, 1, 2, 65} {
			plain := plainPages(codec, count)
			sealed := bytes.Clone(plain)
			if err := codec.SealPages(2, sealed); err != nil {
				t.Fatal(err)
			}
			if count > 0 && bytes.Equal(sealed, plain) {
				t.Errorf("%s: nothing was sealed", c)
			}
			again, opened := make([]byte, len(plain)), make([]byte, len(plain))
			if err := codec.SealPagesInto(2, plain, again); err != nil || count > 0 && bytes.Equal(again, sealed) {
				t.Errorf("%s: sealed alike twice, or %v", c, err)
			}
			for _, from := range [][]byte{sealed, again} {
				before := bytes.Clone(from)
				if err := codec.OpenPagesInto(2, from, opened); err != nil || !bytes.Equal(opened, plain) || !bytes.Equal(from, before) {
					t.Errorf("%s, %d pages: %v", c, count, err)
				}
				if err := codec.OpenPages(2, from); err != nil || !bytes.Equal(from, plain) {
					t.Errorf("%s, %d pages in place: %v", c, count, err)
				}
			}
		}
	}
}

func TestForgedPagesAreZeroedAndTheOthersOpen(t *testing.T) {
	codec := testCodec(t, AEGIS256, 512)
	plain := plainPages(codec, 9)
	sealed := bytes.Clone(plain)
	if err := codec.SealPages(10, sealed); err != nil {
		t.Fatal(err)
	}
	for at := range sealed { // every position
		forged := bytes.Clone(sealed)
		forged[at] ^= 0x80
		err := codec.OpenPages(10, forged)
		var failure *Error
		page := at / 512
		if !errors.As(err, &failure) || failure.Unit != UnitPage || !slices.Equal(failure.Numbers, []uint64{uint64(10 + page)}) {
			t.Fatalf("byte %d: %#v", at, err)
		}
		want := bytes.Clone(plain)
		clear(want[page*512 : (page+1)*512])
		if !bytes.Equal(forged, want) {
			t.Fatalf("byte %d: other bytes", at)
		}
	}
}

func TestWrongBuffersOfPagesAreRefused(t *testing.T) {
	codec := testCodec(t, AES256GCM, 512)
	buffer := make([]byte, 4*512)
	for name, c := range map[string]struct {
		err  error
		want ErrorCode
	}{
		"page 0":               {codec.SealPages(0, buffer[:512]), ErrPageNumber},
		"behind the last page": {codec.OpenPages(MaxPageNumber, buffer[:1024]), ErrPageNumber},
		"a part of a page":     {codec.SealPages(2, buffer[:700]), ErrBufferLength},
		"a shorter output":     {codec.SealPagesInto(2, buffer[:1024], make([]byte, 512)), ErrBufferLength},
		"overlap":              {codec.SealPagesInto(2, buffer[:1024], buffer[512:1536]), ErrOverlap},
		"overlap on opening":   {codec.OpenPagesInto(2, buffer[1:1025], buffer[:1024]), ErrOverlap},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v", name, c.err)
		}
	}
	if !bytes.Equal(buffer, make([]byte, len(buffer))) {
		t.Error("something was written")
	}
}

func TestSinglePagesOfTursoOpen(t *testing.T) {
	var vectors []struct {
		Cipher        string
		Hexkey        hexBytes
		PageNo        uint32   `json:"page_no"`
		PageSize      int      `json:"page_size"`
		EncryptedPage hexBytes `json:"encrypted_page"`
		PlainPage     hexBytes `json:"plain_page"`
	}
	decodeVector(t, "turso/page_vectors.json", true, &vectors)
	if len(vectors) != 16 {
		t.Fatalf("%d vectors", len(vectors))
	}
	for _, v := range vectors {
		c, err := ParseCipher(v.Cipher)
		if err != nil {
			t.Fatal(err)
		}
		key, err := NewKey(v.Hexkey, c)
		if err != nil {
			t.Fatal(err)
		}
		codec, err := NewTursoPageCodec(key, v.PageSize)
		if err != nil {
			t.Fatal(err)
		}
		page := bytes.Clone(v.EncryptedPage)
		if err := codec.OpenPages(v.PageNo, page); err != nil || !bytes.Equal(page, v.PlainPage) {
			t.Errorf("%s, page %d: %v", c, v.PageNo, err)
		}
		if v.PageNo == 1 {
			header, err := ParseTursoHeader(v.EncryptedPage)
			if want := (TursoHeader{0, c, v.PageSize, c.ReservedLength()}); err != nil || header != want {
				t.Errorf("%+v, %v", header, err)
			}
		}
	}
}

func TestDatabasesOfTursoOpenPageByPage(t *testing.T) {
	for _, s := range samples(t) {
		if _, err := os.Stat(s.path() + "-wal"); err == nil {
			continue // its frames are opened by another test
		}
		c, _ := ParseCipher(s.Cipher)
		key, err := NewKey(s.Hexkey, c)
		if err != nil {
			t.Fatal(err)
		}
		codec, err := NewTursoPageCodec(key, s.PageSize)
		if err != nil {
			t.Fatal(err)
		}
		pages := readVector(t, "turso/"+s.File)
		if err := codec.OpenPages(1, pages); err != nil || len(pages) != s.PageCount*s.PageSize {
			t.Errorf("%s: %v", s.Name, err)
		}
		if sum := sha256.Sum256(pages); !bytes.Equal(sum[:], s.DecryptedSHA256) {
			t.Errorf("%s: other pages", s.Name)
		}
	}
}

func TestOneCodecServesManyGoroutines(t *testing.T) {
	codec := testCodec(t, AEGIS128X4, 4096)
	plain := plainPages(codec, 8)
	var group sync.WaitGroup
	for worker := range 8 {
		group.Add(1)
		go func() {
			defer group.Done()
			pages := make([]byte, len(plain))
			for range 50 {
				copy(pages, plain)
				first := uint32(2 + worker*100)
				if err := errors.Join(codec.SealPages(first, pages), codec.OpenPages(first, pages)); err != nil || !bytes.Equal(pages, plain) {
					t.Error(err)
				}
			}
		}()
	}
	group.Wait()
}
