package pagecrypt

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// neverShows prints and logs values in every way, and looks for a secret of at least 8 bytes.
func neverShows(t *testing.T, secret []byte, values ...any) {
	t.Helper()
	var out strings.Builder
	for _, value := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T", "%t"} {
			fmt.Fprintf(&out, verb+"\n", value)
		}
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(text)
		for _, handler := range []slog.Handler{slog.NewJSONHandler(&out, nil), slog.NewTextHandler(&out, nil)} {
			slog.New(handler).Info("x", "value", value)
		}
	}
	shown := strings.ToLower(out.String())
	for _, form := range []string{
		string(secret[:8]), string(secret[len(secret)-8:]), fmt.Sprintf("%x", secret[:8]), strings.Trim(fmt.Sprint(secret[:4]), "[]"),
		base64.StdEncoding.EncodeToString(secret)[:8],
	} {
		if strings.Contains(shown, strings.ToLower(form)) {
			t.Errorf("%q is shown", form)
		}
	}
}

func TestPlaintextsAreNeverPrinted(t *testing.T) {
	secret := []byte("0123456789abcdefFEDCBA9876543210")
	entry := Entry{Path: secret, Type: secret, Schema: secret, Body: secret}
	header := S2Header{secret, secret}
	envelope := S2Envelope{[]S2Header{header}, secret}
	stored := S2StoredRecord{Kind: S2Plaintext, Payload: secret}
	batch := NewRecordBatch(secret, secret)
	neverShows(t, secret, entry, &entry, header, envelope, &envelope, stored, batch, &batch,
		[]Entry{entry}, struct{ E S2Envelope }{envelope})
	for want, value := range map[string]fmt.Stringer{
		"pagecrypt.Entry(32 bytes)":                     entry,
		"pagecrypt.S2Header(32 bytes, 32 bytes)":        header,
		"pagecrypt.S2Envelope(1 headers, 32 bytes)":     envelope,
		"pagecrypt.S2StoredRecord(plaintext, 32 bytes)": stored,
		"pagecrypt.RecordBatch(2 records, 64 bytes)":    batch,
	} {
		if value.String() != want || fmt.Sprintf("%#v", value) != want {
			t.Errorf("%q, want %q", value.String(), want)
		}
	}
}
