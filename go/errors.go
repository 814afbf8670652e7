package pagecrypt

import (
	"errors"
	"io/fs"
	"strconv"
	"syscall"
)

// An ErrorCode is the stable number of an error, the same in every language and never reused. The codes are the
// sentinels that [errors.Is] compares an error with.
type ErrorCode int32

// The closed list of errors. Those that nothing returns yet are reserved for capabilities to come.
const (
	// ErrUnknownCipher: no cipher has this name or number.
	ErrUnknownCipher ErrorCode = 1
	// ErrUnknownEngine: no engine has this name, or it does not run on this CPU.
	ErrUnknownEngine ErrorCode = 2
	// ErrKeyLength: the key has another length than its cipher needs.
	ErrKeyLength ErrorCode = 3
	// ErrKeyText: the text is not a key in base64 or hexadecimal.
	ErrKeyText ErrorCode = 4
	// ErrKeyRequired: the data is encrypted, and no key was given.
	ErrKeyRequired ErrorCode = 5
	// ErrWrongKey: the key does not belong to the file.
	ErrWrongKey ErrorCode = 6
	// ErrWrongPassphrase: another passphrase.
	ErrWrongPassphrase ErrorCode = 7
	// ErrUnknownKeyID: no key of the codec has the id that the record names.
	ErrUnknownKeyID ErrorCode = 8
	// ErrWrongStore: a key of another store.
	ErrWrongStore ErrorCode = 9
	// ErrAuthenticationFailed: pages, frames or messages are damaged, forged, or sealed under another key.
	ErrAuthenticationFailed ErrorCode = 10
	// ErrNotEncrypted: the data is plain.
	ErrNotEncrypted ErrorCode = 11
	// ErrUnsupportedFormat: a format or version from elsewhere or from the future.
	ErrUnsupportedFormat ErrorCode = 12
	// ErrMalformed: the data does not have the form that its format demands.
	ErrMalformed ErrorCode = 13
	// ErrCipherMismatch: the data was sealed with another cipher than the key's.
	ErrCipherMismatch ErrorCode = 14
	// ErrPageSize: not a power of two from 512 to 65536.
	ErrPageSize ErrorCode = 15
	// ErrPageNumber: not a number from 1 to 4294967294.
	ErrPageNumber ErrorCode = 16
	// ErrSequence: a record at another sequence number.
	ErrSequence ErrorCode = 17
	// ErrMeteredSize: a record of another metered size than is stored beside it.
	ErrMeteredSize ErrorCode = 18
	// ErrBufferLength: a buffer has another length than the operation needs.
	ErrBufferLength ErrorCode = 19
	// ErrInvalidArgument: an argument has a value that the operation cannot take.
	ErrInvalidArgument ErrorCode = 20
	// ErrOverlap: buffers overlap that must be the same or apart.
	ErrOverlap ErrorCode = 21
	// ErrMessageTooLong: the message is longer than the cipher allows.
	ErrMessageTooLong ErrorCode = 22
	// ErrUsageLimit: the key has sealed as many messages as its cipher allows under random nonces.
	ErrUsageLimit ErrorCode = 23
	// ErrPolicy: not allowed by the caller's policy.
	ErrPolicy ErrorCode = 24
	// ErrInviteExpired: an invite past its date.
	ErrInviteExpired ErrorCode = 25
	// ErrInviteUsed: an invite that was answered before.
	ErrInviteUsed ErrorCode = 26
	// ErrInviteMalformed: a text that is not an invite.
	ErrInviteMalformed ErrorCode = 27
	// ErrFileExists: the destination is there already. [fs.ErrExist] for errors.Is, too.
	ErrFileExists ErrorCode = 28
	// ErrFilePermissions: the operating system does not permit it. [fs.ErrPermission] for errors.Is, too.
	ErrFilePermissions ErrorCode = 29
	// ErrLocked: another program uses the database, or a crashed one left it to be recovered first.
	ErrLocked ErrorCode = 30
	// ErrChanging: an unfinished conversion.
	ErrChanging ErrorCode = 31
	// ErrCancelled: the context was done before the work was.
	ErrCancelled ErrorCode = 32
	// ErrRandomSource: the operating system's random generator failed.
	ErrRandomSource ErrorCode = 33
	// ErrIO: reading or writing failed.
	ErrIO ErrorCode = 34
	// ErrInternal: a defect of libpagecrypt; please report it.
	ErrInternal ErrorCode = 35
)

// ErrNoCgo is returned by every function that needs libpagecrypt where the program was built without it.
var ErrNoCgo = errors.New("pagecrypt: this program was built without libpagecrypt: build with cgo (CGO_ENABLED=1 and a C " +
	"compiler), and on platforms without a bundled library with -tags pagecrypt_system")

// ErrClosed is returned by the operations of what was closed. [fs.ErrClosed] for errors.Is, too.
var ErrClosed error = closedError{}

type closedError struct{}

func (closedError) Error() string { return "pagecrypt: closed already" }
func (closedError) Unwrap() error { return fs.ErrClosed }

// Name returns the name that every language uses, such as wrong_key; "unknown" for other numbers.
func (c ErrorCode) Name() string { return c.row().name }

// ExitCode returns the exit code with which the command pagecrypt ends; 1 for other numbers.
func (c ErrorCode) ExitCode() int { return c.row().exitCode }

// Error returns the code's name in the form of an error.
func (c ErrorCode) Error() string {
	if c.row() == unknownError {
		return "pagecrypt: error " + strconv.Itoa(int(c))
	}
	return "pagecrypt: " + c.Name()
}

// Is makes [ErrFileExists] the standard library's [fs.ErrExist], and [ErrFilePermissions] its [fs.ErrPermission].
func (c ErrorCode) Is(target error) bool {
	return c == ErrFileExists && target == fs.ErrExist || c == ErrFilePermissions && target == fs.ErrPermission
}

// A Unit tells what the numbers of an [Error] count.
type Unit int32

// The units.
const (
	UnitNone    Unit = 0
	UnitMessage Unit = 1 // messages or records of a batch, from 0
	UnitPage    Unit = 2 // pages, from 1
	UnitFrame   Unit = 3 // frames of a write-ahead log, from 1
)

// String returns the unit's name, such as page.
func (u Unit) String() string {
	return enumName(int(u), "Unit", "none", "message", "page", "frame")
}

// LockedBy tells what stands in the way of an operation on a file.
type LockedBy int32

// What can stand in the way.
const (
	LockedByNone        LockedBy = 0
	LockedByWriter      LockedBy = 1 // another program is writing to the database
	LockedByChange      LockedBy = 2 // another program changed it meanwhile
	LockedByJournal     LockedBy = 3 // a crashed program left a journal, which SQLite has to roll back
	LockedByLeftover    LockedBy = 4 // a log or journal of another database lies beside the destination
	LockedByThisProcess LockedBy = 5 // this process has it open
)

// String returns a short name, such as writer.
func (l LockedBy) String() string {
	return enumName(int(l), "LockedBy", "none", "writer", "change", "journal", "leftover", "this_process")
}

// An Error tells what went wrong, in as much detail as there is. It never holds key material or plaintext.
type Error struct {
	// Code is the sentinel that [errors.Is] finds.
	Code ErrorCode
	// Message is a sentence for people.
	Message string
	// Of [ErrAuthenticationFailed]: what is counted, the first that failed, how many failed, and their numbers in
	// ascending order, at most 65536 of them.
	Unit    Unit
	First   uint64
	Count   uint64
	Numbers []uint64
	// Of [ErrKeyLength] and [ErrBufferLength]: lengths in bytes. Of [ErrCipherMismatch]: the numbers of the ciphers.
	// Of [ErrMeteredSize]: the size stored beside the record, and that of its envelope. Of [ErrPageSize] and
	// [ErrKeyText], Got alone: bytes, characters.
	Expected uint64
	Got      uint64
	// Of [ErrLocked]: what stands in the way.
	LockedBy LockedBy
	// Of [ErrWrongKey]: the file has a single page, which may be damaged instead.
	OnlyPage bool
	// Of [ErrIO] and [ErrFilePermissions]: the file, and the operating system's error number, 0 where it gave none.
	Path  string
	Errno syscall.Errno

	cause error
}

// Error returns the message.
func (e *Error) Error() string { return "pagecrypt: " + e.Message }

// Name returns the code's name.
func (e *Error) Name() string { return e.Code.Name() }

// ExitCode returns the exit code with which the command pagecrypt ends.
func (e *Error) ExitCode() int { return e.Code.ExitCode() }

// Is makes [errors.Is] find the code.
func (e *Error) Is(target error) bool { return target == e.Code || e.Code.Is(target) }

// Unwrap returns the [syscall.Errno] where the operating system failed, and the context's error where it ended the work.
func (e *Error) Unwrap() error {
	switch {
	case e.cause != nil:
		return e.cause
	case e.Errno != 0:
		return e.Errno
	}
	return nil
}

func newError(code ErrorCode, message string) *Error {
	return &Error{Code: code, Message: message}
}

func invalidArgument(what string) *Error {
	return newError(ErrInvalidArgument, "invalid argument: "+what)
}

// notMade is the error for a zero value, which is all there is without the library.
func notMade(what string) error {
	if !hasLibrary {
		return ErrNoCgo
	}
	return invalidArgument(what + " that no function of this package made")
}

func wrongBufferLength(expected, got int) *Error {
	return &Error{
		Code:     ErrBufferLength,
		Message:  "wrong buffer length: expected " + strconv.Itoa(expected) + " bytes, got " + strconv.Itoa(got),
		Expected: uint64(expected),
		Got:      uint64(got),
	}
}

// enumName returns the name of a number of some type, and Type(number) for one that has none.
func enumName(number int, typeName string, names ...string) string {
	if number >= 0 && number < len(names) {
		return names[number]
	}
	return typeName + "(" + strconv.Itoa(number) + ")"
}

type errorRow struct {
	name     string
	exitCode int
}

var unknownError = errorRow{"unknown", 1}

func (c ErrorCode) row() errorRow {
	if c < 1 || int(c) >= len(errorRows) {
		return unknownError
	}
	return errorRows[c]
}

// errorRows are those of vectors/errors.json; a test compares them.
var errorRows = [...]errorRow{
	ErrUnknownCipher:        {"unknown_cipher", 2},
	ErrUnknownEngine:        {"unknown_engine", 2},
	ErrKeyLength:            {"key_length", 6},
	ErrKeyText:              {"key_text", 6},
	ErrKeyRequired:          {"key_required", 7},
	ErrWrongKey:             {"wrong_key", 3},
	ErrWrongPassphrase:      {"wrong_passphrase", 3},
	ErrUnknownKeyID:         {"unknown_key_id", 3},
	ErrWrongStore:           {"wrong_store", 3},
	ErrAuthenticationFailed: {"authentication_failed", 4},
	ErrNotEncrypted:         {"not_encrypted", 5},
	ErrUnsupportedFormat:    {"unsupported_format", 5},
	ErrMalformed:            {"malformed", 4},
	ErrCipherMismatch:       {"cipher_mismatch", 4},
	ErrPageSize:             {"page_size", 2},
	ErrPageNumber:           {"page_number", 2},
	ErrSequence:             {"sequence", 4},
	ErrMeteredSize:          {"metered_size", 4},
	ErrBufferLength:         {"buffer_length", 2},
	ErrInvalidArgument:      {"invalid_argument", 2},
	ErrOverlap:              {"overlap", 2},
	ErrMessageTooLong:       {"message_too_long", 2},
	ErrUsageLimit:           {"usage_limit", 6},
	ErrPolicy:               {"policy", 2},
	ErrInviteExpired:        {"invite_expired", 6},
	ErrInviteUsed:           {"invite_used", 6},
	ErrInviteMalformed:      {"invite_malformed", 6},
	ErrFileExists:           {"file_exists", 1},
	ErrFilePermissions:      {"file_permissions", 1},
	ErrLocked:               {"locked", 8},
	ErrChanging:             {"changing", 8},
	ErrCancelled:            {"cancelled", 1},
	ErrRandomSource:         {"random_source", 1},
	ErrIO:                   {"io", 1},
	ErrInternal:             {"internal", 1},
}
