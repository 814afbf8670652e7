//go:build cgo && (pagecrypt_system || (linux && (amd64 || arm64)))

package pagecrypt

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// aeads returns an AEAD of every cipher, and the standard library's AES-GCM, which the same is expected of.
func aeads(t testing.TB) map[string]cipher.AEAD {
	t.Helper()
	all := make(map[string]cipher.AEAD)
	for _, c := range Ciphers() {
		aead, err := NewAEAD(testKey(t, c))
		if err != nil {
			t.Fatal(err)
		}
		all[c.String()] = aead
	}
	for _, c := range []Cipher{AES128GCM, AES256GCM} {
		all["crypto/cipher "+c.String()] = standardGCM(t, c)
	}
	return all
}

func standardGCM(t testing.TB, c Cipher) cipher.AEAD {
	t.Helper()
	block, err := aes.NewCipher(counting(c.KeyLength()))
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	return gcm
}

func panics(f func()) (message string) {
	defer func() {
		if value := recover(); value != nil {
			message = fmt.Sprint(value)
		}
	}()
	f()
	return ""
}

var messageLengths = []int{0, 1, 15, 16, 17, 156, 4096, 8193}

// behaviours are what the standard library's AEADs do. `sealed` is text of the given length sealed under nonce and data.
var behaviours = map[string]func(t *testing.T, a cipher.AEAD, nonce, text, data, sealed []byte){
	"a sealed message is longer by the overhead": func(t *testing.T, a cipher.AEAD, nonce, text, data, sealed []byte) {
		if len(sealed) != len(text)+a.Overhead() || a.Overhead() != 16 {
			t.Errorf("%d bytes of %d", len(sealed), len(text))
		}
	},
	"it opens": func(t *testing.T, a cipher.AEAD, nonce, text, data, sealed []byte) {
		if opened, err := a.Open(nil, nonce, sealed, data); err != nil || !bytes.Equal(opened, text) {
			t.Errorf("%x, %v", opened, err)
		}
	},
	"inputs stay as they are": func(t *testing.T, a cipher.AEAD, nonce, text, data, sealed []byte) {
		inputs := [][]byte{nonce, text, data, sealed}
		var before [][]byte
		for _, input := range inputs {
			before = append(before, bytes.Clone(input))
		}
		a.Seal(nil, nonce, text, data)
		if _, err := a.Open(nil, nonce, sealed, data); err != nil {
			t.Error(err)
		}
		for i, input := range inputs {
			if !bytes.Equal(input, before[i]) {
				t.Errorf("input %d was changed", i)
			}
		}
	},
	"it is appended, with and without room": func(t *testing.T, a cipher.AEAD, nonce, text, data, sealed []byte) {
		for _, room := range []int{0, 1, len(sealed) - 1, len(sealed), len(sealed) + 9} {
			dst := append(make([]byte, 0, 3+room), "abc"...)
			out := a.Seal(dst, nonce, text, data)
			if string(out[:3]) != "abc" || !bytes.Equal(out[3:], sealed) || len(out) != 3+len(sealed) {
				t.Errorf("sealing with room for %d", room)
			}
			if room >= len(sealed) && &out[0] != &dst[0] {
				t.Errorf("room for %d was not used", room)
			}
			dst = append(make([]byte, 0, 3+room), "abc"...)
			out, err := a.Open(dst, nonce, sealed, data)
			if err != nil || string(out[:3]) != "abc" || !bytes.Equal(out[3:], text) {
				t.Errorf("opening with room for %d: %v", room, err)
			}
		}
	},
	"nothing behind the output is touched": func(t *testing.T, a cipher.AEAD, nonce, text, data, sealed []byte) {
		buffer := bytes.Repeat([]byte{0xc3}, len(sealed)+64)
		a.Seal(buffer[:0], nonce, text, data)
		if !bytes.Equal(buffer[len(sealed):], bytes.Repeat([]byte{0xc3}, 64)) {
			t.Error("by Seal")
		}
		buffer = bytes.Repeat([]byte{0xc3}, len(text)+64)
		if _, err := a.Open(buffer[:0], nonce, sealed, data); err != nil {
			t.Error(err)
		}
		if !bytes.Equal(buffer[len(text):], bytes.Repeat([]byte{0xc3}, 64)) {
			t.Error("by Open")
		}
	},
	"it works in place": func(t *testing.T, a cipher.AEAD, nonce, text, data, sealed []byte) {
		buffer := append(make([]byte, 0, len(sealed)), text...)
		out := a.Seal(buffer[:0], nonce, buffer, data)
		if !bytes.Equal(out, sealed) || len(text) > 0 && &out[0] != &buffer[0] {
			t.Error("sealing")
		}
		opened, err := a.Open(out[:0], nonce, out, data)
		if err != nil || !bytes.Equal(opened, text) || len(text) > 0 && &opened[0] != &out[0] {
			t.Error("opening", err)
		}
	},
	"the nonce may stand before the message": func(t *testing.T, a cipher.AEAD, nonce, text, data, sealed []byte) {
		box := a.Seal(bytes.Clone(nonce), nonce, text, data)
		opened, err := a.Open(nil, box[:len(nonce)], box[len(nonce):], data)
		if err != nil || !bytes.Equal(opened, text) {
			t.Error(err)
		}
		own := append(make([]byte, 0, len(nonce)+len(sealed)), nonce...)
		if box := a.Seal(own, own, text, data); !bytes.Equal(box[len(nonce):], sealed) {
			t.Error("appended to the nonce itself")
		}
	},
	"the output may take the place of the nonce": func(t *testing.T, a cipher.AEAD, nonce, text, data, sealed []byte) {
		own := append(make([]byte, 0, len(nonce)+len(sealed)), nonce...)
		if out := a.Seal(own[:0], own, text, data); !bytes.Equal(out, sealed) {
			t.Error("sealing")
		}
	},
	"inexact overlap panics": func(t *testing.T, a cipher.AEAD, nonce, text, data, sealed []byte) {
		if len(text) < 2 {
			return
		}
		for _, at := range []int{1, len(text) - 1} {
			buffer := make([]byte, 2*len(sealed))
			if m := panics(func() { a.Seal(buffer[at:at], nonce, buffer[:len(text)], data) }); !strings.Contains(m, "invalid buffer overlap") {
				t.Errorf("Seal at %d: %q", at, m)
			}
			copy(buffer, sealed)
			if m := panics(func() { _, _ = a.Open(buffer[at:at], nonce, buffer[:len(sealed)], data) }); !strings.Contains(m, "invalid buffer overlap") {
				t.Errorf("Open at %d: %q", at, m)
			}
			// The output in the place of the tag.
			if m := panics(func() {
				_, _ = a.Open(buffer[len(text):len(text)], nonce, buffer[:len(sealed)], data)
			}); !strings.Contains(m, "invalid buffer overlap") {
				t.Errorf("Open at the tag: %q", m)
			}
			// The output before the input.
			if m := panics(func() { a.Seal(buffer[:0], nonce, buffer[at:at+len(text)], data) }); !strings.Contains(m, "invalid buffer overlap") {
				t.Errorf("Seal before %d: %q", at, m)
			}
		}
	},
	"overlap of output and associated data panics": func(t *testing.T, a cipher.AEAD, nonce, text, data, sealed []byte) {
		buffer := make([]byte, len(sealed))
		if m := panics(func() { a.Seal(buffer[:0], nonce, text, buffer[:1]) }); !strings.Contains(m, "invalid buffer overlap of output and additional data") {
			t.Errorf("Seal: %q", m)
		}
		if len(text) == 0 {
			return
		}
		if m := panics(func() { _, _ = a.Open(buffer[:0], nonce, sealed, buffer[:1]) }); !strings.Contains(m, "invalid buffer overlap of output and additional data") {
			t.Errorf("Open: %q", m)
		}
	},
	"a nonce of another length panics": func(t *testing.T, a cipher.AEAD, nonce, text, data, sealed []byte) {
		for _, wrong := range [][]byte{nil, nonce[1:], append(bytes.Clone(nonce), 0)} {
			if m := panics(func() { a.Seal(nil, wrong, text, data) }); !strings.Contains(m, "incorrect nonce length") {
				t.Errorf("Seal: %q", m)
			}
			if m := panics(func() { _, _ = a.Open(nil, wrong, sealed, data) }); !strings.Contains(m, "incorrect nonce length") {
				t.Errorf("Open: %q", m)
			}
		}
	},
	"what is changed does not open": func(t *testing.T, a cipher.AEAD, nonce, text, data, sealed []byte) {
		change := func(from []byte, at int) []byte {
			changed := bytes.Clone(from)
			changed[at] ^= 1
			return changed
		}
		fails := func(what string, nonce, sealed, data []byte) {
			if opened, err := a.Open(nil, nonce, sealed, data); err == nil || opened != nil {
				t.Errorf("%s: %d bytes, %v", what, len(opened), err)
			}
		}
		for at := range len(sealed) {
			if at < 300 || at > len(sealed)-40 {
				fails(fmt.Sprint("byte ", at), nonce, change(sealed, at), data)
			}
		}
		for at := range nonce {
			fails(fmt.Sprint("nonce ", at), change(nonce, at), sealed, data)
		}
		for at := range data {
			fails(fmt.Sprint("data ", at), nonce, sealed, change(data, at))
		}
		fails("more data", nonce, sealed, append(bytes.Clone(data), 0))
		fails("a byte more", nonce, append(bytes.Clone(sealed), 0), data)
		fails("a byte less", nonce, sealed[:len(sealed)-1], data)
		fails("the first byte missing", nonce, sealed[1:], data)
		fails("nothing", nonce, nil, data)
		fails("less than a tag", nonce, sealed[:15], data)
	},
	"a failed Open clears what it would have appended": func(t *testing.T, a cipher.AEAD, nonce, text, data, sealed []byte) {
		forged := bytes.Clone(sealed)
		forged[len(forged)-1] ^= 1
		dst := append(bytes.Repeat([]byte{0xc3}, 3), bytes.Repeat([]byte{0xc3}, len(text)+5)...)
		if _, err := a.Open(dst[:3], nonce, forged, data); err == nil {
			t.Error("opened")
		}
		want := append([]byte{0xc3, 0xc3, 0xc3}, append(make([]byte, len(text)), 0xc3, 0xc3, 0xc3, 0xc3, 0xc3)...)
		if !bytes.Equal(dst, want) {
			t.Errorf("left %x", dst)
		}
		if _, err := a.Open(forged[:0], nonce, forged, data); err == nil || !bytes.Equal(forged[:len(text)], make([]byte, len(text))) {
			t.Error("in place", err)
		}
	},
}

func TestAEADsBehaveAsTheStandardLibrarys(t *testing.T) {
	for name, a := range aeads(t) {
		for behaviour, check := range behaviours {
			t.Run(name+"/"+behaviour, func(t *testing.T) {
				for _, length := range messageLengths {
					for _, dataLength := range []int{0, 1, 33} {
						nonce, text, data := counting(a.NonceSize()), counting(length), counting(dataLength)
						check(t, a, nonce, text, data, a.Seal(nil, nonce, text, data))
					}
				}
			})
		}
	}
}

func TestAESGCMIsTheStandardLibrarys(t *testing.T) {
	all := aeads(t)
	for _, c := range []Cipher{AES128GCM, AES256GCM} {
		ours, theirs := all[c.String()], all["crypto/cipher "+c.String()]
		for length := range 300 {
			nonce, text, data := counting(12), counting(length), counting(length/3)
			if !bytes.Equal(ours.Seal(nil, nonce, text, data), theirs.Seal(nil, nonce, text, data)) {
				t.Errorf("%s: %d bytes differ", c, length)
			}
		}
	}
}

func TestOpenSaysThatAuthenticationFailed(t *testing.T) {
	for _, c := range Ciphers() {
		a, err := NewAEAD(testKey(t, c))
		if err != nil {
			t.Fatal(err)
		}
		for _, length := range []int{0, 15, 16, 100} {
			_, err := a.Open(nil, make([]byte, a.NonceSize()), make([]byte, length), nil)
			var failure *Error
			if !errors.As(err, &failure) || failure.Code != ErrAuthenticationFailed || failure.Unit != UnitMessage ||
				failure.Count != 1 || len(failure.Numbers) != 1 || !strings.Contains(failure.Error(), "message 0") {
				t.Errorf("%s, %d bytes: %#v", c, length, err)
			}
		}
	}
}

func TestAnAEADOutlivesItsKey(t *testing.T) {
	key := testKey(t, AEGIS128L)
	a, err := NewAEAD(key)
	if err != nil {
		t.Fatal(err)
	}
	key.Close()
	nonce := make([]byte, 16)
	if opened, err := a.Open(nil, nonce, a.Seal(nil, nonce, []byte("text"), nil), nil); string(opened) != "text" {
		t.Error(err)
	}
	if err := a.(interface{ Close() error }).Close(); err != nil {
		t.Error(err)
	}
	if m := panics(func() { a.Seal(nil, nonce, nil, nil) }); m != ErrClosed.Error() {
		t.Errorf("%q", m)
	}
}

// An aegisFile is a file of vectors/aegis.
type aegisFile struct {
	Algorithm string
	Encrypt   []aegisCase
	MustFail  []aegisCase `json:"decrypt_must_fail"`
}

type aegisCase struct {
	Name                    string
	Key, Nonce, Ad, Msg, Ct hexBytes
	Tag128                  hexBytes
}

func TestAEGISGivesTheKnownAnswers(t *testing.T) {
	for file, c := range map[string]Cipher{
		"128l": AEGIS128L, "128x2": AEGIS128X2, "128x4": AEGIS128X4, "256": AEGIS256, "256x2": AEGIS256X2, "256x4": AEGIS256X4,
	} {
		var vectors aegisFile
		decodeVector(t, "aegis/aegis_draft_"+file+".json", false, &vectors)
		if len(vectors.Encrypt) < 2 {
			t.Errorf("%s: %d cases", file, len(vectors.Encrypt))
		}
		for _, v := range append(vectors.Encrypt, vectors.MustFail...) {
			key, err := NewKey(v.Key, c)
			if err != nil {
				t.Fatal(err)
			}
			a, err := NewAEAD(key)
			if err != nil {
				t.Fatal(err)
			}
			sealed := append(bytes.Clone(v.Ct), v.Tag128...)
			if v.Msg == nil {
				if _, err := a.Open(nil, v.Nonce, sealed, v.Ad); !errors.Is(err, ErrAuthenticationFailed) {
					t.Errorf("%s, %s: %v", file, v.Name, err)
				}
				continue
			}
			if !bytes.Equal(a.Seal(nil, v.Nonce, v.Msg, v.Ad), sealed) {
				t.Errorf("%s, %s: sealed differently", file, v.Name)
			}
			if opened, err := a.Open(nil, v.Nonce, sealed, v.Ad); err != nil || !bytes.Equal(opened, v.Msg) {
				t.Errorf("%s, %s: %v", file, v.Name, err)
			}
		}
	}
}
