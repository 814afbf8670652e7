//go:build cgo && (pagecrypt_system || (linux && (amd64 || arm64)))

package pagecrypt

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
)

type s2Headers [][2]hexBytes

func (h s2Headers) are(headers []S2Header) bool {
	return slices.EqualFunc(h, headers, func(want [2]hexBytes, got S2Header) bool {
		return bytes.Equal(want[0], got.Name) && bytes.Equal(want[1], got.Value)
	})
}

// An s2Vector is an entry of the list records of vectors/s2/records.json.
type s2Vector struct {
	ID, Cipher    string
	Key           string `json:"key_base64"`
	Basin, Stream string
	StreamID      hexBytes  `json:"aad_hex"`
	MeteredSize   uint64    `json:"metered_size"`
	Headers       s2Headers `json:"headers_hex"`
	Body          hexBytes  `json:"body_hex"`
	Envelope      hexBytes  `json:"envelope_hex"`
	Encrypted     hexBytes  `json:"encrypted_hex"`
	Stored        hexBytes  `json:"stored_hex"`
}

type s2CommandVector struct {
	ID          string
	Name        hexBytes `json:"header_value_hex"`
	Operand     hexBytes `json:"body_hex"`
	MeteredSize uint64   `json:"metered_size"`
	Stored      hexBytes `json:"stored_hex"`
}

func s2Vectors(t testing.TB) (records []s2Vector, commands []s2CommandVector) {
	t.Helper()
	var file struct {
		Records  []s2Vector
		Commands []s2CommandVector `json:"command_records"`
	}
	decodeVector(t, "s2/records.json", false, &file)
	if len(file.Records) < 20 || len(file.Commands) < 2 {
		t.Fatalf("%d records, %d commands", len(file.Records), len(file.Commands))
	}
	return file.Records, file.Commands
}

func (v s2Vector) codec(t testing.TB) *RecordCodec {
	t.Helper()
	return s2CodecOf(t, v.Cipher, v.Key, v.StreamID)
}

func s2CodecOf(t testing.TB, cipherName, keyText string, streamID []byte) *RecordCodec {
	t.Helper()
	cipher, err := ParseCipher(cipherName)
	if err != nil {
		t.Fatal(err)
	}
	key, err := S2KeyFromHeader(&keyText, cipher)
	if err != nil {
		t.Fatal(err)
	}
	return s2Codec(t, key, [32]byte(streamID))
}

func TestRecordsThatS2MadeOpen(t *testing.T) {
	records, _ := s2Vectors(t)
	for _, v := range records {
		codec := v.codec(t)
		if id, err := S2StreamID(v.Basin, v.Stream); err != nil || !bytes.Equal(id[:], v.StreamID) {
			t.Errorf("%s: stream id %x, %v", v.ID, id, err)
		}
		opened, err := codec.Open(v.Encrypted, Place{})
		if err != nil || !bytes.Equal(opened, v.Envelope) {
			t.Errorf("%s: %v", v.ID, err)
		}
		envelope, err := DecodeS2Envelope(opened)
		if err != nil || !v.Headers.are(envelope.Headers) || !bytes.Equal(envelope.Body, v.Body) || envelope.MeteredSize() != v.MeteredSize {
			t.Errorf("%s: %v, %v", v.ID, envelope, err)
		}
		if encoded, err := envelope.Encode(); err != nil || !bytes.Equal(encoded, v.Envelope) {
			t.Errorf("%s: %x, %v", v.ID, encoded, err)
		}
		stored, err := DecodeS2StoredRecord(v.Stored)
		if err != nil || stored.Kind != S2Encrypted || stored.MeteredSize != v.MeteredSize || !bytes.Equal(stored.Payload, v.Encrypted) {
			t.Errorf("%s: %v, %v", v.ID, stored, err)
		}
		if encoded, err := stored.Encode(); err != nil || !bytes.Equal(encoded, v.Stored) {
			t.Errorf("%s: %x, %v", v.ID, encoded, err)
		}
		stored, err = codec.OpenS2Stored(v.Stored)
		if err != nil || stored.Kind != S2Plaintext || stored.MeteredSize != v.MeteredSize || !bytes.Equal(stored.Payload, v.Envelope) {
			t.Errorf("%s: %v, %v", v.ID, stored, err)
		}
		sealed, err := codec.Seal(v.Envelope, AtSequence(0))
		if err != nil || len(sealed) != len(v.Encrypted) {
			t.Errorf("%s: sealed to %d bytes, %v", v.ID, len(sealed), err)
		}
		if again, err := codec.Open(sealed, Place{}); err != nil || !bytes.Equal(again, v.Envelope) {
			t.Errorf("%s: sealed and opened: %v", v.ID, err)
		}
		other := v.StreamID
		other[31] ^= 1
		if _, err := s2CodecOf(t, v.Cipher, v.Key, other).Open(v.Encrypted, Place{}); !errors.Is(err, ErrAuthenticationFailed) {
			t.Errorf("%s: in another stream: %v", v.ID, err)
		}
	}
}

func TestCommandsPassInAnEncryptedStream(t *testing.T) {
	codec := s2Codec(t, testKey(t, AEGIS256), repeated32(1))
	_, commands := s2Vectors(t)
	for _, v := range commands {
		for name, read := range map[string]func([]byte) (S2StoredRecord, error){
			"decoded": DecodeS2StoredRecord, "opened": codec.OpenS2Stored,
		} {
			command, err := read(v.Stored)
			if err != nil || command.Kind.String() != string(v.Name) || command.MeteredSize != v.MeteredSize {
				t.Errorf("%s: %s: %v, %v", v.ID, name, command, err)
			}
			operand := command.Payload
			if command.Kind == S2Trim {
				operand = []byte{0, 0, 0, 0, 0, 0, 0, byte(command.TrimPoint)}
			}
			if !bytes.Equal(operand, v.Operand) {
				t.Errorf("%s: %s: %x", v.ID, name, operand)
			}
			if encoded, err := command.Encode(); err != nil || !bytes.Equal(encoded, v.Stored) {
				t.Errorf("%s: %s: %x, %v", v.ID, name, encoded, err)
			}
		}
	}
	for _, command := range []S2StoredRecord{
		{Kind: S2Fence, Payload: []byte("token")}, {Kind: S2Fence, Payload: []byte(strings.Repeat("x", S2MaxFencingTokenLength))},
		{Kind: S2Trim, TrimPoint: math.MaxUint64}, {Kind: S2Trim},
	} {
		encoded, err := command.Encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := codec.OpenS2Stored(encoded)
		if err != nil || back.Kind != command.Kind || back.TrimPoint != command.TrimPoint || !bytes.Equal(back.Payload, command.Payload) {
			t.Errorf("%v: %v, %v", command, back, err)
		}
	}
}

// s2Codes are our errors for those of S2's functions, by how they are printed.
var s2Codes = map[string]ErrorCode{
	"MalformedDecryptedRecord": ErrMalformed,
	"Truncated":                ErrMalformed,
	`InvalidValue("MagicByte", "invalid metered_size_varlen")`:                ErrMalformed,
	`InvalidValue("MagicByte", "invalid record type ordinal")`:                ErrUnsupportedFormat,
	`InvalidValue("EncryptedRecord", "invalid encrypted record format id")`:   ErrUnsupportedFormat,
	"AlgorithmMismatch { expected: Some(Aegis256), actual: Some(Aes256Gcm) }": ErrCipherMismatch,
	"AlgorithmMismatch { expected: Some(Aegis256), actual: None }":            ErrNotEncrypted,
	"AuthenticationFailed": ErrAuthenticationFailed,
}

type s2Outcome struct {
	Name  string
	Input struct {
		Cipher   string
		Key      string   `json:"key_b64"`
		StreamID hexBytes `json:"aad_hex"`
		Stored   hexBytes `json:"stored_hex"`
	}
	Outcome struct {
		OK           bool
		Kind         string
		MeteredSize  uint64    `json:"metered_size"`
		Headers      s2Headers `json:"headers_hex"`
		BodySHA256   hexBytes  `json:"body_sha256"`
		Stage, Debug string
	}
}

func s2Outcomes(t testing.TB) []s2Outcome {
	t.Helper()
	var file struct{ Cases []s2Outcome }
	decodeVector(t, "s2/decoder_outcomes.json", false, &file)
	if len(file.Cases) < 15 {
		t.Fatalf("%d cases", len(file.Cases))
	}
	return file.Cases
}

func TestStoredRecordsOpenOrFailAsS2HasIt(t *testing.T) {
	for _, c := range s2Outcomes(t) {
		codec := s2CodecOf(t, c.Input.Cipher, c.Input.Key, c.Input.StreamID)
		_, decodeError := DecodeS2StoredRecord(c.Input.Stored)
		opened, err := codec.OpenS2Stored(c.Input.Stored)
		if !c.Outcome.OK {
			var code ErrorCode
			for printed, ours := range s2Codes {
				if strings.HasPrefix(c.Outcome.Debug, printed) {
					code = ours
				}
			}
			if code == 0 {
				t.Fatalf("%s: %q is not known here", c.Name, c.Outcome.Debug)
			}
			if !errors.Is(err, code) || (decodeError != nil) != (c.Outcome.Stage == "decode") {
				t.Errorf("%s: decoding: %v, opening: %v", c.Name, decodeError, err)
			}
			continue
		}
		envelope, envelopeError := DecodeS2Envelope(opened.Payload)
		sum := sha256.Sum256(envelope.Body)
		if errors.Join(decodeError, err, envelopeError) != nil || opened.Kind != S2Plaintext || opened.MeteredSize != c.Outcome.MeteredSize ||
			!c.Outcome.Headers.are(envelope.Headers) || !bytes.Equal(sum[:], c.Outcome.BodySHA256) {
			t.Errorf("%s: %v, %v, %v, %v", c.Name, opened, decodeError, err, envelopeError)
		}
	}
}

func TestAnotherMeteredSizeIsRefused(t *testing.T) {
	records, _ := s2Vectors(t)
	v := records[0]
	encoded, err := S2StoredRecord{Kind: S2Encrypted, MeteredSize: v.MeteredSize + 1, Payload: v.Encrypted}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	var failure *Error
	opened, err := v.codec(t).OpenS2Stored(encoded)
	if !errors.As(err, &failure) || failure.Code != ErrMeteredSize || failure.Expected != v.MeteredSize+1 || failure.Got != v.MeteredSize ||
		opened.Payload != nil {
		t.Errorf("%#v", err)
	}
}

func TestAnEnvelopeInClearIsRefusedInAnEncryptedStream(t *testing.T) {
	encoded, err := S2StoredRecord{Kind: S2Plaintext, Payload: []byte{0, 1, 2}}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	stored, err := DecodeS2StoredRecord(encoded)
	if err != nil || stored.Kind != S2Plaintext || stored.MeteredSize != 10 || !bytes.Equal(stored.Payload, []byte{0, 1, 2}) {
		t.Errorf("%v, %v", stored, err)
	}
	if _, err := s2Codec(t, testKey(t, AEGIS256), repeated32(1)).OpenS2Stored(encoded); !errors.Is(err, ErrNotEncrypted) {
		t.Error(err)
	}
	if _, err := boundCodec(t, testKey(t, AEGIS256), StreamContext(repeated32(1))).OpenS2Stored(encoded); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
}

func TestEnvelopesAreReadBack(t *testing.T) {
	for _, count := range []int{0, 1, 15, 16, 17, 255, 256, 300} {
		envelope := S2Envelope{Body: counting(count)}
		for i := range count {
			envelope.Headers = append(envelope.Headers, S2Header{fmt.Appendf(nil, "h%d", i), bytes.Repeat([]byte{1}, i)})
		}
		encoded, err := envelope.Encode()
		if err != nil {
			t.Fatal(err)
		}
		decoded, err := DecodeS2Envelope(encoded)
		if err != nil || decoded.MeteredSize() != envelope.MeteredSize() || !bytes.Equal(decoded.Body, envelope.Body) ||
			!slices.EqualFunc(decoded.Headers, envelope.Headers, func(a, b S2Header) bool {
				return bytes.Equal(a.Name, b.Name) && bytes.Equal(a.Value, b.Value)
			}) {
			t.Errorf("%d headers: %v, %v", count, decoded, err)
		}
	}
	for _, wrong := range [][]byte{nil, {0x40}, {0x10, 1, 0}, {0x30, 255, 255, 255}, {0x10, 1, 1, 'k'}} {
		if decoded, err := DecodeS2Envelope(wrong); !errors.Is(err, ErrMalformed) || decoded.Body != nil {
			t.Errorf("%x: %v", wrong, err)
		}
	}
}

func TestWhatS2DoesNotTakeIsRefused(t *testing.T) {
	largest := S2Envelope{Body: make([]byte, S2MaxMeteredSize-8)}
	encoded, err := largest.Encode()
	if err != nil {
		t.Fatal(err)
	}
	codec := s2Codec(t, testKey(t, AEGIS256), repeated32(1))
	if _, err := codec.Seal(encoded, Place{}); err != nil {
		t.Error(err)
	}
	if _, err := codec.Seal(append(encoded, 0), Place{}); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
	if _, err := codec.Seal(nil, Place{}); !errors.Is(err, ErrMalformed) {
		t.Error(err)
	}
	fails := func(_ any, err error) error { return err }
	for name, c := range map[string]struct {
		err  error
		want ErrorCode
	}{
		"a body that is too long":    {fails(S2Envelope{Body: make([]byte, S2MaxMeteredSize-7)}.Encode()), ErrInvalidArgument},
		"an empty name":              {fails(S2Envelope{Headers: []S2Header{{nil, []byte("fence")}}}.Encode()), ErrInvalidArgument},
		"a token that is too long":   {fails(S2StoredRecord{Kind: S2Fence, Payload: make([]byte, 37)}.Encode()), ErrInvalidArgument},
		"a token that is not UTF-8":  {fails(S2StoredRecord{Kind: S2Fence, Payload: []byte{0xff}}.Encode()), ErrInvalidArgument},
		"no kind":                    {fails(S2StoredRecord{}.Encode()), ErrInvalidArgument},
		"another kind":               {fails(S2StoredRecord{Kind: 5}.Encode()), ErrInvalidArgument},
		"a size that is too large":   {fails(S2StoredRecord{Kind: S2Encrypted, MeteredSize: S2MaxMeteredSize + 1, Payload: append([]byte{2}, make([]byte, 28)...)}.Encode()), ErrInvalidArgument},
		"no envelope":                {fails(S2StoredRecord{Kind: S2Plaintext}.Encode()), ErrMalformed},
		"an encrypted record cut":    {fails(S2StoredRecord{Kind: S2Encrypted, Payload: []byte{1}}.Encode()), ErrMalformed},
		"another format of a record": {fails(S2StoredRecord{Kind: S2Encrypted, Payload: []byte{3}}.Encode()), ErrUnsupportedFormat},
		"a zero byte in a basin":     {fails(S2StreamID("a\x00b", "s")), ErrInvalidArgument},
		"a zero byte in a stream":    {fails(S2StreamID("a", "s\x00")), ErrInvalidArgument},
		"a name that is not UTF-8":   {fails(S2StreamID("a", "\xff")), ErrInvalidArgument},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v", name, c.err)
		}
	}
}

func TestKeysAreReadAsS2ReadsThem(t *testing.T) {
	secret := counting(32)
	text := base64.StdEncoding.EncodeToString(secret)
	for _, cipher := range s2Ciphers {
		for _, spaced := range []string{text, " " + text + "\r\n"} {
			key, err := S2KeyFromHeader(&spaced, cipher)
			if err != nil {
				t.Fatal(err)
			}
			if bytesOfKey, err := key.Bytes(); err != nil || !bytes.Equal(bytesOfKey, secret) || key.Cipher() != cipher {
				t.Errorf("%s: another key, %v", cipher, err)
			}
		}
		if _, err := S2KeyFromHeader(nil, cipher); !errors.Is(err, ErrKeyRequired) {
			t.Errorf("%s: no header: %v", cipher, err)
		}
		for value, want := range map[string]ErrorCode{
			"": ErrKeyText, " ": ErrKeyText, text + "=": ErrKeyText, fmt.Sprintf("%x", secret): ErrKeyText, strings.TrimRight(text, "="): ErrKeyText,
			"AAEC": ErrKeyLength, strings.Replace(text, "A", "\x00", 1): ErrKeyText, "\xff": ErrKeyText,
		} {
			if key, err := S2KeyFromHeader(&value, cipher); !errors.Is(err, want) || key != nil || strings.Contains(fmt.Sprint(err), text) {
				t.Errorf("%s: %q: %v", cipher, value, err)
			}
		}
	}
	if _, err := S2KeyFromHeader(&text, AEGIS256X2); !errors.Is(err, ErrUnsupportedFormat) {
		t.Error(err)
	}
}

func TestS2AnswersErrorsAsItIsDocumentedAndAsItDoes(t *testing.T) {
	invalid, bad, failed, storage := S2Status{422, "invalid"}, S2Status{400, "bad_header"}, S2Status{400, "decryption_failed"}, S2Status{500, "storage"}
	answers := map[ErrorCode]S2Answer{
		ErrKeyRequired: {invalid, bad}, ErrKeyText: {invalid, bad}, ErrKeyLength: {invalid, bad},
		ErrAuthenticationFailed: {failed, failed}, ErrUsageLimit: {invalid, invalid}, ErrInvalidArgument: {Lite: invalid},
		ErrCipherMismatch: {Lite: storage}, ErrNotEncrypted: {Lite: storage}, ErrUnsupportedFormat: {Lite: storage},
		ErrMalformed: {Lite: storage}, ErrMeteredSize: {Lite: storage},
	}
	got := make(map[ErrorCode]S2Answer)
	for code := ErrorCode(-1); code < 100; code++ {
		if answer, known := S2AnswerTo(code); known {
			got[code] = answer
		}
	}
	if !maps.Equal(got, answers) {
		t.Errorf("%v", got)
	}
	_, err := s2Codec(t, testKey(t, AEGIS256), repeated32(1)).Seal(nil, Place{})
	if answer, known := S2AnswerTo(fmt.Errorf("appending: %w", err)); !known || answer.Lite != storage {
		t.Errorf("%v, %v", answer, known)
	}
	for _, err := range []error{nil, ErrClosed, errors.New("x")} {
		if answer, known := S2AnswerTo(err); known {
			t.Errorf("%v: %v", err, answer)
		}
	}
}
