package pagecrypt

import (
	"fmt"
	"io"
	"log/slog"
)

// An Encoding is a way to write a key as text.
type Encoding int32

// The encodings: standard base64 with padding, and lowercase hexadecimal.
const (
	Base64 Encoding = 1
	Hex    Encoding = 2
)

// String returns the encoding's name.
func (e Encoding) String() string {
	return enumName(int(e), "Encoding", "Encoding(0)", "base64", "hex")
}

// A Key is secret bytes that know their cipher and the engine that serves it. They lie outside Go's memory, are wiped
// by [Key.Close], and are never printed: only [Key.Bytes] and [Key.Text] give them away.
type Key struct{ *keyState }

type keyState struct {
	handle *handle
	cipher Cipher
	engine Engine
}

// NewKey makes a key of bytes, which it copies: exactly the cipher's key length, else [ErrKeyLength].
func NewKey(bytes []byte, cipher Cipher) (*Key, error) {
	return newKey(keyNew(bytes, cipher))
}

// ParseKey reads a key's text: standard base64 or hexadecimal, white space around it ignored. [DefaultCipher] takes the
// default for the key's length. Text that is not a key gives [ErrKeyText]; one of another length than the cipher's,
// [ErrKeyLength].
func ParseKey[Text string | []byte](text Text, cipher Cipher) (*Key, error) {
	switch text := any(text).(type) {
	case []byte:
		return newKey(keyFromText(text, cipher))
	case string:
		return newKey(keyFromString(text, cipher))
	}
	return nil, invalidArgument("a text of another type")
}

// GenerateKey makes a key of the operating system's random bytes.
func GenerateKey(cipher Cipher) (*Key, error) {
	return newKey(keyGenerate(cipher))
}

func newKey(h *handle, cipher Cipher, engine Engine, err error) (*Key, error) {
	if err != nil {
		return nil, err
	}
	return &Key{&keyState{h, cipher, engine}}, nil
}

// use gives the key's C object to an operation; release ends it.
func (k *Key) use() (*handle, error) {
	if k == nil || k.keyState == nil {
		return nil, notMade("a key")
	}
	if _, err := k.handle.acquire(); err != nil {
		return nil, err
	}
	return k.handle, nil
}

// WithEngine returns the same key, served by the best engine that is not above ceiling, which counts its seals anew.
// [ErrUnknownEngine] where this CPU does not run ceiling.
func (k *Key) WithEngine(ceiling Engine) (*Key, error) {
	h, err := k.use()
	if err != nil {
		return nil, err
	}
	defer h.release()
	return newKey(keyWithEngine(h.pointer, ceiling))
}

// WithCipher returns the same bytes as a key of another cipher of the same key length, else [ErrKeyLength], which counts
// its seals anew.
func (k *Key) WithCipher(cipher Cipher) (*Key, error) {
	h, err := k.use()
	if err != nil {
		return nil, err
	}
	defer h.release()
	return newKey(keyWithCipher(h.pointer, cipher))
}

// Clone returns the same key with a Close of its own. Both share the count of seals.
func (k *Key) Clone() (*Key, error) {
	h, err := k.use()
	if err != nil {
		return nil, err
	}
	defer h.release()
	return newKey(keyClone(h.pointer))
}

// Cipher returns the key's cipher.
func (k *Key) Cipher() Cipher {
	if k == nil || k.keyState == nil {
		return 0
	}
	return k.cipher
}

// Engine returns the engine that serves the key.
func (k *Key) Engine() Engine {
	if k == nil || k.keyState == nil {
		return 0
	}
	return k.engine
}

// Seals returns how many messages this key and its clones have sealed under random nonces; 0 once it is closed.
func (k *Key) Seals() uint64 {
	h, err := k.use()
	if err != nil {
		return 0
	}
	defer h.release()
	return keySeals(h.pointer)
}

// Equal tells whether both keys have the same cipher and bytes, compared in constant time; false where one is nil or
// closed.
func (k *Key) Equal(other *Key) bool {
	h, err := k.use()
	if err != nil {
		return false
	}
	defer h.release()
	o, err := other.use()
	if err != nil {
		return false
	}
	defer o.release()
	return keyEqual(h.pointer, o.pointer)
}

// Bytes returns a copy of the secret bytes. It is the caller's to wipe.
func (k *Key) Bytes() ([]byte, error) {
	h, err := k.use()
	if err != nil {
		return nil, err
	}
	defer h.release()
	return keyBytes(h.pointer, k.cipher.KeyLength())
}

// Text returns the secret bytes as text that [ParseKey] reads.
func (k *Key) Text(encoding Encoding) (string, error) {
	h, err := k.use()
	if err != nil {
		return "", err
	}
	defer h.release()
	return keyText(h.pointer, encoding)
}

// Close frees the key; its bytes are wiped once no clone, codec or reader that was made of it needs them. It always
// returns nil.
func (k *Key) Close() error {
	if k != nil && k.keyState != nil {
		k.handle.close()
	}
	return nil
}

// String tells the cipher, and nothing of the secret.
func (k Key) String() string {
	if k.keyState == nil {
		return "pagecrypt.Key(none)"
	}
	return "pagecrypt.Key(" + k.cipher.String() + ")"
}

// GoString is String.
func (k Key) GoString() string { return k.String() }

// Format writes String, whatever the verb.
func (k Key) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, k.String()) }

// MarshalJSON writes String as JSON, which nothing reads back.
func (k Key) MarshalJSON() ([]byte, error) { return []byte(`"` + k.String() + `"`), nil }

// LogValue is String.
func (k Key) LogValue() slog.Value { return slog.StringValue(k.String()) }
