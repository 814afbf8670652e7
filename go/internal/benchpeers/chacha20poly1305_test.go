package benchpeers

import (
	"bytes"
	"crypto/cipher"
	"testing"

	"golang.org/x/crypto/chacha20poly1305"

	pagecrypt "libpagecrypt/go"
)

func both(t testing.TB) (ours, theirs cipher.AEAD) {
	t.Helper()
	secret := []byte("0123456789abcdefghijklmnopqrstuv")
	key, err := pagecrypt.NewKey(secret, pagecrypt.ChaCha20Poly1305)
	if err != nil {
		t.Fatal(err)
	}
	if ours, err = pagecrypt.NewAEAD(key); err != nil {
		t.Fatal(err)
	}
	if theirs, err = chacha20poly1305.New(secret); err != nil {
		t.Fatal(err)
	}
	return ours, theirs
}

func TestBothSealTheSame(t *testing.T) {
	ours, theirs := both(t)
	nonce, data := make([]byte, 12), []byte("data")
	for length := range 600 {
		text := bytes.Repeat([]byte{7}, length)
		sealed := theirs.Seal(nil, nonce, text, data)
		if !bytes.Equal(ours.Seal(nil, nonce, text, data), sealed) {
			t.Errorf("%d bytes differ", length)
		}
		if opened, err := ours.Open(nil, nonce, sealed, data); err != nil || !bytes.Equal(opened, text) {
			t.Errorf("%d bytes: %v", length, err)
		}
	}
}

func BenchmarkSealMessage(b *testing.B) {
	const length = 4048 // as in package pagecrypt
	ours, theirs := both(b)
	for name, aead := range map[string]cipher.AEAD{"libpagecrypt": ours, "x/crypto": theirs} {
		b.Run(name, func(b *testing.B) {
			nonce, buffer := make([]byte, 12), make([]byte, length, length+aead.Overhead())
			b.SetBytes(length)
			for b.Loop() {
				aead.Seal(buffer[:0], nonce, buffer, nil)
			}
		})
	}
}
