package pagecrypt

import "sync"

// Lengths of the headers of SQLite's write-ahead log, in bytes.
const (
	WALHeaderLength      = 32
	WALFrameHeaderLength = 24
)

// A ByteOrder is the order in which a log's checksums read its words.
type ByteOrder int32

// The byte orders; Turso writes LittleEndian.
const (
	LittleEndian ByteOrder = 1
	BigEndian    ByteOrder = 2
)

// String returns the order's name.
func (o ByteOrder) String() string {
	return enumName(int(o), "ByteOrder", "ByteOrder(0)", "little endian", "big endian")
}

// A WALHeader is the header of a write-ahead log.
type WALHeader struct {
	ByteOrder  ByteOrder
	PageSize   int
	Checkpoint uint32    // how often the log was checkpointed
	Salts      [2]uint32 // frames with others are left over from before a checkpoint
}

// ParseWALHeader reads the first [WALHeaderLength] bytes of a log; more are ignored. [ErrMalformed] where they are no
// header: SQLite takes such a log for an empty one.
func ParseWALHeader(bytes []byte) (WALHeader, error) {
	return walHeaderParse(bytes)
}

// Bytes returns the header as it stands in the file, with its checksum. [ErrPageSize], [ErrInvalidArgument] for the byte
// order.
func (h WALHeader) Bytes() ([]byte, error) {
	return walHeaderNew(h)
}

// A WALFrameHeader is the header of a frame.
type WALFrameHeader struct {
	Page       uint32    // the page that the frame holds
	CommitSize uint32    // of a transaction's last frame: the database's size in pages; else 0
	Salts      [2]uint32 // the log's salts when the frame was written
	Checksum   [2]uint32 // the chain's checksum after this frame
}

// ParseWALFrameHeader reads the first [WALFrameHeaderLength] bytes of a frame; more are ignored. [ErrBufferLength] where
// there are fewer.
func ParseWALFrameHeader(bytes []byte) (WALFrameHeader, error) {
	return walFrameHeaderParse(bytes)
}

// A WALChain is the checksum chain over a log: which frames belong to it, in their order. It covers the sealed pages and
// needs no key. Goroutines may share it, but only the caller can see to the order of their calls.
type WALChain struct{ *walChainState }

type walChainState struct {
	handle *handle
	// The library lets one thread at a time change a chain.
	mutex sync.Mutex
}

// StartWALChain returns the chain before the first frame of the log that begins with header.
func StartWALChain(header []byte) (*WALChain, error) {
	return newWALChain(walChainStart(header))
}

// ResumeWALChain returns the chain behind a frame whose header holds checksum.
func ResumeWALChain(header []byte, checksum [2]uint32) (*WALChain, error) {
	return newWALChain(walChainResume(header, checksum))
}

func newWALChain(h *handle, err error) (*WALChain, error) {
	if err != nil {
		return nil, err
	}
	return &WALChain{&walChainState{handle: h}}, nil
}

// use gives the chain to one operation; done ends it.
func (c *WALChain) use() (h *handle, done func(), err error) {
	if c == nil || c.walChainState == nil {
		return nil, nil, notMade("a chain")
	}
	if _, err := c.handle.acquire(); err != nil {
		return nil, nil, err
	}
	c.mutex.Lock()
	return c.handle, func() {
		c.mutex.Unlock()
		c.handle.release()
	}, nil
}

// Checksum returns the checksum after the last frame that was accepted or sealed.
func (c *WALChain) Checksum() ([2]uint32, error) {
	h, done, err := c.use()
	if err != nil {
		return [2]uint32{}, err
	}
	defer done()
	return walChainChecksum(h.pointer)
}

// Accept tells whether frame (its header and its sealed page) is the log's next. If so, the chain goes on behind it; if
// not, the log ends before it, and the chain stays where it is. [ErrBufferLength] where it has not a frame's length.
func (c *WALChain) Accept(frame []byte) (bool, error) {
	h, done, err := c.use()
	if err != nil {
		return false, err
	}
	defer done()
	return walChainAccept(h.pointer, frame)
}

// Close frees the chain. It always returns nil.
func (c *WALChain) Close() error {
	if c != nil && c.walChainState != nil {
		c.handle.close()
	}
	return nil
}

// SealFrames seals the pages of frames in place, each under a fresh nonce, and makes the frames the next of chain: page
// number and commit size are the caller's, salts and checksum are written. After an error nothing has been written.
func (c *PageCodec) SealFrames(chain *WALChain, frames []byte) error {
	h, err := c.use()
	if err != nil {
		return err
	}
	defer h.release()
	links, done, err := chain.use()
	if err != nil {
		return err
	}
	defer done()
	return sealFrames(h.pointer, links.pointer, frames)
}

// OpenFrames opens the pages of frames in place; first is the number of the first frame, from 1, for errors only. With
// [ErrAuthenticationFailed] the error's Numbers are the frames that failed: zeros are in the place of their pages, and
// the others are open. Whether frames belong to the log is for [WALChain.Accept] to tell, before.
func (c *PageCodec) OpenFrames(first uint32, frames []byte) error {
	h, err := c.use()
	if err != nil {
		return err
	}
	defer h.release()
	return openFrames(h.pointer, first, frames)
}

// OpenFramesInto is OpenFrames from one slice, which stays as it is, into another of the same length: the same bytes or
// apart, else [ErrOverlap]. Headers are not copied.
func (c *PageCodec) OpenFramesInto(first uint32, from, to []byte) error {
	h, err := c.use()
	if err != nil {
		return err
	}
	defer h.release()
	return openFramesInto(h.pointer, first, from, to)
}
