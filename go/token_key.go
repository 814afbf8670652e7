package pagecrypt

import (
	"fmt"
	"io"
	"log/slog"
)

// A TokenKey makes tokens of paths: 32 random bytes of a store, which stay when its data keys are rotated, so that a path
// keeps its token. As a [Key], it lies outside Go's memory, is wiped by Close, and is never printed.
type TokenKey struct{ *tokenKeyState }

type tokenKeyState struct{ handle *handle }

// TokenKeyLength is the length of a token key, in bytes.
const TokenKeyLength = 32

// NewTokenKey makes a token key of bytes, which it copies: exactly [TokenKeyLength] of them, else [ErrKeyLength].
func NewTokenKey(bytes []byte) (*TokenKey, error) {
	return newTokenKey(tokenKeyNew(bytes))
}

// GenerateTokenKey makes a token key of the operating system's random bytes.
func GenerateTokenKey() (*TokenKey, error) {
	return newTokenKey(tokenKeyGenerate())
}

func newTokenKey(h *handle, err error) (*TokenKey, error) {
	if err != nil {
		return nil, err
	}
	return &TokenKey{&tokenKeyState{h}}, nil
}

func (k *TokenKey) use() (*handle, error) {
	if k == nil || k.tokenKeyState == nil {
		return nil, notMade("a token key")
	}
	if _, err := k.handle.acquire(); err != nil {
		return nil, err
	}
	return k.handle, nil
}

// Bytes returns a copy of the secret bytes. It is the caller's to wipe.
func (k *TokenKey) Bytes() ([]byte, error) {
	h, err := k.use()
	if err != nil {
		return nil, err
	}
	defer h.release()
	return tokenKeyBytes(h.pointer)
}

// Token returns the token of a path: HMAC-SHA256. Paths are compared byte by byte, so bring text into one form before.
func (k *TokenKey) Token(path []byte) ([32]byte, error) {
	h, err := k.use()
	if err != nil {
		return [32]byte{}, err
	}
	defer h.release()
	return tokenKeyToken(h.pointer, path)
}

// Equal tells whether both have the same bytes, compared in constant time; false where one is nil or closed.
func (k *TokenKey) Equal(other *TokenKey) bool {
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
	return tokenKeyEqual(h.pointer, o.pointer)
}

// Close frees the token key; its bytes are wiped once no codec that was made of it needs them. It always returns nil.
func (k *TokenKey) Close() error {
	if k != nil && k.tokenKeyState != nil {
		k.handle.close()
	}
	return nil
}

// String tells nothing of the secret.
func (k TokenKey) String() string { return "pagecrypt.TokenKey" }

// GoString is String.
func (k TokenKey) GoString() string { return k.String() }

// Format writes String, whatever the verb.
func (k TokenKey) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, k.String()) }

// MarshalJSON writes String as JSON, which nothing reads back.
func (k TokenKey) MarshalJSON() ([]byte, error) { return []byte(`"` + k.String() + `"`), nil }

// LogValue is String.
func (k TokenKey) LogValue() slog.Value { return slog.StringValue(k.String()) }
