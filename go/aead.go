package pagecrypt

import (
	"crypto/cipher"
	"errors"
	"slices"
	"unsafe"
)

// NewAEAD returns key's cipher as a [cipher.AEAD], which behaves as those of the standard library: Seal and Open append
// to dst, work in place with plaintext[:0], and panic on a nonce of the wrong length and on buffers that overlap
// otherwise; a failed Open clears what it would have appended.
//
// The AEAD holds the key until the garbage collector frees it, whether key is closed or not. It has a Close method
// ([io.Closer]) for those who want the key wiped sooner. Seal panics with an [error] where it cannot succeed: after
// Close, and on a message that is too long. Open's errors are [ErrAuthenticationFailed] and [ErrClosed].
//
// A nonce must never be used twice under one key: under AES-GCM this gives away what authenticates messages. The count
// of [Key.Seals] does not include messages whose nonce the caller chose.
func NewAEAD(key *Key) (cipher.AEAD, error) {
	own, err := key.Clone()
	if err != nil {
		return nil, err
	}
	return &aead{own}, nil
}

type aead struct{ key *Key }

func (a *aead) NonceSize() int { return a.key.cipher.NonceLength() }

func (a *aead) Overhead() int { return TagLength }

func (a *aead) Close() error { return a.key.Close() }

// String shows nothing of the key.
func (a *aead) String() string { return "pagecrypt.AEAD(" + a.key.cipher.String() + ")" }

func (a *aead) Seal(dst, nonce, plaintext, additionalData []byte) []byte {
	a.checkNonce(nonce)
	result, out := extend(dst, len(plaintext)+TagLength)
	checkOverlap(out, plaintext, additionalData)
	h, err := a.key.use()
	if err != nil {
		panic(err)
	}
	defer h.release()
	text, tag := out[:len(plaintext)], out[len(plaintext):]
	if err := sealOne(h.pointer, apart(nonce, out), additionalData, plaintext, text, tag); err != nil {
		panic(err)
	}
	return result
}

func (a *aead) Open(dst, nonce, ciphertext, additionalData []byte) ([]byte, error) {
	a.checkNonce(nonce)
	if len(ciphertext) < TagLength {
		return nil, messageFailed()
	}
	text, tag := ciphertext[:len(ciphertext)-TagLength], ciphertext[len(ciphertext)-TagLength:]
	result, out := extend(dst, len(text))
	checkOverlap(out, ciphertext, additionalData)
	h, err := a.key.use()
	if err != nil {
		return nil, err
	}
	defer h.release()
	if err := openOne(h.pointer, apart(nonce, out), additionalData, text, out, tag); err != nil {
		clear(out)
		return nil, err
	}
	return result, nil
}

func (a *aead) checkNonce(nonce []byte) {
	if len(nonce) != a.NonceSize() {
		panic("pagecrypt: incorrect nonce length given to " + a.key.cipher.String())
	}
}

// messageFailed is what the library says of one message that does not open.
func messageFailed() error {
	return &Error{
		Code:    ErrAuthenticationFailed,
		Message: "authentication failed: message 0",
		Unit:    UnitMessage,
		Count:   1,
		Numbers: []uint64{0},
	}
}

// extend returns dst with n more bytes, and these bytes.
func extend(dst []byte, n int) (whole, tail []byte) {
	whole = slices.Grow(dst, n)[:len(dst)+n]
	return whole, whole[len(dst):]
}

// checkOverlap panics unless out and in begin at the same byte or lie apart, and associated data lies apart.
func checkOverlap(out, in, associatedData []byte) {
	if len(out) > 0 && len(in) > 0 && &out[0] != &in[0] && overlap(out, in) {
		panic("pagecrypt: invalid buffer overlap of output and input")
	}
	if overlap(out, associatedData) {
		panic("pagecrypt: invalid buffer overlap of output and additional data")
	}
}

func overlap(a, b []byte) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	firstA, firstB := uintptr(unsafe.Pointer(&a[0])), uintptr(unsafe.Pointer(&b[0]))
	return firstA < firstB+uintptr(len(b)) && firstB < firstA+uintptr(len(a))
}

// apart returns a nonce that does not overlap out: the standard library allows it to.
func apart(nonce, out []byte) []byte {
	if overlap(nonce, out) {
		return slices.Clone(nonce)
	}
	return nonce
}

// A Batch is a number of messages of mixed lengths, in a few contiguous slices. Message i is bytes [Offsets[i],
// Offsets[i+1]) of From and To.
type Batch struct {
	// Offsets are one more than there are messages, ascending, none beyond the length of From.
	Offsets []int
	// Nonces lie one after the other.
	Nonces []byte
	// AssociatedData of message i is bytes [AssociatedDataOffsets[i], AssociatedDataOffsets[i+1]) of it. No message has
	// any where AssociatedDataOffsets is nil.
	AssociatedData        []byte
	AssociatedDataOffsets []int
	// From and To are of the same length: the same bytes, to work in place, or apart.
	From, To []byte
	// Tags lie one after the other, TagLength bytes each.
	Tags []byte
	// Opened, where it is not nil, tells of each message whether [Key.OpenBatch] opened it.
	Opened []bool
}

// SealBatchAssumeUniqueNonces seals the messages of a batch: reads Nonces, AssociatedData and From, writes To and Tags.
// That no nonce was used before under this key is the caller's duty. It costs less than sealing one by one. After an
// error nothing has been written.
func (k *Key) SealBatchAssumeUniqueNonces(batch *Batch) error {
	h, err := k.use()
	if err != nil {
		return err
	}
	defer h.release()
	if err := batch.check(k.cipher); err != nil {
		return err
	}
	return sealBatch(h.pointer, batch)
}

// OpenBatch opens the messages of a batch: reads Nonces, AssociatedData, From and Tags, writes To, and Opened where it
// is not nil. With [ErrAuthenticationFailed] the error's Numbers are the messages that failed, from 0: zeros are in
// their place, and the others are open. After another error nothing has been written.
func (k *Key) OpenBatch(batch *Batch) error {
	h, err := k.use()
	if err != nil {
		return err
	}
	defer h.release()
	if err := batch.check(k.cipher); err != nil {
		return err
	}
	if batch.Opened != nil && len(batch.Opened) != batch.count() {
		return wrongBufferLength(batch.count(), len(batch.Opened))
	}
	err = openBatch(h.pointer, batch)
	if err != nil && !errors.Is(err, ErrAuthenticationFailed) {
		clear(batch.Opened)
	}
	return err
}

func (b *Batch) count() int { return len(b.Offsets) - 1 }

// check sees to what the library cannot see: that the slices are as long as it takes them to be.
func (b *Batch) check(c Cipher) error {
	switch {
	case len(b.Offsets) == 0:
		return invalidArgument("a batch needs one offset more than it has messages")
	case b.AssociatedDataOffsets != nil && len(b.AssociatedDataOffsets) != len(b.Offsets):
		return invalidArgument("a batch needs one offset of associated data more than it has messages, or none")
	case len(b.To) != len(b.From):
		return wrongBufferLength(len(b.From), len(b.To))
	case len(b.Nonces) != b.count()*c.NonceLength():
		return wrongBufferLength(b.count()*c.NonceLength(), len(b.Nonces))
	case len(b.Tags) != b.count()*TagLength:
		return wrongBufferLength(b.count()*TagLength, len(b.Tags))
	}
	return nil
}
