package pagecrypt

import (
	"fmt"
	"io"
	"log/slog"
	"strconv"
)

// What is printed, logged and made JSON of values that hold plaintexts: how much there is.

// String tells how many records there are, and how long they are together.
func (b RecordBatch) String() string {
	return "pagecrypt.RecordBatch(" + strconv.Itoa(b.Len()) + " records, " + bytesText(len(b.Bytes)) + ")"
}

// GoString is String.
func (b RecordBatch) GoString() string { return b.String() }

// Format writes String, whatever the verb.
func (b RecordBatch) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, b.String()) }

// LogValue is String.
func (b RecordBatch) LogValue() slog.Value { return slog.StringValue(b.String()) }

// MarshalJSON writes String as JSON, which nothing reads back.
func (b RecordBatch) MarshalJSON() ([]byte, error) { return []byte(`"` + b.String() + `"`), nil }

// String tells the length of the body.
func (e Entry) String() string { return "pagecrypt.Entry(" + bytesText(len(e.Body)) + ")" }

// GoString is String.
func (e Entry) GoString() string { return e.String() }

// Format writes String, whatever the verb.
func (e Entry) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, e.String()) }

// LogValue is String.
func (e Entry) LogValue() slog.Value { return slog.StringValue(e.String()) }

// MarshalJSON writes String as JSON, which nothing reads back.
func (e Entry) MarshalJSON() ([]byte, error) { return []byte(`"` + e.String() + `"`), nil }

// String tells the lengths of name and value.
func (h S2Header) String() string {
	return "pagecrypt.S2Header(" + bytesText(len(h.Name)) + ", " + bytesText(len(h.Value)) + ")"
}

// GoString is String.
func (h S2Header) GoString() string { return h.String() }

// Format writes String, whatever the verb.
func (h S2Header) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, h.String()) }

// LogValue is String.
func (h S2Header) LogValue() slog.Value { return slog.StringValue(h.String()) }

// MarshalJSON writes String as JSON, which nothing reads back.
func (h S2Header) MarshalJSON() ([]byte, error) { return []byte(`"` + h.String() + `"`), nil }

// String tells how many headers there are, and the length of the body.
func (e S2Envelope) String() string {
	return "pagecrypt.S2Envelope(" + strconv.Itoa(len(e.Headers)) + " headers, " + bytesText(len(e.Body)) + ")"
}

// GoString is String.
func (e S2Envelope) GoString() string { return e.String() }

// Format writes String, whatever the verb.
func (e S2Envelope) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, e.String()) }

// LogValue is String.
func (e S2Envelope) LogValue() slog.Value { return slog.StringValue(e.String()) }

// MarshalJSON writes String as JSON, which nothing reads back.
func (e S2Envelope) MarshalJSON() ([]byte, error) { return []byte(`"` + e.String() + `"`), nil }

// String tells the kind, and the length of the payload.
func (r S2StoredRecord) String() string {
	return "pagecrypt.S2StoredRecord(" + r.Kind.String() + ", " + bytesText(len(r.Payload)) + ")"
}

// GoString is String.
func (r S2StoredRecord) GoString() string { return r.String() }

// Format writes String, whatever the verb.
func (r S2StoredRecord) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, r.String()) }

// LogValue is String.
func (r S2StoredRecord) LogValue() slog.Value { return slog.StringValue(r.String()) }

// MarshalJSON writes String as JSON, which nothing reads back.
func (r S2StoredRecord) MarshalJSON() ([]byte, error) { return []byte(`"` + r.String() + `"`), nil }

func bytesText(n int) string { return strconv.Itoa(n) + " bytes" }
