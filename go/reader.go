package pagecrypt

import "io"

// A PageReader is an encrypted database as a plain SQLite database has its bytes, the committed frames of its
// write-ahead log applied. It hands out only what is authentic; each page is checked when it is read.
//
// The files must not change meanwhile: see [PageReader.CheckUnchanged]. On Unix the main file is locked as a reader does,
// and as with every POSIX lock, this takes away other locks that the same process holds on it.
type PageReader struct{ *pageReaderState }

type pageReaderState struct {
	handle        *handle
	cipher        Cipher
	pageSize      int
	pageCount     uint32
	size          int64
	framesApplied uint64
}

var (
	_ io.ReaderAt = (*PageReader)(nil)
	_ io.Closer   = (*PageReader)(nil)
)

// OpenPageReader opens the database at path. The file names its cipher: of key only the bytes count. Errors are those of
// [VerifyFile], and [ErrAuthenticationFailed] and [ErrMalformed] where page 1 or the log's end is damaged, or the file is
// too short or too long.
func OpenPageReader(path string, key *Key) (*PageReader, error) {
	h, err := key.use()
	if err != nil {
		return nil, err
	}
	defer h.release()
	state, err := pageReaderOpen(path, h.pointer)
	if err != nil {
		return nil, err
	}
	return &PageReader{state}, nil
}

func (r *PageReader) use() (*handle, error) {
	if r == nil || r.pageReaderState == nil {
		return nil, notMade("a reader")
	}
	if _, err := r.handle.acquire(); err != nil {
		return nil, err
	}
	return r.handle, nil
}

// Cipher returns the cipher that the file names.
func (r *PageReader) Cipher() Cipher { return r.cipher }

// PageSize returns the length of a page, in bytes.
func (r *PageReader) PageSize() int { return r.pageSize }

// PageCount returns how many pages the database has, its log applied.
func (r *PageReader) PageCount() uint32 { return r.pageCount }

// Size returns the length of the plain database, in bytes.
func (r *PageReader) Size() int64 { return r.size }

// FramesApplied returns how many frames of the log are part of the database.
func (r *PageReader) FramesApplied() uint64 { return r.framesApplied }

// ReadAt reads len(p) bytes of the plain database from offset on, as [io.ReaderAt] demands: fewer only with an error,
// which is [io.EOF] at the end. Where a page fails, n is 0 and p is zeros. Whole pages are cheapest.
func (r *PageReader) ReadAt(p []byte, offset int64) (n int, err error) {
	h, err := r.use()
	if err != nil {
		return 0, err
	}
	defer h.release()
	if offset < 0 {
		return 0, invalidArgument("a negative offset")
	}
	n, err = pageReaderReadAt(h.pointer, offset, p)
	if err == nil && n < len(p) {
		err = io.EOF
	}
	return n, err
}

// ReadPages reads pages first, first+1, … as a plain database has them: as many as pages holds, a multiple of the page
// size. After an error pages is zeros: [ErrAuthenticationFailed], [ErrPageNumber] beyond the last page,
// [ErrBufferLength], [ErrLocked], [ErrIO].
func (r *PageReader) ReadPages(first uint32, pages []byte) error {
	h, err := r.use()
	if err != nil {
		return err
	}
	defer h.release()
	return pageReaderReadPages(h.pointer, first, pages)
}

// CheckUnchanged returns [ErrLocked] where somebody has written to the files since they were opened: what was read may
// not fit together then.
func (r *PageReader) CheckUnchanged() error {
	h, err := r.use()
	if err != nil {
		return err
	}
	defer h.release()
	return pageReaderCheckUnchanged(h.pointer)
}

// Close closes the files. It always returns nil.
func (r *PageReader) Close() error {
	if r != nil && r.pageReaderState != nil {
		r.handle.close()
	}
	return nil
}
