package pagecrypt

import "errors"

// What S2 has. A body without headers is at most 8 bytes shorter than [S2MaxMeteredSize].
const (
	// S2KeyHeader is the name of the header with the key of a request: see [S2KeyFromHeader].
	S2KeyHeader = "s2-encryption-key"
	// S2MaxMeteredSize is the largest metered size of a record, in bytes.
	S2MaxMeteredSize = 1 << 20
	// S2MaxFencingTokenLength is the length of the longest fencing token, in bytes.
	S2MaxFencingTokenLength = 36
	// S2MaxAES256GCMSequence is the highest sequence number of a record under [AES256GCM].
	S2MaxAES256GCMSequence = 1<<32 - 1
)

// S2StreamID returns the id that S2 gives the stream of this name. [ErrInvalidArgument] for a name with a zero byte, or
// that is not UTF-8.
func S2StreamID(basin, stream string) ([32]byte, error) {
	return s2StreamID(basin, stream)
}

// S2KeyFromHeader makes a key for a stream of this cipher from the value of the header [S2KeyHeader], or of
// S2_ENCRYPTION_KEY: 32 bytes in standard base64 with padding, white space around it ignored. nil stands for a header that
// is not there: [ErrKeyRequired]. Other texts than S2 takes give [ErrKeyText] or [ErrKeyLength], a cipher that it does not
// have [ErrUnsupportedFormat].
func S2KeyFromHeader(value *string, cipher Cipher) (*Key, error) {
	return newKey(s2KeyFromHeader(value, cipher))
}

// An S2Header is a header of an envelope. Its name is not empty. Printing it shows lengths only.
type S2Header struct{ Name, Value []byte }

// An S2Envelope is the plaintext of an encrypted record: headers, whose names may repeat and whose order is kept, and a
// body. Printing it shows lengths only.
type S2Envelope struct {
	Headers []S2Header
	Body    []byte
}

// DecodeS2Envelope reads an encoded envelope, without copying: names, values and body are parts of bytes. [ErrMalformed].
func DecodeS2Envelope(bytes []byte) (S2Envelope, error) {
	return s2EnvelopeDecode(bytes)
}

// Encode writes the envelope in its shortest form, as S2 does. [ErrInvalidArgument] for an empty name, or a metered size
// above [S2MaxMeteredSize].
func (e S2Envelope) Encode() ([]byte, error) {
	return s2EnvelopeEncode(e)
}

// MeteredSize returns what S2 counts for a record with this envelope, encrypted or not, in bytes.
func (e S2Envelope) MeteredSize() uint64 {
	size := 8 + uint64(len(e.Body))
	for _, header := range e.Headers {
		size += 2 + uint64(len(header.Name)) + uint64(len(header.Value))
	}
	return size
}

// An S2Kind is what a stored record holds.
type S2Kind int32

// The kinds.
const (
	// S2Fence sets the fencing token. As S2Trim, it is in clear in every stream, and nothing authenticates it.
	S2Fence S2Kind = 1
	// S2Trim gives up all records before a sequence number.
	S2Trim S2Kind = 2
	// S2Plaintext is an envelope.
	S2Plaintext S2Kind = 3
	// S2Encrypted is an encrypted record, which a [RecordCodec] seals and opens.
	S2Encrypted S2Kind = 4
)

// String returns the kind's name, such as encrypted.
func (k S2Kind) String() string {
	return enumName(int(k), "S2Kind", "S2Kind(0)", "fence", "trim", "plaintext", "encrypted")
}

// An S2StoredRecord is a record as S2 stores it, with its kind and metered size before it. Printing it shows lengths only.
type S2StoredRecord struct {
	Kind S2Kind
	// MeteredSize is what S2 counts for it, in bytes. Writing looks at that of S2Encrypted only, where nothing
	// authenticates it: [RecordCodec.OpenS2Stored] compares it.
	MeteredSize uint64
	// TrimPoint is the sequence number of S2Trim.
	TrimPoint uint64
	// Payload is the fencing token, the encoded envelope or the encrypted record.
	Payload []byte
}

// DecodeS2StoredRecord reads a stored record, and of an encrypted one the form only, without copying: the payload is a
// part of bytes. [ErrMalformed], and [ErrUnsupportedFormat] for kinds, formats and commands that S2 does not have.
func DecodeS2StoredRecord(bytes []byte) (S2StoredRecord, error) {
	return s2StoredDecode(bytes)
}

// Encode writes the stored record. [ErrInvalidArgument] for a fencing token or a metered size that is too large, and for
// a kind that there is not; of the payload the form is looked at: [ErrMalformed], [ErrUnsupportedFormat].
func (r S2StoredRecord) Encode() ([]byte, error) {
	return s2StoredEncode(r)
}

// OpenS2Stored reads a stored record of an encrypted stream and opens it, as S2 does on reading: a command passes, an
// envelope in clear gives [ErrNotEncrypted]. What was encrypted becomes [S2Plaintext], whose payload is the caller's to
// wipe. Else errors are those of [DecodeS2StoredRecord] and [RecordCodec.Open]; [ErrMeteredSize] where the envelope has
// another metered size than is stored beside it; [ErrInvalidArgument] for a codec of another format.
func (c *RecordCodec) OpenS2Stored(bytes []byte) (S2StoredRecord, error) {
	h, err := c.use()
	if err != nil {
		return S2StoredRecord{}, err
	}
	defer h.release()
	return s2StoredOpen(h.pointer, bytes)
}

// An S2Status is an HTTP status and the code in its body.
type S2Status struct {
	HTTP int
	Code string
}

// An S2Answer is what S2 answers to a request, as it is documented and as its open-source server does it. They differ.
type S2Answer struct {
	// Documented is the zero value where S2's documentation does not say.
	Documented S2Status
	// Lite is how s2-lite 0.43 answers.
	Lite S2Status
}

// S2AnswerTo returns what S2 answers where sealing, opening or reading a key gives this error; false for errors that no
// request to S2 has, and without cgo.
func S2AnswerTo(err error) (S2Answer, bool) {
	var failure *Error
	var code ErrorCode
	switch {
	case errors.As(err, &failure):
		code = failure.Code
	case !errors.As(err, &code):
		return S2Answer{}, false
	}
	return s2AnswerTo(code)
}
