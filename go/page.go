package pagecrypt

// What pages can be. PendingBytePage tells which page of large databases is never used.
const (
	MinPageSize       = 512
	MaxPageSize       = 65536
	MaxPageNumber     = 4294967294
	TursoHeaderLength = 100
)

// A Format is the way in which nonce, tag and ciphertext lie in a page.
type Format int32

// FormatTurso is the format that Turso writes.
const FormatTurso Format = 1

// String returns the format's name, such as turso.
func (f Format) String() string {
	return enumName(int(f), "Format", "Format(0)", "turso")
}

// A PageCodec seals and opens pages and frames of one format under one key. All buffers are contiguous: page after page,
// or frame after frame (a header of [WALFrameHeaderLength] bytes and a page).
type PageCodec struct{ *pageCodecState }

type pageCodecState struct {
	handle                        *handle
	cipher                        Cipher
	engine                        Engine
	format                        Format
	pageSize, reserved, frameSize int
}

// NewTursoPageCodec returns a codec for Turso's format. The page size is a power of two from 512 to 65536, in bytes,
// else [ErrPageSize]. The format lacks [ChaCha20Poly1305]: [ErrUnsupportedFormat].
//
// The codec holds the key until it is closed itself, whether key is closed or not.
func NewTursoPageCodec(key *Key, pageSize int) (*PageCodec, error) {
	h, err := key.use()
	if err != nil {
		return nil, err
	}
	defer h.release()
	state, err := tursoPageCodecNew(h.pointer, pageSize)
	if err != nil {
		return nil, err
	}
	return &PageCodec{state}, nil
}

func (c *PageCodec) use() (*handle, error) {
	if c == nil || c.pageCodecState == nil {
		return nil, notMade("a codec")
	}
	if _, err := c.handle.acquire(); err != nil {
		return nil, err
	}
	return c.handle, nil
}

// Cipher returns the cipher of the codec's key.
func (c *PageCodec) Cipher() Cipher { return c.cipher }

// Engine returns the engine that serves the codec.
func (c *PageCodec) Engine() Engine { return c.engine }

// Format returns the codec's format.
func (c *PageCodec) Format() Format { return c.format }

// PageSize returns the length of a page, in bytes.
func (c *PageCodec) PageSize() int { return c.pageSize }

// ReservedLength returns how many bytes at the end of each page hold tag and nonce. They are zero in plaintext.
func (c *PageCodec) ReservedLength() int { return c.reserved }

// FrameLength returns the length of a frame of the write-ahead log: its header and a page, in bytes.
func (c *PageCodec) FrameLength() int { return c.frameSize }

// SealPages seals pages first, first+1, … in place, each under a fresh nonce. After an error nothing has been written:
// [ErrPageNumber], [ErrBufferLength] where pages is not a multiple of the page size, [ErrMalformed] where page 1 is not
// a plain SQLite header, [ErrUsageLimit], [ErrRandomSource].
func (c *PageCodec) SealPages(first uint32, pages []byte) error {
	h, err := c.use()
	if err != nil {
		return err
	}
	defer h.release()
	return sealPages(h.pointer, first, pages)
}

// SealPagesInto is SealPages from one slice into another of the same length: the same bytes or apart, else [ErrOverlap].
func (c *PageCodec) SealPagesInto(first uint32, from, to []byte) error {
	h, err := c.use()
	if err != nil {
		return err
	}
	defer h.release()
	return sealPagesInto(h.pointer, first, from, to)
}

// OpenPages opens pages first, first+1, … in place. With [ErrAuthenticationFailed] the error's Numbers are the pages that
// failed: zeros are in their place, and the others are open. After another error nothing has been written.
func (c *PageCodec) OpenPages(first uint32, pages []byte) error {
	h, err := c.use()
	if err != nil {
		return err
	}
	defer h.release()
	return openPages(h.pointer, first, pages)
}

// OpenPagesInto is OpenPages from one slice, which stays as it is, into another of the same length: the same bytes or
// apart, else [ErrOverlap].
func (c *PageCodec) OpenPagesInto(first uint32, from, to []byte) error {
	h, err := c.use()
	if err != nil {
		return err
	}
	defer h.release()
	return openPagesInto(h.pointer, first, from, to)
}

// Close frees the codec. It always returns nil.
func (c *PageCodec) Close() error {
	if c != nil && c.pageCodecState != nil {
		c.handle.close()
	}
	return nil
}

// A TursoHeader is what the header of page 1 says without the key. Nothing of it is authenticated.
type TursoHeader struct {
	Version        uint8
	Cipher         Cipher
	PageSize       int
	ReservedLength int
}

// ParseTursoHeader reads the first [TursoHeaderLength] bytes of an encrypted database; more are ignored. A plain database
// gives [ErrNotEncrypted], anything else [ErrUnsupportedFormat] or [ErrMalformed].
func ParseTursoHeader(bytes []byte) (TursoHeader, error) {
	return tursoHeaderParse(bytes)
}

// PendingBytePage returns the number of the page that SQLite never uses, and that is never sealed; 0 where pageSize is
// no page size, or without cgo.
func PendingBytePage(pageSize int) uint32 {
	return pendingBytePage(pageSize)
}
