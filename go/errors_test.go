package pagecrypt

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"
)

type codeRow struct {
	Name     string
	Number   int32
	ExitCode int `json:"exit_code"`
}

func TestCodesAreThoseOfEveryLanguage(t *testing.T) {
	var file struct{ Codes []codeRow }
	decodeVector(t, "errors.json", false, &file)
	if len(file.Codes) != len(errorRows)-1 {
		t.Errorf("%d codes in the file, %d here", len(file.Codes), len(errorRows)-1)
	}
	for _, want := range file.Codes {
		code := ErrorCode(want.Number)
		if code.Name() != want.Name || code.ExitCode() != want.ExitCode {
			t.Errorf("%d is %s, exit code %d; the file has %+v", want.Number, code.Name(), code.ExitCode(), want)
		}
	}
}

func TestUnknownCodesHaveANameAndAnExitCode(t *testing.T) {
	for _, code := range []ErrorCode{-1, 0, 36, 1 << 30} {
		if code.Name() != "unknown" || code.ExitCode() != 1 {
			t.Errorf("%d: %q, %d", code, code.Name(), code.ExitCode())
		}
		if want := fmt.Sprintf("pagecrypt: error %d", int32(code)); code.Error() != want {
			t.Errorf("%q, want %q", code.Error(), want)
		}
	}
}

func TestErrorsAreFoundByIs(t *testing.T) {
	wrap := func(err error) error { return fmt.Errorf("opening: %w", err) }
	for _, c := range []struct {
		err    error
		target error
		want   bool
	}{
		{&Error{Code: ErrWrongKey}, ErrWrongKey, true},
		{&Error{Code: ErrWrongKey}, ErrKeyText, false},
		{&Error{Code: ErrFileExists}, fs.ErrExist, true},
		{ErrFileExists, fs.ErrExist, true},
		{&Error{Code: ErrFilePermissions}, fs.ErrPermission, true},
		{&Error{Code: ErrIO}, fs.ErrExist, false},
		{&Error{Code: ErrIO, Errno: syscall.ENOENT}, fs.ErrNotExist, true},
		{&Error{Code: ErrIO, Errno: syscall.ENOENT}, syscall.ENOENT, true},
		{&Error{Code: ErrIO, Errno: syscall.ENOENT}, ErrIO, true},
		{&Error{Code: ErrIO}, fs.ErrNotExist, false},
		{cancelled(&Error{Code: ErrCancelled}, context.Canceled), context.Canceled, true},
		{cancelled(&Error{Code: ErrCancelled}, context.Canceled), ErrCancelled, true},
		{&Error{Code: ErrCancelled}, context.Canceled, false},
		{ErrClosed, fs.ErrClosed, true},
		{ErrClosed, ErrIO, false},
	} {
		if errors.Is(wrap(c.err), c.target) != c.want {
			t.Errorf("errors.Is(%#v, %v) is not %v", c.err, c.target, c.want)
		}
	}
}

func TestErrorsAreFoundByAs(t *testing.T) {
	var failure *Error
	err := fmt.Errorf("opening: %w", &Error{Code: ErrAuthenticationFailed, Numbers: []uint64{7}})
	if !errors.As(err, &failure) || failure.Numbers[0] != 7 || failure.Name() != "authentication_failed" || failure.ExitCode() != 4 {
		t.Errorf("%#v", failure)
	}
	var errno syscall.Errno
	if !errors.As(&Error{Code: ErrIO, Errno: syscall.EISDIR}, &errno) || errno != syscall.EISDIR {
		t.Errorf("%v", errno)
	}
}

func TestNumbersWithoutANameArePrinted(t *testing.T) {
	for want, value := range map[string]fmt.Stringer{
		"Cipher(10)": Cipher(10), "Cipher(-1)": Cipher(-1), "Engine(11)": Engine(11), "Unit(4)": Unit(4), "Way(5)": Way(5),
		"LockedBy(6)": LockedBy(6), "Format(2)": Format(2), "ByteOrder(3)": ByteOrder(3), "FileFormat(3)": FileFormat(3),
		"RecordFormat(3)": RecordFormat(3), "RecordFormat(0)": RecordFormat(0), "Padding(2)": Padding(2), "S2Kind(5)": S2Kind(5), "trim": S2Trim,
		"Encoding(3)": Encoding(3), "page": UnitPage, "rebuilt": WayRebuilt, "this_process": LockedByThisProcess,
		"big endian": BigEndian, "hex": Hex,
	} {
		if value.String() != want {
			t.Errorf("%q, want %q", value.String(), want)
		}
	}
}
