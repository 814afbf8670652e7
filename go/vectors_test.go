package pagecrypt

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// hexBytes are bytes that JSON has in hexadecimal.
type hexBytes []byte

func (h *hexBytes) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

func vectorPath(name string) string {
	return filepath.Join("..", "vectors", filepath.FromSlash(name))
}

func readVector(t testing.TB, name string) []byte {
	t.Helper()
	bytes, err := os.ReadFile(vectorPath(name))
	if err != nil {
		t.Fatal(err)
	}
	return bytes
}

// decodeVector reads JSON; with strict, a field that `into` lacks is an error.
func decodeVector(t testing.TB, name string, strict bool, into any) {
	t.Helper()
	decodeJSON(t, name, string(readVector(t, name)), strict, into)
}

func decodeJSON(t testing.TB, name, text string, strict bool, into any) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	if strict {
		decoder.DisallowUnknownFields()
	}
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// A sample is a database that Turso wrote: an entry of vectors/turso/manifest.json.
type sample struct {
	Name            string
	File            string
	Cipher          string
	Hexkey          hexBytes
	PageSize        int      `json:"page_size"`
	PageCount       int      `json:"page_count"`
	ReservedBytes   int      `json:"reserved_bytes"`
	DecryptedSHA256 hexBytes `json:"decrypted_sha256"`
}

func (s sample) path() string { return vectorPath("turso/" + s.File) }

func samples(t testing.TB) []sample {
	t.Helper()
	var manifest struct{ Fixtures []sample }
	decodeVector(t, "turso/manifest.json", false, &manifest)
	if len(manifest.Fixtures) == 0 {
		t.Fatal("no samples")
	}
	return manifest.Fixtures
}
