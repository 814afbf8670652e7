//go:build cgo && (pagecrypt_system || (linux && (amd64 || arm64)))

package pagecrypt

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// plainDatabase is a small plain database among the vectors.
const plainDatabase = "turso/aegis256-4096-small.plain.db"

// fileOf returns the key of a sample, and a copy of its files in a new folder.
func fileOf(t testing.TB, s sample) (path string, key *Key) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "database")
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(s.path() + suffix)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := errors.Join(err, os.WriteFile(path+suffix, content, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	c, err := ParseCipher(s.Cipher)
	if err != nil {
		t.Fatal(err)
	}
	if key, err = NewKey(s.Hexkey, c); err != nil {
		t.Fatal(err)
	}
	return path, key
}

func sampleNamed(t testing.TB, name string) sample {
	t.Helper()
	all := samples(t)
	i := slices.IndexFunc(all, func(s sample) bool { return s.Name == name })
	if i < 0 {
		t.Fatalf("no sample %s", name)
	}
	return all[i]
}

func TestDatabasesOfTursoAreDecryptedVerifiedAndInspected(t *testing.T) {
	for _, s := range samples(t) {
		path, key := fileOf(t, s)
		log, frames := s.Name == "aegis256-4096-walmixed", uint64(0)
		if log {
			frames = 18
		}
		plain := path + ".plain"
		summary, err := DecryptFile(t.Context(), path, plain, key, nil)
		content, _ := os.ReadFile(plain)
		want := Summary{key.Cipher(), key.Engine(), WayOpened, s.PageSize, s.PageSize, uint32(s.PageCount), uint64(len(content)), frames}
		if err != nil || summary != want {
			t.Errorf("%s: %+v, want %+v, %v", s.Name, summary, want, err)
		}
		if sum := sha256.Sum256(content); !bytes.Equal(sum[:], s.DecryptedSHA256) {
			t.Errorf("%s: other pages", s.Name)
		}
		if summary, err := DecryptFileCompact(t.Context(), path, plain, key, &FileOptions{Force: true}); err != nil || summary.Way != WayRepacked {
			t.Errorf("%s: %+v, %v", s.Name, summary, err)
		}

		report, err := VerifyFile(t.Context(), path, key, &FileOptions{Threads: 2})
		if err != nil || !report.Intact || report.Cipher != key.Cipher() || report.PageSize != s.PageSize ||
			report.Pages != uint32(s.PageCount) || len(report.DamagedPages) > 0 || (report.Log != nil) != log {
			t.Errorf("%s: %+v, %v", s.Name, report, err)
		}
		inspection, err := InspectFile(path)
		if err != nil || inspection.Format != FileTurso || inspection.Version != 0 || inspection.Cipher != key.Cipher() ||
			inspection.PageSize != s.PageSize || inspection.ReservedLength != s.ReservedBytes || inspection.Problem != "" ||
			(inspection.Log != nil) != log {
			t.Errorf("%s: %+v, %v", s.Name, inspection, err)
		}
		if log && (report.Log.Committed != frames || inspection.Log.Committed != frames || inspection.Log.CommittedPages != uint32(s.PageCount)) {
			t.Errorf("%+v, %+v", report.Log, inspection.Log)
		}
	}
}

func TestAPlainDatabaseIsEncryptedAndComesBack(t *testing.T) {
	for _, c := range tursoCiphers {
		key := testKey(t, c)
		folder := t.TempDir()
		encrypted, again := filepath.Join(folder, "encrypted"), filepath.Join(folder, "again")
		var last, total uint64
		summary, err := EncryptFile(t.Context(), vectorPath(plainDatabase), encrypted, key, &FileOptions{
			Progress: func(done, of uint64) { last, total = done, of },
		})
		if err != nil || summary.Cipher != c || summary.Way != WayRebuilt || summary.Pages == 0 {
			t.Fatalf("%s: %+v, %v", c, summary, err)
		}
		if last == 0 || last > total {
			t.Errorf("%s: progress ended at %d of %d", c, last, total)
		}
		if report, err := VerifyFile(t.Context(), encrypted, key, nil); err != nil || report.Pages != summary.Pages {
			t.Errorf("%s: %+v, %v", c, report, err)
		}
		if _, err := DecryptFile(t.Context(), encrypted, again, key, nil); err != nil {
			t.Fatal(err)
		}
		if summary, err := EncryptFile(t.Context(), again, encrypted, key, &FileOptions{Force: true}); err != nil || summary.Way != WaySealed {
			t.Errorf("%s: %+v, %v", c, summary, err)
		}
	}
	inspection, err := InspectFile(vectorPath(plainDatabase))
	if err != nil || inspection.Format != FileSQLite || inspection.Version != -1 || inspection.Cipher != 0 || inspection.ReservedLength != 0 {
		t.Errorf("%+v, %v", inspection, err)
	}
}

func TestDamageIsReported(t *testing.T) {
	path, key := fileOf(t, sampleNamed(t, "aegis256-4096-small"))
	content, _ := os.ReadFile(path)
	for _, page := range []int{3, 4, 9} {
		content[(page-1)*4096+1000] ^= 1
	}
	content = append(content, make([]byte, 4096+5)...) // a foreign page and a piece of one
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	report, err := VerifyFile(t.Context(), path, key, nil)
	var failure *Error
	if !errors.As(err, &failure) || failure.Code != ErrAuthenticationFailed || failure.Unit != UnitPage || !slices.Equal(failure.Numbers, []uint64{3, 4, 9}) {
		t.Fatalf("%#v", err)
	}
	if report == nil || report.Intact || !slices.Equal(report.DamagedPages, []Range{{3, 4}, {9, 9}}) || !slices.Equal(report.ForeignPages, []Range{{31, 31}}) ||
		report.TrailingBytes != 5 || len(report.Findings) == 0 || report.MissingPages != nil || report.SurplusPages != nil || report.PagesChecked != 31 {
		t.Errorf("%+v", report)
	}
	if err := os.WriteFile(path, content[:2*4096], 0o600); err != nil {
		t.Fatal(err)
	}
	if report, err := VerifyFile(t.Context(), path, key, nil); !errors.Is(err, ErrMalformed) || !slices.Equal(report.MissingPages, []Range{{3, 30}}) {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestDamageOfTheHeaderAndTheLogIsReported(t *testing.T) {
	path, key := fileOf(t, sampleNamed(t, "aegis256-4096-walmixed"))
	content, _ := os.ReadFile(path)
	content[6] = byte(AEGIS256X2)
	log, _ := os.ReadFile(path + "-wal")
	log[32+2*4120+24+100] ^= 1
	if err := errors.Join(os.WriteFile(path, content, 0o600), os.WriteFile(path+"-wal", log, 0o600)); err != nil {
		t.Fatal(err)
	}
	report, err := VerifyFile(t.Context(), path, key, nil)
	if !errors.Is(err, ErrAuthenticationFailed) || report == nil || len(report.DamagedHeader) != 1 || report.Log == nil || len(report.Log.Damaged) == 0 || report.Log.Damaged[0].First != 3 {
		t.Errorf("%+v, %+v, %v", report, report.Log, err)
	}
}

func TestAContextThatIsDoneStopsTheWork(t *testing.T) {
	source, key := fileOf(t, sampleNamed(t, "aegis256-4096-small"))
	plain := vectorPath(plainDatabase)
	operations := map[string]func(ctx context.Context, destination string, options *FileOptions) error{
		"EncryptFile": func(ctx context.Context, destination string, options *FileOptions) error {
			_, err := EncryptFile(ctx, plain, destination, key, options)
			return err
		},
		"DecryptFile": func(ctx context.Context, destination string, options *FileOptions) error {
			_, err := DecryptFile(ctx, source, destination, key, options)
			return err
		},
		"DecryptFileCompact": func(ctx context.Context, destination string, options *FileOptions) error {
			_, err := DecryptFileCompact(ctx, source, destination, key, options)
			return err
		},
		"VerifyFile": func(ctx context.Context, _ string, options *FileOptions) error {
			report, err := VerifyFile(ctx, source, key, options)
			if report != nil && err != nil {
				t.Error("a report of a check that was stopped")
			}
			return err
		},
	}
	for name, operation := range operations {
		destination := filepath.Join(t.TempDir(), "destination")
		check := func(what string, err, cause error) {
			t.Helper()
			if !errors.Is(err, ErrCancelled) || !errors.Is(err, cause) || !strings.Contains(err.Error(), cause.Error()) {
				t.Errorf("%s, %s: %v", name, what, err)
			}
			if _, err := os.Stat(destination); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s, %s: the destination is there", name, what)
			}
		}
		done, cancel := context.WithCancel(t.Context())
		cancel()
		check("before", operation(done, destination, nil), context.Canceled)

		// From the progress function, and from elsewhere where there is none.
		during, cancel := context.WithCancel(t.Context())
		calls := 0
		check("in the progress function", operation(during, destination, &FileOptions{Progress: func(uint64, uint64) { calls++; cancel() }}), context.Canceled)
		if calls != 1 {
			t.Errorf("%s: %d calls", name, calls)
		}
		check("meanwhile", operation(&doneAfter{Context: t.Context(), calls: 1}, destination, nil), context.Canceled)
		late, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
		check("past the deadline", operation(late, destination, nil), context.DeadlineExceeded)
		cancel()
		if err := operation(t.Context(), destination, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// doneAfter is done once its Err was asked for some times.
type doneAfter struct {
	context.Context
	calls int32
}

func (c *doneAfter) Err() error {
	if atomic.AddInt32(&c.calls, -1) < 0 {
		return context.Canceled
	}
	return nil
}

func TestAPanicOfTheProgressFunctionReachesTheCaller(t *testing.T) {
	key := testKey(t, AEGIS256)
	destination := filepath.Join(t.TempDir(), "destination")
	boom := errors.New("boom")
	func() {
		defer func() {
			if value := recover(); value != boom {
				t.Errorf("recovered %v", value)
			}
		}()
		_, _ = EncryptFile(t.Context(), vectorPath(plainDatabase), destination, key, &FileOptions{Progress: func(uint64, uint64) { panic(boom) }})
		t.Error("came back")
	}()

	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = EncryptFile(t.Context(), vectorPath(plainDatabase), destination, key, &FileOptions{Progress: func(uint64, uint64) { runtime.Goexit() }})
		t.Error("came back")
	}()
	<-ended
	if content := folderContent(t, filepath.Dir(destination)); len(content) != 0 {
		t.Errorf("left: %d files", len(content))
	}
	if _, err := EncryptFile(t.Context(), vectorPath(plainDatabase), destination, key, nil); err != nil {
		t.Error(err)
	}
}

func TestTheKeyMayBeClosedByTheProgressFunction(t *testing.T) {
	source, key := fileOf(t, sampleNamed(t, "aegis256-4096-small"))
	if _, err := VerifyFile(t.Context(), source, key, &FileOptions{Progress: func(uint64, uint64) { key.Close() }}); err != nil {
		t.Error(err)
	}
	if _, err := VerifyFile(t.Context(), source, key, nil); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}

func TestErrorsOfTheOperatingSystemAreItsOwn(t *testing.T) {
	key := testKey(t, AEGIS256)
	folder := t.TempDir()
	missing := filepath.Join(folder, "missing")
	fails := func(_ any, err error) error { return err }
	for name, err := range map[string]error{
		"InspectFile":    fails(InspectFile(missing)),
		"VerifyFile":     fails(VerifyFile(t.Context(), missing, key, nil)),
		"DecryptFile":    fails(DecryptFile(t.Context(), missing, filepath.Join(folder, "x"), key, nil)),
		"EncryptFile":    fails(EncryptFile(t.Context(), missing, filepath.Join(folder, "x"), key, nil)),
		"OpenPageReader": fails(OpenPageReader(missing, key)),
	} {
		var failure *Error
		if !errors.As(err, &failure) || failure.Code != ErrIO || failure.Path != missing || failure.Errno != syscall.ENOENT || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %#v", name, err)
		}
	}
	_, err := EncryptFile(t.Context(), vectorPath(plainDatabase), filepath.Join(missing, "x"), key, nil)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
	there := filepath.Join(folder, "there")
	if err := os.WriteFile(there, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := EncryptFile(t.Context(), vectorPath(plainDatabase), there, key, nil); !errors.Is(err, ErrFileExists) || !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
	for _, path := range []string{"", "a\x00b"} {
		if _, err := InspectFile(path); err == nil {
			t.Errorf("%q is a path", path)
		}
	}
	if _, err := InspectFile("a\x00b"); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
	if _, err := VerifyFile(t.Context(), missing, key, &FileOptions{Threads: -1}); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
}

func TestWhyADatabaseIsLockedIsTyped(t *testing.T) {
	source, key := fileOf(t, sampleNamed(t, "aegis256-4096-small"))
	destination := filepath.Join(t.TempDir(), "destination")
	if err := os.WriteFile(destination+"-wal", []byte("of another database"), 0o600); err != nil {
		t.Fatal(err)
	}
	var failure *Error
	if _, err := DecryptFile(t.Context(), source, destination, key, nil); !errors.As(err, &failure) || failure.Code != ErrLocked || failure.LockedBy != LockedByLeftover {
		t.Errorf("%#v", err)
	}
}

func TestAnotherKeyIsToldFromDamage(t *testing.T) {
	source, _ := fileOf(t, sampleNamed(t, "aegis256-4096-small"))
	var failure *Error
	if _, err := VerifyFile(t.Context(), source, testKey(t, AEGIS256), nil); !errors.As(err, &failure) || failure.Code != ErrWrongKey || failure.OnlyPage {
		t.Errorf("%#v", err)
	}
	if err := os.Truncate(source, 4096); err != nil {
		t.Fatal(err)
	}
	if _, err := VerifyFile(t.Context(), source, testKey(t, AEGIS256), nil); !errors.As(err, &failure) || failure.Code != ErrWrongKey || !failure.OnlyPage {
		t.Errorf("%#v", err)
	}
	if _, err := VerifyFile(t.Context(), source, testKey(t, AES128GCM), nil); !errors.As(err, &failure) || failure.Code != ErrKeyLength || failure.Expected != 32 || failure.Got != 16 {
		t.Errorf("%#v", err)
	}
}
