//go:build cgo && (pagecrypt_system || (linux && (amd64 || arm64)))

package pagecrypt

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

type errorFile struct {
	Codes       []codeRow
	Cases       []errorCase
	WithoutCase []struct{ Error, Why string } `json:"without_case"`
}

type errorCase struct {
	Name        string
	Operation   string
	Input       inputText
	Error       *codeRow
	Says        []string
	FailedPages []uint64 `json:"failed_pages"`
}

// inputText is read once the operation is known.
type inputText string

func (i *inputText) UnmarshalJSON(text []byte) error {
	*i = inputText(text)
	return nil
}

// caseBytes are bytes as the file describes them.
type caseBytes struct {
	Hex    *hexBytes
	Zeros  *int
	File   *string
	Offset int
	Length *int
	Put    [][2]any
}

func (b *caseBytes) get(t *testing.T) []byte {
	t.Helper()
	var content []byte
	switch {
	case b.Hex != nil && b.Zeros == nil && b.File == nil:
		content = bytes.Clone(*b.Hex)
	case b.Hex == nil && b.Zeros != nil && b.File == nil:
		content = make([]byte, *b.Zeros)
	case b.Hex == nil && b.Zeros == nil && b.File != nil:
		content = readVector(t, *b.File)[b.Offset:]
		if b.Length != nil {
			content = content[:*b.Length]
		}
	default:
		t.Fatal("exactly one of hex, zeros and file")
	}
	for _, put := range b.Put {
		var part hexBytes
		if err := part.UnmarshalText([]byte(put[1].(string))); err != nil {
			t.Fatal(err)
		}
		copy(content[int(put[0].(float64)):][:len(part)], part)
	}
	return content
}

// operations run a case and return its error; unknown fields of the input fail the test.
var operations = map[string]func(t *testing.T, c errorCase) error{
	"cipher_from_name": func(t *testing.T, c errorCase) error {
		_, err := ParseCipher(input[struct{ Name string }](t, c).Name)
		return err
	},
	"cipher_from_number": func(t *testing.T, c errorCase) error {
		_, err := Cipher(input[struct{ Number int32 }](t, c).Number).MarshalText()
		return err
	},
	"engine_from_name": func(t *testing.T, c errorCase) error {
		_, err := ParseEngine(input[struct{ Name string }](t, c).Name)
		return err
	},
	"key_from_text": func(t *testing.T, c errorCase) error {
		in := input[struct {
			Text   string
			Cipher Cipher
		}](t, c)
		_, err := ParseKey(in.Text, in.Cipher)
		return err
	},
	"key_from_bytes": func(t *testing.T, c errorCase) error {
		in := input[struct {
			Bytes  caseBytes
			Cipher Cipher
		}](t, c)
		_, err := NewKey(in.Bytes.get(t), in.Cipher)
		return err
	},
	"page_codec_new": func(t *testing.T, c errorCase) error {
		_, err := input[codecInput](t, c).codec(t)
		return err
	},
	"seal_pages":           pagesCase((*PageCodec).SealPages, (*PageCodec).SealPagesInto),
	"open_pages":           pagesCase((*PageCodec).OpenPages, (*PageCodec).OpenPagesInto),
	"turso_header":         func(t *testing.T, c errorCase) error { return headerCase(t, c) },
	"seal_message":         sealMessageCase,
	"open_message":         openMessageCase,
	"inspect_file":         fileCase,
	"verify_file":          fileCase,
	"encrypt_file":         fileCase,
	"decrypt_file":         fileCase,
	"decrypt_file_compact": fileCase,
}

func input[T any](t *testing.T, c errorCase) T {
	t.Helper()
	var in T
	decodeJSON(t, c.Name, string(c.Input), true, &in)
	return in
}

func TestEveryErrorCaseGivesItsError(t *testing.T) {
	var file errorFile
	decodeVector(t, "errors.json", true, &file)
	run := make(map[string]int)
	for _, c := range file.Cases {
		t.Run(c.Operation+"/"+c.Name, func(t *testing.T) {
			operation, known := operations[c.Operation]
			if !known {
				t.Fatalf("operation %s is not known here", c.Operation)
			}
			checkCase(t, c, operation(t, c))
		})
		run[c.Operation]++
	}
	for _, operation := range slices.Sorted(maps.Keys(operations)) {
		if run[operation] < 3 {
			t.Errorf("%s: only %d cases", operation, run[operation])
		}
	}
}

func checkCase(t *testing.T, c errorCase, err error) {
	t.Helper()
	if c.Error == nil {
		if err != nil {
			t.Errorf("fails: %v", err)
		}
		return
	}
	var failure *Error
	if !errors.As(err, &failure) {
		t.Fatalf("%v, want %s", err, c.Error.Name)
	}
	if got := (codeRow{failure.Name(), int32(failure.Code), failure.ExitCode()}); got != *c.Error {
		t.Errorf("%+v, want %+v", got, *c.Error)
	}
	for _, part := range c.Says {
		if !strings.Contains(failure.Message, part) {
			t.Errorf("%q does not say %q", failure.Message, part)
		}
	}
	if c.FailedPages != nil && (failure.Unit != UnitPage || !slices.Equal(failure.Numbers, c.FailedPages)) {
		t.Errorf("failed: %s %v, want %v", failure.Unit, failure.Numbers, c.FailedPages)
	}
}

type codecInput struct {
	Key      hexBytes
	Cipher   Cipher
	Format   string
	PageSize int `json:"page_size"`
}

func (in codecInput) codec(t *testing.T) (*PageCodec, error) {
	t.Helper()
	key, err := NewKey(in.Key, in.Cipher)
	if err != nil {
		t.Fatal(err)
	}
	if in.Format != "turso" {
		t.Fatalf("format %q is not known here", in.Format)
	}
	return NewTursoPageCodec(key, in.PageSize)
}

// pagesCase runs an operation into another slice, and in place unless the case is about the other one's length. An error
// leaves everything untouched, but for pages that are not authentic, which become zeros.
func pagesCase(inPlace func(*PageCodec, uint32, []byte) error, into func(*PageCodec, uint32, []byte, []byte) error) func(*testing.T, errorCase) error {
	return func(t *testing.T, c errorCase) error {
		in := input[struct {
			codecInput
			First    uint32
			Pages    caseBytes
			ToLength *int `json:"to_length"`
		}](t, c)
		codec, err := in.codec(t)
		if err != nil {
			t.Fatal(err)
		}
		check := func(err error, before, after []byte) {
			switch {
			case err == nil:
			case !errors.Is(err, ErrAuthenticationFailed):
				if !bytes.Equal(before, after) {
					t.Error("something was written")
				}
			default:
				number := uint64(in.First)
				for page := range slices.Chunk(after, codec.PageSize()) {
					if zeros := bytes.Equal(page, make([]byte, len(page))); zeros != slices.Contains(c.FailedPages, number) {
						t.Errorf("page %d is zeros: %v", number, zeros)
					}
					number++
				}
			}
		}
		from := in.Pages.get(t)
		length := len(from)
		if in.ToLength != nil {
			length = *in.ToLength
		}
		untouched := bytes.Repeat([]byte{0xc3}, length)
		to := bytes.Clone(untouched)
		err = into(codec, in.First, from, to)
		check(err, untouched, to)
		if in.ToLength == nil {
			buffer := bytes.Clone(from)
			inPlaceError := inPlace(codec, in.First, buffer)
			check(inPlaceError, from, buffer)
			checkCase(t, c, inPlaceError)
		}
		return err
	}
}

func headerCase(t *testing.T, c errorCase) error {
	in := input[struct{ Bytes caseBytes }](t, c)
	_, err := ParseTursoHeader(in.Bytes.get(t))
	return err
}

type messageInput struct {
	Key            hexBytes
	Cipher         Cipher
	Nonce          hexBytes
	AssociatedData hexBytes `json:"associated_data"`
	Text           caseBytes
	Tag            hexBytes
	ToLength       *int `json:"to_length"`
}

// batch makes a batch of the message: unlike a cipher.AEAD, it returns an error for every case.
func (in messageInput) batch(t *testing.T) (*Key, *Batch) {
	t.Helper()
	key, err := NewKey(in.Key, in.Cipher)
	if err != nil {
		t.Fatal(err)
	}
	from := in.Text.get(t)
	length := len(from)
	if in.ToLength != nil {
		length = *in.ToLength
	}
	tag := bytes.Clone(in.Tag)
	if tag == nil {
		tag = bytes.Repeat([]byte{0xc3}, TagLength)
	}
	return key, &Batch{
		Offsets: []int{0, len(from)}, Nonces: in.Nonce, From: from, To: bytes.Repeat([]byte{0xc3}, length), Tags: tag,
		AssociatedData: in.AssociatedData, AssociatedDataOffsets: []int{0, len(in.AssociatedData)},
	}
}

func sealMessageCase(t *testing.T, c errorCase) error {
	key, b := input[messageInput](t, c).batch(t)
	err := key.SealBatchAssumeUniqueNonces(b)
	written := append(bytes.Clone(b.To), b.Tags...)
	if untouched := bytes.Equal(written, bytes.Repeat([]byte{0xc3}, len(written))); untouched != (err != nil) {
		t.Errorf("untouched: %v, %v", untouched, err)
	}
	return err
}

func openMessageCase(t *testing.T, c errorCase) error {
	in := input[messageInput](t, c)
	key, b := in.batch(t)
	err := key.OpenBatch(b)
	left := byte(0xc3)
	if errors.Is(err, ErrAuthenticationFailed) {
		left = 0
	}
	if err != nil && !bytes.Equal(b.To, bytes.Repeat([]byte{left}, len(b.To))) {
		t.Errorf("left %x", b.To)
	}
	if in.ToLength == nil && len(in.Nonce) == in.Cipher.NonceLength() {
		aead, aeadError := NewAEAD(key)
		if aeadError != nil {
			t.Fatal(aeadError)
		}
		_, aeadError = aead.Open(nil, in.Nonce, append(in.Text.get(t), in.Tag...), in.AssociatedData)
		checkCase(t, c, aeadError)
	}
	return err
}

func fileCase(t *testing.T, c errorCase) error {
	in := input[struct {
		Key             hexBytes
		Cipher          Cipher
		Database        *caseBytes
		DatabaseWAL     *caseBytes `json:"database_wal"`
		DatabaseJournal *caseBytes `json:"database_journal"`
		Destination     *caseBytes
		DestinationWAL  *caseBytes `json:"destination_wal"`
		Force, Cancel   bool
	}](t, c)
	folder := t.TempDir()
	database, destination := filepath.Join(folder, "database"), filepath.Join(folder, "destination")
	for path, content := range map[string]*caseBytes{
		database: in.Database, database + "-wal": in.DatabaseWAL, database + "-journal": in.DatabaseJournal,
		destination: in.Destination, destination + "-wal": in.DestinationWAL,
	} {
		if content != nil {
			if err := os.WriteFile(path, content.get(t), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	before := folderContent(t, folder)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	options := &FileOptions{Force: in.Force, Wait: -1}
	if in.Cancel {
		options.Progress = func(uint64, uint64) { cancel() }
	}
	var key *Key
	if c.Operation != "inspect_file" {
		var err error
		if key, err = NewKey(in.Key, in.Cipher); err != nil {
			t.Fatal(err)
		}
	}

	var err error
	start := "SQLite format 3\x00"
	switch c.Operation {
	case "inspect_file":
		_, err = InspectFile(database)
	case "verify_file":
		var report *VerifyReport
		report, err = VerifyFile(ctx, database, key, options)
		if report != nil && report.Intact != (err == nil) {
			t.Errorf("intact: %v, %v", report.Intact, err)
		}
	case "encrypt_file":
		_, err = EncryptFile(ctx, database, destination, key, options)
		start = "Turso"
	case "decrypt_file":
		_, err = DecryptFile(ctx, database, destination, key, options)
	case "decrypt_file_compact":
		_, err = DecryptFileCompact(ctx, database, destination, key, options)
	}
	after := folderContent(t, folder)
	if err == nil && strings.HasPrefix(c.Operation, "e") || err == nil && strings.HasPrefix(c.Operation, "d") {
		if !strings.HasPrefix(after["destination"], start) {
			t.Errorf("the destination begins with %q", after["destination"][:16])
		}
	} else if !maps.Equal(before, after) {
		t.Errorf("%s changed the folder", c.Operation)
	}
	return err
}

// folderContent returns the bytes of each file in a folder.
func folderContent(t *testing.T, folder string) map[string]string {
	t.Helper()
	content := make(map[string]string)
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		bytes, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		content[entry.Name()] = string(bytes)
	}
	return content
}

func TestEveryCodeHasACaseOrAReasonForHavingNone(t *testing.T) {
	var file errorFile
	decodeVector(t, "errors.json", true, &file)
	covered := make(map[string]bool)
	for _, c := range file.Cases {
		if c.Error != nil {
			covered[c.Error.Name] = true
		}
	}
	for _, w := range file.WithoutCase {
		if covered[w.Error] || w.Why == "" {
			t.Errorf("%s has a case, or no reason", w.Error)
		}
		covered[w.Error] = true
	}
	for code := ErrUnknownCipher; code <= ErrInternal; code++ {
		if !covered[code.Name()] {
			t.Errorf("%s has no case", code.Name())
		}
	}
}
