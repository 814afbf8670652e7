// Command matrix is Go's program of the cross-language matrix.
//
//	matrix write FOLDER VECTORS
//	matrix read FOLDER VECTORS
//
// It writes, or reads what any language wrote, and prints one line a row: "CAPABILITY CIPHER ok", "... refused" or
// "... FAILED: why".
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	pagecrypt "libpagecrypt/go"
)

// capabilities are what every language does; a new one is a row here and a row in each other program.
var capabilities = []struct {
	name        string
	write, read func(*place) error
}{
	{"messages", writeMessages, readMessages},
	{"pages", writePages, readPages},
	{"frames", writeFrames, readFrames},
	{"file", writeFile, readFile},
	{"records-s2", writeRecordsS2, readRecordsS2},
	{"records-bound", writeRecordsBound, readRecordsBound},
}

const pageSize = 4096

// errRefused says that the format does not have the cipher, as it should not.
var errRefused = errors.New("refused")

// A place is where a row's files are, and its key.
type place struct {
	folder, vectors string
	key             *pagecrypt.Key
}

// path returns the row's file, for example "pages-aegis256".
func (p *place) path(capability, ending string) string {
	return filepath.Join(p.folder, capability+"-"+p.key.Cipher().String()+ending)
}

// foreign tells whether Turso's format does not have the cipher.
func (p *place) foreign() bool { return p.key.Cipher() == pagecrypt.ChaCha20Poly1305 }

// codec returns the codec, or errRefused where the format refuses the cipher.
func (p *place) codec() (*pagecrypt.PageCodec, error) {
	codec, err := pagecrypt.NewTursoPageCodec(p.key, pageSize)
	switch {
	case p.foreign() && errors.Is(err, pagecrypt.ErrUnsupportedFormat):
		return nil, errRefused
	case p.foreign() && err == nil:
		return nil, errors.Join(errors.New("the format took a cipher that it does not have"), codec.Close())
	}
	return codec, err
}

// appendPage appends page number in plaintext, add added to each byte; the reserved bytes are zero.
func appendPage(to []byte, codec *pagecrypt.PageCodec, number uint32, add int) []byte {
	for j := range pageSize - codec.ReservedLength() {
		to = append(to, byte(int(number)*7+j+add))
	}
	return append(to, make([]byte, codec.ReservedLength())...)
}

func compare(what string, got, expected []byte) error {
	if len(got) != len(expected) {
		return fmt.Errorf("%s: %d bytes, not %d", what, len(got), len(expected))
	}
	for i := range got {
		if got[i] != expected[i] {
			return fmt.Errorf("%s: byte %d is another", what, i)
		}
	}
	return nil
}

func run(work func(*place) error, folder, vectors string, cipher pagecrypt.Cipher) (err error) {
	secret := make([]byte, cipher.KeyLength())
	for i := range secret {
		secret[i] = byte(i)
	}
	key, err := pagecrypt.NewKey(secret, cipher)
	if err != nil {
		return err
	}
	err = work(&place{folder, vectors, key})
	if closing := key.Close(); closing != nil {
		return errors.Join(err, closing)
	}
	return err
}

func main() {
	if len(os.Args) != 4 || os.Args[1] != "write" && os.Args[1] != "read" {
		fmt.Fprintln(os.Stderr, "usage: matrix write|read FOLDER VECTORS")
		os.Exit(2)
	}
	failed := false
	for _, capability := range capabilities {
		work := capability.write
		if os.Args[1] == "read" {
			work = capability.read
		}
		for _, cipher := range pagecrypt.Ciphers() {
			outcome := "ok"
			if err := run(work, os.Args[2], os.Args[3], cipher); err == errRefused {
				outcome = "refused"
			} else if err != nil {
				failed = true
				outcome = "FAILED: " + strings.ReplaceAll(err.Error(), "\n", "; ")
			}
			fmt.Println(capability.name, cipher, outcome)
		}
	}
	if failed {
		os.Exit(1)
	}
}
