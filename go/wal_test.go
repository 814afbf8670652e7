//go:build cgo && (pagecrypt_system || (linux && (amd64 || arm64)))

package pagecrypt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"sync"
	"testing"
)

var testWALHeader = WALHeader{LittleEndian, 512, 1, [2]uint32{0x01020304, 0x05060708}}

// plainFrames are frames of the pages 2, 3, … with zero reserved bytes; the last one commits.
func plainFrames(codec *PageCodec, count int) []byte {
	var frames []byte
	for i, page := range slices.Collect(slices.Chunk(plainPages(codec, count), codec.PageSize())) {
		header := make([]byte, WALFrameHeaderLength)
		binary.BigEndian.PutUint32(header, uint32(i+2))
		if i == count-1 {
			binary.BigEndian.PutUint32(header[4:], uint32(count+1))
		}
		frames = append(append(frames, header...), page...)
	}
	return frames
}

func startChain(t testing.TB, h WALHeader) *WALChain {
	t.Helper()
	bytes, err := h.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	chain, err := StartWALChain(bytes)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { chain.Close() })
	return chain
}

func TestAHeaderOfALogIsReadBack(t *testing.T) {
	for _, order := range []ByteOrder{LittleEndian, BigEndian} {
		for size := MinPageSize; size <= MaxPageSize; size *= 2 {
			header := WALHeader{order, size, 7, [2]uint32{1, 0xffffffff}}
			bytes, err := header.Bytes()
			if err != nil || len(bytes) != WALHeaderLength {
				t.Fatal(err)
			}
			if back, err := ParseWALHeader(append(bytes, 1, 2, 3)); err != nil || back != header {
				t.Errorf("%+v, %v", back, err)
			}
			for at := range bytes {
				bytes[at] ^= 1
				if _, err := ParseWALHeader(bytes); !errors.Is(err, ErrMalformed) {
					t.Errorf("byte %d: %v", at, err)
				}
				if _, err := StartWALChain(bytes); !errors.Is(err, ErrMalformed) {
					t.Errorf("byte %d: %v", at, err)
				}
				bytes[at] ^= 1
			}
		}
	}
	for want, header := range map[ErrorCode]WALHeader{
		ErrPageSize: {LittleEndian, 1000, 0, [2]uint32{}}, ErrInvalidArgument: {3, 512, 0, [2]uint32{}},
	} {
		if _, err := header.Bytes(); !errors.Is(err, want) {
			t.Errorf("%+v: %v", header, err)
		}
	}
	for _, length := range []int{0, 31} {
		if _, err := ParseWALHeader(make([]byte, length)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%d bytes: %v", length, err)
		}
		if _, err := ParseWALFrameHeader(make([]byte, min(length, 23))); !errors.Is(err, ErrBufferLength) {
			t.Errorf("%d bytes: %v", length, err)
		}
	}
}

func TestSealedFramesAreALogThatOpens(t *testing.T) {
	for _, c := range tursoCiphers {
		codec := testCodec(t, c, 512)
		plain := plainFrames(codec, 5)
		sealed := bytes.Clone(plain)
		writer := startChain(t, testWALHeader)
		// In two runs, as a log grows.
		cut := 2 * codec.FrameLength()
		if err := errors.Join(codec.SealFrames(writer, sealed[:cut]), codec.SealFrames(writer, sealed[cut:])); err != nil {
			t.Fatal(err)
		}
		reader := startChain(t, testWALHeader)
		for i, frame := range slices.Collect(slices.Chunk(sealed, codec.FrameLength())) {
			header, err := ParseWALFrameHeader(frame)
			if err != nil || header.Page != uint32(i+2) || header.Salts != testWALHeader.Salts {
				t.Errorf("%+v, %v", header, err)
			}
			frame[100] ^= 1
			if accepted, err := reader.Accept(frame); accepted || err != nil {
				t.Errorf("%s: a damaged frame was accepted, %v", c, err)
			}
			frame[100] ^= 1
			if accepted, err := reader.Accept(frame); !accepted || err != nil {
				t.Errorf("%s: frame %d was not accepted, %v", c, i+1, err)
			}
			if sum, err := reader.Checksum(); err != nil || sum != header.Checksum {
				t.Errorf("%s: checksum %v, %v", c, sum, err)
			}
		}
		written, _ := writer.Checksum()
		if read, _ := reader.Checksum(); read != written {
			t.Errorf("%s: the chains differ", c)
		}

		opened := make([]byte, len(sealed))
		if err := codec.OpenFramesInto(1, sealed, opened); err != nil {
			t.Error(err)
		}
		headers := bytes.Clone(sealed[:24])
		if err := codec.OpenFrames(1, sealed); err != nil || !bytes.Equal(sealed[:24], headers) || !bytes.Equal(opened[:24], make([]byte, 24)) {
			t.Errorf("%s: %v", c, err)
		}
		for i := range 5 {
			at := i * codec.FrameLength()
			page := plain[at+24 : at+codec.FrameLength()]
			if !bytes.Equal(opened[at+24:at+codec.FrameLength()], page) || !bytes.Equal(sealed[at+24:at+codec.FrameLength()], page) {
				t.Errorf("%s: frame %d has another page", c, i+1)
			}
		}
	}
}

func TestAChainGoesOnBehindAFrame(t *testing.T) {
	codec := testCodec(t, AEGIS256, 512)
	frames := plainFrames(codec, 3)
	if err := codec.SealFrames(startChain(t, testWALHeader), frames); err != nil {
		t.Fatal(err)
	}
	second, err := ParseWALFrameHeader(frames[codec.FrameLength():])
	if err != nil {
		t.Fatal(err)
	}
	header, _ := testWALHeader.Bytes()
	chain, err := ResumeWALChain(header, second.Checksum)
	if err != nil {
		t.Fatal(err)
	}
	defer chain.Close()
	if accepted, err := chain.Accept(frames[2*codec.FrameLength():]); !accepted || err != nil {
		t.Error(accepted, err)
	}
}

func TestForgedFramesAreZeroedAndTheOthersOpen(t *testing.T) {
	codec := testCodec(t, AEGIS128L, 512)
	sealed := plainFrames(codec, 3)
	if err := codec.SealFrames(startChain(t, testWALHeader), sealed); err != nil {
		t.Fatal(err)
	}
	at := codec.FrameLength() + 24
	sealed[at] ^= 1
	var failure *Error
	if err := codec.OpenFramesInto(7, sealed, make([]byte, len(sealed))); !errors.As(err, &failure) || failure.Unit != UnitFrame || !slices.Equal(failure.Numbers, []uint64{8}) {
		t.Errorf("into another slice: %#v", failure)
	}
	if err := codec.OpenFrames(7, sealed); !errors.As(err, &failure) || failure.Unit != UnitFrame || !slices.Equal(failure.Numbers, []uint64{8}) {
		t.Errorf("%#v", failure)
	}
	if !bytes.Equal(sealed[at:at+512], make([]byte, 512)) || bytes.Equal(sealed[24:24+512], make([]byte, 512)) {
		t.Error("other bytes")
	}
}

func TestWrongFramesAreRefused(t *testing.T) {
	codec := testCodec(t, AEGIS128L, 512)
	chain := startChain(t, testWALHeader)
	before, _ := chain.Checksum()
	for name, err := range map[string]error{
		"a part of a frame":          codec.SealFrames(chain, make([]byte, 500)),
		"opening a part of a frame":  codec.OpenFrames(1, make([]byte, 500)),
		"opening into a shorter one": codec.OpenFramesInto(1, make([]byte, 536), nil),
	} {
		if !errors.Is(err, ErrBufferLength) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := codec.SealFrames(chain, make([]byte, 536)); !errors.Is(err, ErrPageNumber) {
		t.Errorf("page 0: %v", err)
	}
	if after, _ := chain.Checksum(); after != before {
		t.Error("the chain went on")
	}
	if accepted, err := chain.Accept(nil); accepted || !errors.Is(err, ErrBufferLength) {
		t.Errorf("an empty frame: %v, %v", accepted, err)
	}
	closed := startChain(t, testWALHeader)
	closed.Close()
	if err := codec.SealFrames(closed, nil); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}

func TestGoroutinesMayShareAChain(t *testing.T) {
	codec := testCodec(t, AEGIS128L, 512)
	chain := startChain(t, testWALHeader)
	frames := make([][]byte, 4)
	var group sync.WaitGroup
	for i := range frames {
		group.Add(1)
		go func() {
			defer group.Done()
			frames[i] = plainFrames(codec, 1)
			if err := codec.SealFrames(chain, frames[i]); err != nil {
				t.Error(err)
			}
		}()
	}
	group.Wait()
	// In some order they are a log.
	reader, count := startChain(t, testWALHeader), 0
	for range frames {
		for _, frame := range frames {
			if accepted, _ := reader.Accept(frame); accepted {
				count++
			}
		}
	}
	if count != len(frames) {
		t.Errorf("%d of %d frames are a log", count, len(frames))
	}
}

func TestFramesOfTursoAreAcceptedAndOpen(t *testing.T) {
	log := readVector(t, "turso/aegis256-4096-walmixed.db-wal")
	header, err := ParseWALHeader(log)
	if err != nil || header.PageSize != 4096 {
		t.Fatal(header, err)
	}
	i := slices.IndexFunc(samples(t), func(s sample) bool { return s.Name == "aegis256-4096-walmixed" })
	key, err := NewKey(samples(t)[i].Hexkey, AEGIS256)
	if err != nil {
		t.Fatal(err)
	}
	codec, err := NewTursoPageCodec(key, header.PageSize)
	if err != nil {
		t.Fatal(err)
	}
	chain, err := StartWALChain(log)
	if err != nil {
		t.Fatal(err)
	}
	frames := log[WALHeaderLength:]
	for frame := range slices.Chunk(frames, codec.FrameLength()) {
		if accepted, err := chain.Accept(frame); !accepted || err != nil {
			t.Fatal(accepted, err)
		}
	}
	if err := codec.OpenFrames(1, frames); err != nil {
		t.Error(err)
	}
}
