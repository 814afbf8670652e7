package pagecrypt

import (
	"math"
	"strconv"
)

// TagLength is the length of every cipher's authentication tag, in bytes.
const TagLength = 16

// A Cipher is one of the catalogue's algorithms. Its value is its number on disk.
type Cipher int32

// The ciphers. DefaultCipher stands for AEGIS256 where a key has 32 bytes and for AEGIS128L where it has 16; only
// [ParseKey] takes it.
const (
	DefaultCipher    Cipher = 0
	AES128GCM        Cipher = 1
	AES256GCM        Cipher = 2
	AEGIS256         Cipher = 3
	AEGIS256X2       Cipher = 4
	AEGIS256X4       Cipher = 5
	AEGIS128L        Cipher = 6
	AEGIS128X2       Cipher = 7
	AEGIS128X4       Cipher = 8
	ChaCha20Poly1305 Cipher = 9
)

// catalogueRow is what the catalogue says of a cipher. A test compares the rows with the library's.
type catalogueRow struct {
	name, hyphenated string
	key, nonce       int
	maxMessage       uint64
	maxRandomSeals   uint64
}

const (
	maxGCM      = 1<<36 - 32
	maxChaCha20 = 1<<38 - 64
	maxAEGIS    = 1<<61 - 1
)

var catalogue = [...]catalogueRow{
	AES128GCM:        {"aes128gcm", "aes-128-gcm", 16, 12, maxGCM, 1 << 32},
	AES256GCM:        {"aes256gcm", "aes-256-gcm", 32, 12, maxGCM, 1 << 32},
	AEGIS256:         {"aegis256", "aegis-256", 32, 32, maxAEGIS, math.MaxUint64},
	AEGIS256X2:       {"aegis256x2", "aegis-256x2", 32, 32, maxAEGIS, math.MaxUint64},
	AEGIS256X4:       {"aegis256x4", "aegis-256x4", 32, 32, maxAEGIS, math.MaxUint64},
	AEGIS128L:        {"aegis128l", "aegis-128l", 16, 16, maxAEGIS, 1 << 48},
	AEGIS128X2:       {"aegis128x2", "aegis-128x2", 16, 16, maxAEGIS, 1 << 48},
	AEGIS128X4:       {"aegis128x4", "aegis-128x4", 16, 16, maxAEGIS, 1 << 48},
	ChaCha20Poly1305: {"chacha20poly1305", "chacha20-poly1305", 32, 12, maxChaCha20, 1 << 32},
}

// row is empty for a number without a cipher.
func (c Cipher) row() catalogueRow {
	if c < 0 || int(c) >= len(catalogue) {
		return catalogueRow{}
	}
	return catalogue[c]
}

// Ciphers returns every cipher, in the order of their numbers.
func Ciphers() []Cipher {
	ciphers := make([]Cipher, 0, len(catalogue)-1)
	for number := 1; number < len(catalogue); number++ {
		ciphers = append(ciphers, Cipher(number))
	}
	return ciphers
}

// ParseCipher returns the cipher with this name, in any case: joined (aegis256), hyphenated (aegis-256) or underscored.
// Another name gives [ErrUnknownCipher].
func ParseCipher(name string) (Cipher, error) {
	return cipherFromName(name)
}

// String returns the canonical name, such as aegis256.
func (c Cipher) String() string {
	if name := c.row().name; name != "" {
		return name
	}
	return "Cipher(" + strconv.Itoa(int(c)) + ")"
}

// HyphenatedName returns the hyphenated name, such as aegis-256; "" for a number without a cipher.
func (c Cipher) HyphenatedName() string { return c.row().hyphenated }

// KeyLength returns the length of a key, in bytes: 16 or 32; 0 for a number without a cipher, like all lengths here.
func (c Cipher) KeyLength() int { return c.row().key }

// NonceLength returns the length of a nonce, in bytes: 12, 16 or 32.
func (c Cipher) NonceLength() int { return c.row().nonce }

// ReservedLength returns how many bytes at the end of each page hold tag and nonce.
func (c Cipher) ReservedLength() int {
	if c.row().nonce == 0 {
		return 0
	}
	return c.row().nonce + TagLength
}

// MaxMessageLength returns the length of the longest message, in bytes.
func (c Cipher) MaxMessageLength() uint64 { return c.row().maxMessage }

// MaxRandomSeals returns how many messages one key may seal under random nonces; [math.MaxUint64] where there is no
// limit.
func (c Cipher) MaxRandomSeals() uint64 { return c.row().maxRandomSeals }

// Engine returns the engine that serves the cipher on this CPU.
func (c Cipher) Engine() (Engine, error) {
	return cipherEngine(c)
}

// MarshalText returns the canonical name. A number without a cipher gives [ErrUnknownCipher].
func (c Cipher) MarshalText() ([]byte, error) {
	if c.row().name == "" {
		return nil, newError(ErrUnknownCipher, "no cipher has the number "+strconv.Itoa(int(c)))
	}
	return []byte(c.row().name), nil
}

// UnmarshalText sets the cipher by its name, as [ParseCipher] reads it.
func (c *Cipher) UnmarshalText(name []byte) error {
	cipher, err := ParseCipher(string(name))
	if err != nil {
		return err
	}
	*c = cipher
	return nil
}
