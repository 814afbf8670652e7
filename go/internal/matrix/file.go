package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	pagecrypt "libpagecrypt/go"
)

// The whole database that is encrypted, of the repository's vectors.
const source = "turso/aegis256-4096-small.plain.db"

var force = &pagecrypt.FileOptions{Force: true}

func writeFile(p *place) error {
	destination := p.path("file", ".db")
	summary, err := pagecrypt.EncryptFile(context.Background(), filepath.Join(p.vectors, source), destination, p.key, force)
	if p.foreign() {
		if _, there := os.Stat(destination); errors.Is(err, pagecrypt.ErrUnsupportedFormat) && os.IsNotExist(there) {
			return errRefused
		}
		return fmt.Errorf("EncryptFile should refuse, and gave %v", err)
	}
	if err != nil {
		return err
	}
	about, err := os.Stat(destination)
	if err == nil && uint64(about.Size()) != summary.Bytes {
		err = errors.New("EncryptFile reports another length than the file has")
	}
	return err
}

func readFile(p *place) error {
	codec, err := p.codec()
	if err != nil {
		return err
	}
	codec.Close()
	out := os.Getenv("MATRIX_OUT")
	if out == "" {
		if out, err = os.MkdirTemp("", "matrix-"); err != nil {
			return err
		}
		defer os.RemoveAll(out)
	}
	path := p.path("file", ".db")
	report, err := pagecrypt.VerifyFile(context.Background(), path, p.key, nil)
	if err != nil {
		return err
	}
	if !report.Intact {
		return fmt.Errorf("VerifyFile returns nil, and reports %v", report.Findings)
	}
	plain, err := decrypt(p, pagecrypt.DecryptFile, path, filepath.Join(out, "file-"+p.key.Cipher().String()+".plain.db"))
	if err != nil {
		return err
	}
	if err := compareReader(p, path, plain); err != nil {
		return err
	}
	_, err = decrypt(p, pagecrypt.DecryptFileCompact, path, filepath.Join(out, "file-"+p.key.Cipher().String()+".compact.db"))
	return err
}

type decryption func(ctx context.Context, source, destination string, key *pagecrypt.Key, options *pagecrypt.FileOptions) (pagecrypt.Summary, error)

// decrypt returns what the function makes of the file.
func decrypt(p *place, function decryption, path, destination string) ([]byte, error) {
	summary, err := function(context.Background(), path, destination, p.key, force)
	if err != nil {
		return nil, err
	}
	database, err := os.ReadFile(destination)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(database, []byte("SQLite format 3\x00")) || uint64(len(database)) != summary.Bytes {
		return nil, fmt.Errorf("%s is no SQLite database of the reported length", filepath.Base(destination))
	}
	return database, nil
}

// compareReader reads the whole database through a PageReader: it is what DecryptFile made.
func compareReader(p *place, path string, plain []byte) error {
	reader, err := pagecrypt.OpenPageReader(path, p.key)
	if err != nil {
		return err
	}
	defer reader.Close()
	text := make([]byte, reader.Size())
	if n, err := reader.ReadAt(text, 0); n != len(text) {
		return fmt.Errorf("ReadAt gave %d bytes of %d: %v", n, len(text), err)
	}
	about, err := os.Stat(path)
	if err != nil {
		return err
	}
	if pages := about.Size() / pageSize; int64(reader.PageCount()) != pages || int64(len(plain)) != pages*pageSize {
		return fmt.Errorf("%d pages became %d", pages, reader.PageCount())
	}
	return compare("what the reader gives and DecryptFile", text, plain)
}
