package pagecrypt

// A Padding is how much of an entry's length its record shows.
type Padding int32

// The paddings.
const (
	// PaddingNone shows all of it.
	PaddingNone Padding = 0
	// PaddingPadme shows a size class, by the rule Padmé: an entry becomes at most 12 % longer.
	PaddingPadme Padding = 1
)

// String returns the padding's name, such as padme.
func (p Padding) String() string {
	return enumName(int(p), "Padding", "none", "padme")
}

// An Entry is what is sealed under a path of a store. Printing it shows lengths only.
type Entry struct {
	// Path, Type (what the entry is) and Schema (what its body is laid out by) have up to 65535 bytes each.
	Path, Type, Schema []byte
	Body               []byte
	// Clock is when the entry was written, in the writer's units, readable without the key; nil for none.
	Clock *uint64
}

// Wipe writes zeros over path, type, schema and body.
func (e Entry) Wipe() {
	for _, part := range e.parts() {
		clear(part)
	}
}

func (e Entry) parts() [4][]byte { return [4][]byte{e.Path, e.Type, e.Schema, e.Body} }

// A StoreCodec seals and opens the entries of a store. A server keeps, for each path, its token and a record: what the
// entry is, it cannot read, nor compare with another store's.
type StoreCodec struct{ *storeCodecState }

type storeCodecState struct {
	handle *handle
	cipher Cipher
	engine Engine
	keyID  [4]byte
}

// NewStoreCodec returns a codec of the store with this id. The padding concerns what is sealed: entries open however they
// were padded.
//
// The codec holds both keys until it is closed itself, whether they are closed or not.
func NewStoreCodec(key *Key, storeID [16]byte, tokenKey *TokenKey, padding Padding) (*StoreCodec, error) {
	h, err := key.use()
	if err != nil {
		return nil, err
	}
	defer h.release()
	t, err := tokenKey.use()
	if err != nil {
		return nil, err
	}
	defer t.release()
	keyID, err := keyIDOf(h.pointer, StoreContext(storeID))
	if err != nil {
		return nil, err
	}
	codec, err := storeCodecNew(h.pointer, &storeID, t.pointer, padding)
	if err != nil {
		return nil, err
	}
	return &StoreCodec{&storeCodecState{codec, key.cipher, key.engine, keyID}}, nil
}

func (c *StoreCodec) use() (*handle, error) {
	if c == nil || c.storeCodecState == nil {
		return nil, notMade("a codec")
	}
	if _, err := c.handle.acquire(); err != nil {
		return nil, err
	}
	return c.handle, nil
}

// WithDecryptOnlyKey is [RecordCodec.WithDecryptOnlyKey].
func (c *StoreCodec) WithDecryptOnlyKey(key *Key) (*StoreCodec, error) {
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
	codec, err := storeCodecWithDecryptOnlyKey(h.pointer, k.pointer)
	if err != nil {
		return nil, err
	}
	return &StoreCodec{&storeCodecState{codec, c.cipher, c.engine, c.keyID}}, nil
}

// Cipher returns the cipher of the key that seals.
func (c *StoreCodec) Cipher() Cipher {
	if c == nil || c.storeCodecState == nil {
		return 0
	}
	return c.cipher
}

// Engine returns the engine that serves the key that seals.
func (c *StoreCodec) Engine() Engine {
	if c == nil || c.storeCodecState == nil {
		return 0
	}
	return c.engine
}

// KeyID returns the id of the key that seals, as records carry it.
func (c *StoreCodec) KeyID() [4]byte {
	if c == nil || c.storeCodecState == nil {
		return [4]byte{}
	}
	return c.keyID
}

// Token returns the token of a path: see [TokenKey.Token].
func (c *StoreCodec) Token(path []byte) ([32]byte, error) {
	h, err := c.use()
	if err != nil {
		return [32]byte{}, err
	}
	defer h.release()
	return storeToken(h.pointer, path)
}

// SealedLength returns the length of an entry's record, in bytes; 0 for a path, type or schema that is too long, and for
// a codec that is closed.
func (c *StoreCodec) SealedLength(entry Entry) int {
	h, err := c.use()
	if err != nil {
		return 0
	}
	defer h.release()
	return entriesSealedLength(h.pointer, []Entry{entry})
}

// Seal seals an entry under a fresh nonce: the token of its path, and its record. [ErrInvalidArgument] for a path, type or
// schema that is too long; else as [RecordCodec.Seal].
func (c *StoreCodec) Seal(entry Entry) (token [32]byte, record []byte, err error) {
	tokens, records, err := c.SealBatch([]Entry{entry})
	if err != nil {
		return token, nil, err
	}
	return tokens[0], records.At(0), nil
}

// SealBatch seals entries, or none of them. Errors are those of Seal.
func (c *StoreCodec) SealBatch(entries []Entry) (tokens [][32]byte, records RecordBatch, err error) {
	h, err := c.use()
	if err != nil {
		return nil, RecordBatch{}, err
	}
	defer h.release()
	tokens, records, err = sealEntries(h.pointer, entries)
	if err != nil {
		return nil, RecordBatch{}, err
	}
	return tokens, records.cut(), nil
}

// Open opens the entry of which record is kept under token. Errors are those of [RecordCodec.Open];
// [ErrAuthenticationFailed] also for an entry whose path does not give the token, and [ErrMalformed] for what is no entry.
// The entry is the caller's to wipe.
func (c *StoreCodec) Open(token [32]byte, record []byte) (Entry, error) {
	opened, err := c.OpenBatch([][32]byte{token}, RecordBatch{record, []int{0, len(record)}})
	if err != nil {
		return Entry{}, err
	}
	return opened[0], nil
}

// OpenBatch opens entries, of each of which the record is kept under the token. Errors are those of Open, as
// [RecordCodec.OpenBatch] gives them. After an error nothing is returned.
func (c *StoreCodec) OpenBatch(tokens [][32]byte, records RecordBatch) ([]Entry, error) {
	opened, err := c.openBatch(tokens, records, nil)
	if err != nil {
		for _, entry := range opened {
			entry.Wipe()
		}
		return nil, err
	}
	return opened, nil
}

// OpenBatchPartial opens those of the entries that can be opened. Failures tells of each what its error is, 0 where it
// opened; one that failed is empty. The error is nil unless nothing could be tried.
func (c *StoreCodec) OpenBatchPartial(tokens [][32]byte, records RecordBatch) (opened []Entry, failures []ErrorCode, err error) {
	failures = untried(records.Len())
	opened, err = c.openBatch(tokens, records, failures)
	if err != nil && !wereTried(failures) {
		return nil, nil, err
	}
	return opened, failures, nil
}

func (c *StoreCodec) openBatch(tokens [][32]byte, records RecordBatch, failures []ErrorCode) ([]Entry, error) {
	h, err := c.use()
	if err != nil {
		return nil, err
	}
	defer h.release()
	if len(tokens) != records.Len() {
		return nil, invalidArgument("a batch of a store needs a token for each record")
	}
	return openEntries(h.pointer, tokens, records.orEmpty(), failures)
}

// NeedsReseal tells whether a record was sealed under a key that only opens: see [RecordCodec.NeedsReseal].
func (c *StoreCodec) NeedsReseal(record []byte) (bool, error) {
	h, err := c.use()
	if err != nil {
		return false, err
	}
	defer h.release()
	return storeNeedsReseal(h.pointer, record)
}

// Reseal seals what record holds, which is kept under token, under the key that seals: see [RecordCodec.Reseal].
func (c *StoreCodec) Reseal(token [32]byte, record []byte) ([]byte, error) {
	h, err := c.use()
	if err != nil {
		return nil, err
	}
	defer h.release()
	to := make([]byte, len(record)+MaxRecordOverhead)
	written, err := resealEntry(h.pointer, &token, record, to)
	if err != nil {
		return nil, err
	}
	return to[:written:written], nil
}

// Close frees the codec. It always returns nil.
func (c *StoreCodec) Close() error {
	if c != nil && c.storeCodecState != nil {
		c.handle.close()
	}
	return nil
}
