package pagecrypt

// MaxRecordOverhead is the most that a record is longer than its plaintext, in bytes, in any format.
const MaxRecordOverhead = 67

// A RecordFormat is the way in which nonce, tag and ciphertext lie in a record.
type RecordFormat int32

// The formats of records.
const (
	// RecordFormatS2 is that of S2's encrypted records, which are bound to their stream and to nothing else.
	RecordFormatS2 RecordFormat = 1
	// RecordFormatBound is our own, which binds a record to its place and says which key opens it.
	RecordFormatBound RecordFormat = 2
)

// String returns the format's name, such as bound.
func (f RecordFormat) String() string {
	return enumName(int(f), "RecordFormat", "RecordFormat(0)", "s2", "bound")
}

// RecordOverhead returns how many bytes a record without a clock is longer than its plaintext; a clock takes 8 more. 0
// where the format lacks the cipher, or without cgo.
func RecordOverhead(cipher Cipher, format RecordFormat) int {
	return recordOverhead(cipher, format)
}

// A Place is where a record belongs, beyond what its codec says. The zero value says nothing. What the format cannot bind
// must not be given: [ErrInvalidArgument].
type Place struct {
	// Sequence is the record's number in its stream, from 0; [math.MaxUint64] is refused. RecordFormatBound authenticates
	// it; RecordFormatS2 takes it on sealing only, to keep its limit.
	Sequence *uint64
	// Clock is when the record was written, in the writer's units, readable without the key: RecordFormatBound only, and
	// of use on sealing. On opening the record says it itself; a clock that is given must be that one.
	Clock *uint64
	// Reseals counts how often the record was sealed again, under other keys, since it was written. It needs a clock;
	// [RecordCodec.Reseal] counts it. On opening it is not looked at.
	Reseals uint32
	// Token is that of the path in a store: codecs of a [StoreContext] only, which need one.
	Token *[32]byte
}

// AtSequence returns the place of the record with this number in its stream.
func AtSequence(sequence uint64) Place { return Place{Sequence: &sequence} }

// WithClock returns the place with this clock.
func (p Place) WithClock(clock uint64) Place {
	p.Clock = &clock
	return p
}

// WithToken returns the place with this token.
func (p Place) WithToken(token [32]byte) Place {
	p.Token = &token
	return p
}

// saysNothing tells whether it is the zero value.
func (p Place) saysNothing() bool { return p == Place{} }

// headerLength returns how many bytes the place takes in a record.
func (p Place) headerLength() int {
	switch {
	case p.Clock == nil:
		return 0
	case p.Reseals == 0:
		return 8
	}
	return 12
}

// A RecordCodec seals and opens records, messages of any length, of one format and one context under one key. A batch
// of records costs less than one at a time.
type RecordCodec struct{ *recordCodecState }

type recordCodecState struct {
	handle   *handle
	cipher   Cipher
	engine   Engine
	format   RecordFormat
	keyID    [4]byte
	overhead int
}

// NewS2RecordCodec returns a codec of S2's format for the records of one stream: see [S2StreamID]. Plaintexts are encoded
// envelopes ([S2Envelope]). Ciphers other than [AEGIS256] and [AES256GCM] give [ErrUnsupportedFormat].
//
// The codec holds the key until it is closed itself, whether key is closed or not.
func NewS2RecordCodec(key *Key, streamID [32]byte) (*RecordCodec, error) {
	h, err := key.use()
	if err != nil {
		return nil, err
	}
	defer h.release()
	return newRecordCodec(recordCodecNewS2(h.pointer, &streamID))
}

// NewBoundRecordCodec returns a codec of our own format for the records of one context, under any cipher.
//
// The codec holds the key until it is closed itself, whether key is closed or not.
func NewBoundRecordCodec(key *Key, context Context) (*RecordCodec, error) {
	h, err := key.use()
	if err != nil {
		return nil, err
	}
	defer h.release()
	return newRecordCodec(recordCodecNewBound(h.pointer, context))
}

func newRecordCodec(state *recordCodecState, err error) (*RecordCodec, error) {
	if err != nil {
		return nil, err
	}
	return &RecordCodec{state}, nil
}

func (c *RecordCodec) use() (*handle, error) {
	if c == nil || c.recordCodecState == nil {
		return nil, notMade("a codec")
	}
	if _, err := c.handle.acquire(); err != nil {
		return nil, err
	}
	return c.handle, nil
}

// WithDecryptOnlyKey returns a codec with one more key, under which records are opened but never sealed: the one from
// before a rotation. This codec stays as it is. [ErrInvalidArgument] under [RecordFormatS2], whose records do not say
// which key sealed them, and for a key with the id of the one that seals.
func (c *RecordCodec) WithDecryptOnlyKey(key *Key) (*RecordCodec, error) {
	h, err := c.use()
	if err != nil {
		return nil, err
	}
	defer h.release()
	k, err := key.use()
	if err != nil {
		return nil, err
	}
	defer k.release()
	return newRecordCodec(recordCodecWithDecryptOnlyKey(h.pointer, k.pointer))
}

// Cipher returns the cipher of the key that seals.
func (c *RecordCodec) Cipher() Cipher {
	if c == nil || c.recordCodecState == nil {
		return 0
	}
	return c.cipher
}

// Engine returns the engine that serves the key that seals.
func (c *RecordCodec) Engine() Engine {
	if c == nil || c.recordCodecState == nil {
		return 0
	}
	return c.engine
}

// Format returns the codec's format.
func (c *RecordCodec) Format() RecordFormat {
	if c == nil || c.recordCodecState == nil {
		return 0
	}
	return c.format
}

// KeyID returns the id of the key that seals, as records of [RecordFormatBound] carry it; false under the other format.
func (c *RecordCodec) KeyID() (id [4]byte, known bool) {
	if c.Format() != RecordFormatBound {
		return id, false
	}
	return c.keyID, true
}

// SealedLength returns the length of the record of a plaintext, in bytes; 0 for a negative length, and for a codec that
// is closed.
func (c *RecordCodec) SealedLength(plaintextLength int, place Place) int {
	h, err := c.use()
	if err != nil || plaintextLength < 0 {
		return 0
	}
	defer h.release()
	return recordSealedLength(h.pointer, plaintextLength, place)
}

// OpenedLength returns the length of a record's plaintext, in bytes, from what it says in clear; whether it opens is
// another question. [ErrMalformed], [ErrUnsupportedFormat], [ErrCipherMismatch].
func (c *RecordCodec) OpenedLength(record []byte) (int, error) {
	h, err := c.use()
	if err != nil {
		return 0, err
	}
	defer h.release()
	return recordOpenedLength(h.pointer, record)
}

// NeedsReseal tells whether a record was sealed under a key that only opens, and so waits for [RecordCodec.Reseal]. The
// record says so itself, in clear. Always false under [RecordFormatS2]. Errors are those of OpenedLength, and
// [ErrUnknownKeyID].
func (c *RecordCodec) NeedsReseal(record []byte) (bool, error) {
	h, err := c.use()
	if err != nil {
		return false, err
	}
	defer h.release()
	return recordNeedsReseal(h.pointer, record)
}

// Seal seals one record under a fresh nonce: [ErrInvalidArgument] for a place that the format cannot bind,
// [ErrMessageTooLong], [ErrUsageLimit], [ErrRandomSource], and under [RecordFormatS2] [ErrMalformed] where the plaintext
// is not an encoded envelope.
func (c *RecordCodec) Seal(plaintext []byte, place Place) ([]byte, error) {
	sealed, err := c.SealBatch(RecordBatch{plaintext, []int{0, len(plaintext)}}, []Place{place})
	if err != nil {
		return nil, err
	}
	return sealed.At(0), nil
}

// SealBatch seals records of mixed lengths, or none of them, each at its place; without places, at none. Errors are
// those of Seal.
func (c *RecordCodec) SealBatch(plaintexts RecordBatch, places []Place) (RecordBatch, error) {
	h, err := c.use()
	if err != nil {
		return RecordBatch{}, err
	}
	defer h.release()
	if err := checkPlaces(plaintexts, places); err != nil {
		return RecordBatch{}, err
	}
	room := len(plaintexts.Bytes) + plaintexts.Len()*c.overhead
	for _, place := range places {
		room += place.headerLength()
	}
	sealed := RecordBatch{make([]byte, room), make([]int, plaintexts.Len()+1)}
	if err := sealRecords(h.pointer, plaintexts.orEmpty(), places, sealed); err != nil {
		return RecordBatch{}, err
	}
	return sealed.cut(), nil
}

// Open opens one record: [ErrAuthenticationFailed] for one that is forged or belongs to another place, [ErrMalformed],
// [ErrUnsupportedFormat], [ErrCipherMismatch], [ErrInvalidArgument] for a place that the format cannot bind, and under
// [RecordFormatBound] [ErrUnknownKeyID]. The plaintext is the caller's to wipe.
func (c *RecordCodec) Open(record []byte, place Place) ([]byte, error) {
	opened, err := c.OpenBatch(RecordBatch{record, []int{0, len(record)}}, []Place{place})
	if err != nil {
		return nil, err
	}
	return opened.At(0), nil
}

// OpenBatch opens records, each at its place; without places, at none. The error is that of the first that failed; with
// [ErrAuthenticationFailed] the error's Numbers are all that failed so, from 0. After an error nothing is returned.
func (c *RecordCodec) OpenBatch(records RecordBatch, places []Place) (RecordBatch, error) {
	opened, err := c.openBatch(records, places, nil)
	if err != nil {
		opened.Wipe()
		return RecordBatch{}, err
	}
	return opened, nil
}

// OpenBatchPartial opens those of the records that can be opened. Failures tells of each what its error is, 0 where it
// opened; the plaintext of one that failed is zeros, or empty where its length is unknown. The error is nil unless
// nothing could be tried.
func (c *RecordCodec) OpenBatchPartial(records RecordBatch, places []Place) (opened RecordBatch, failures []ErrorCode, err error) {
	failures = untried(records.Len())
	opened, err = c.openBatch(records, places, failures)
	if err != nil && !wereTried(failures) {
		return RecordBatch{}, nil, err
	}
	return opened, failures, nil
}

func (c *RecordCodec) openBatch(records RecordBatch, places []Place, failures []ErrorCode) (RecordBatch, error) {
	h, err := c.use()
	if err != nil {
		return RecordBatch{}, err
	}
	defer h.release()
	if err := checkPlaces(records, places); err != nil {
		return RecordBatch{}, err
	}
	opened := RecordBatch{make([]byte, len(records.Bytes)), make([]int, records.Len()+1)}
	err = openRecords(h.pointer, records.orEmpty(), places, opened, failures)
	return opened.cut(), err
}

// Reseal opens a record at its place, and seals it under the key that seals now, after a rotation. If it has a clock, it
// keeps it and counts one reseal more, so that [CompareWrites] prefers it to its older form, and any later write to it;
// without a clock nothing tells which is the older. Errors are those of Open and Seal; [ErrInvalidArgument] under
// [RecordFormatS2], whose key stays.
func (c *RecordCodec) Reseal(record []byte, place Place) ([]byte, error) {
	h, err := c.use()
	if err != nil {
		return nil, err
	}
	defer h.release()
	to := make([]byte, len(record)+MaxRecordOverhead)
	written, err := resealRecord(h.pointer, record, place, to)
	if err != nil {
		return nil, err
	}
	return to[:written:written], nil
}

// Close frees the codec. It always returns nil.
func (c *RecordCodec) Close() error {
	if c != nil && c.recordCodecState != nil {
		c.handle.close()
	}
	return nil
}

// notTried is no code of the library.
const notTried ErrorCode = -1

// untried returns failures that the library overwrites unless it refuses the whole batch.
func untried(count int) []ErrorCode {
	failures := make([]ErrorCode, count)
	for i := range failures {
		failures[i] = notTried
	}
	return failures
}

func wereTried(failures []ErrorCode) bool { return len(failures) > 0 && failures[0] != notTried }
