package pagecrypt

import (
	"context"
	"time"
)

// FileOptions say how a function on whole files works. A nil *FileOptions stands for the zero value, which is the
// default.
type FileOptions struct {
	// Force replaces a destination that is there already.
	Force bool
	// Wait is how long [EncryptFile] and [DecryptFileCompact] wait for another program that is just writing, in steps of
	// a millisecond: 0 stands for five seconds, a negative value for not at all. They do not wait beyond the context's
	// deadline.
	Wait time.Duration
	// Threads is how many threads [VerifyFile] uses: 0 stands for as many as the CPU runs at once.
	Threads int
	// Progress is called now and then with the bytes done and the bytes there are in all (which may still grow), on the
	// goroutine of the caller. If it panics, the work is stopped first.
	Progress func(done, total uint64)
}

// A Way tells how a conversion made its pages.
type Way int32

// The ways.
const (
	WaySealed   Way = 1 // page by page: the source had the reserved bytes already
	WayOpened   Way = 2 // page by page: reserved bytes stay
	WayRebuilt  Way = 3 // SQLite wrote the database anew, with other reserved bytes
	WayRepacked Way = 4 // pages were packed anew, without reserved bytes
)

// String returns a word, such as rebuilt.
func (w Way) String() string {
	return enumName(int(w), "Way", "Way(0)", "sealed", "opened", "rebuilt", "repacked")
}

// A Summary tells what a conversion came to.
type Summary struct {
	Cipher         Cipher
	Engine         Engine
	Way            Way
	SourcePageSize int    // bytes
	PageSize       int    // bytes, of the destination
	Pages          uint32 // of the destination
	Bytes          uint64 // of the destination
	FramesApplied  uint64 // frames of the write-ahead log taken in; 0 of EncryptFile, where SQLite does it
}

// EncryptFile encrypts the plain SQLite database source, its write-ahead log taken in, to a new file destination in
// Turso's format. The source is only read, and no plaintext copy reaches the disk; destination appears once it is
// complete.
//
// Once ctx is done, the work stops, leaves nothing behind, and returns an error that is both [ErrCancelled] and ctx.Err().
// Other errors: [ErrFileExists], [ErrLocked], [ErrUnsupportedFormat] (encrypted already, or not a SQLite database),
// [ErrMalformed], [ErrFilePermissions], [ErrIO], [ErrUsageLimit].
//
// libpagecrypt carries a SQLite of its own. Where the same process has the source open through another copy, POSIX locks
// do not keep them apart, and the end of the work takes away the other's. On Linux a file that this process holds such
// locks on is refused ([LockedByThisProcess]); elsewhere, close it first.
func EncryptFile(ctx context.Context, source, destination string, key *Key, options *FileOptions) (Summary, error) {
	return convertFile(ctx, encryptFile, source, destination, key, options)
}

// DecryptFile decrypts the database source, the committed frames of its write-ahead log applied, to a new file
// destination: a plain SQLite database that keeps the reserved bytes. Errors are those of [EncryptFile] and [VerifyFile].
func DecryptFile(ctx context.Context, source, destination string, key *Key, options *FileOptions) (Summary, error) {
	return convertFile(ctx, decryptFile, source, destination, key, options)
}

// DecryptFileCompact is [DecryptFile] with a destination that has no reserved bytes, as SQLite itself makes databases.
func DecryptFileCompact(ctx context.Context, source, destination string, key *Key, options *FileOptions) (Summary, error) {
	return convertFile(ctx, decryptFileCompact, source, destination, key, options)
}

// A conversion is one of the library's functions that make one file of another.
type conversion func(source, destination string, key *handle, options fileSettings) (Summary, error)

func convertFile(ctx context.Context, convert conversion, source, destination string, key *Key, options *FileOptions) (Summary, error) {
	h, err := key.use()
	if err != nil {
		return Summary{}, err
	}
	defer h.release()
	var summary Summary
	err = runFile(ctx, options, func(settings fileSettings) error {
		var err error
		summary, err = convert(source, destination, h, settings)
		return err
	})
	return summary, err
}

// A Range is the numbers First to Last, both included.
type Range struct{ First, Last uint32 }

// A VerifyReport tells what is right and wrong with an encrypted database.
type VerifyReport struct {
	Intact        bool
	Cipher        Cipher
	Engine        Engine
	PageSize      int
	Pages         uint32 // of the database, its log applied
	PagesChecked  uint32 // whole pages of the main file
	TrailingBytes uint64 // behind the last whole page, and not of the database
	// Findings are sentences for people: everything below that is not as it should be.
	Findings []string
	// Ascending ranges that do not touch: pages of the main file that are damaged or forged; pages that neither file nor
	// log holds; pages behind the last that open (left over, no damage) and that do not.
	DamagedPages, MissingPages, SurplusPages, ForeignPages []Range
	// DamagedHeader names the fields of page 1's header that are damaged.
	DamagedHeader []string
	// Log is nil where there is no write-ahead log.
	Log *LogReport
}

// A LogReport tells what is right and wrong with a write-ahead log.
type LogReport struct {
	Frames      uint64  // whole frames
	Committed   uint64  // of them, from the first, part of the database
	Uncommitted uint64  // that follow and no commit ended
	Stale       uint64  // left over from before a checkpoint
	TornBytes   uint64  // behind the last whole frame
	Damaged     []Range // frames, from 1
	Problem     string  // of the log's header; "" for none
}

// VerifyFile authenticates every page of the encrypted database at path and every frame of its write-ahead log. It
// returns nil where the file is intact. Where it is damaged, it returns the gravest damage as the error, and the report;
// where nothing can be checked, a nil report: [ErrWrongKey], [ErrKeyLength], [ErrNotEncrypted], [ErrUnsupportedFormat],
// [ErrMalformed], [ErrLocked], [ErrCancelled], [ErrIO].
//
// The file names its cipher: of key only the bytes count. On Unix the file is locked as a reader does, and as with every
// POSIX lock, this takes away other locks that the same process holds on it.
func VerifyFile(ctx context.Context, path string, key *Key, options *FileOptions) (*VerifyReport, error) {
	h, err := key.use()
	if err != nil {
		return nil, err
	}
	defer h.release()
	var report *VerifyReport
	err = runFile(ctx, options, func(settings fileSettings) error {
		var err error
		report, err = verifyFile(path, h, settings)
		return err
	})
	return report, err
}

// A FileFormat tells what kind of file there is.
type FileFormat int32

// The formats.
const (
	FileUnknown FileFormat = 0
	FileTurso   FileFormat = 1
	FileSQLite  FileFormat = 2
)

// String returns the format's name, such as turso.
func (f FileFormat) String() string {
	return enumName(int(f), "FileFormat", "unknown", "turso", "sqlite")
}

// An Inspection is what can be seen of a database without a key. Nothing of it is authenticated.
type Inspection struct {
	Format         FileFormat
	Version        int    // of the format; -1 where there is none
	Cipher         Cipher // 0 where the header names none
	PageSize       int    // bytes; 0 where it is not known
	ReservedLength int    // bytes of each page; -1 where it is not known
	Length         uint64 // of the file, in bytes
	Pages          uint64 // whole pages in the file; 0 where it is not known
	HeaderPages    uint32 // as the header counts them; 0 where it does not
	TrailingBytes  uint64 // behind the last whole page
	Problem        string // of the header; "" for none
	HotJournal     bool   // a program that stopped left a journal that must be rolled back
	Log            *LogInspection
}

// A LogInspection is what can be seen of a write-ahead log without a key.
type LogInspection struct {
	Length         uint64 // of the file, in bytes
	Frames         uint64 // whole frames
	Committed      uint64 // of them, from the first, that hold together and end in a commit
	Stale          uint64 // left over from before a checkpoint
	TornBytes      uint64 // behind the last whole frame
	CommittedPages uint32 // of the database with the log applied; 0 for none
	Problem        string // of the header; "" for none
}

// InspectFile looks at the database at path without a key, and without a lock. (On Unix, closing a file takes away the
// POSIX locks that the same process holds on it.) [ErrIO], [ErrFilePermissions], [ErrInvalidArgument] where it is not a
// file.
func InspectFile(path string) (*Inspection, error) {
	return inspectFile(path)
}
