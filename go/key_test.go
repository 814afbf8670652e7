//go:build cgo && (pagecrypt_system || (linux && (amd64 || arm64)))

package pagecrypt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"testing"
)

// testKey returns the key 0, 1, 2, … of a cipher.
func testKey(t testing.TB, c Cipher) *Key {
	t.Helper()
	key, err := NewKey(counting(c.KeyLength()), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { key.Close() })
	return key
}

// counting returns n bytes 0, 1, 2, …
func counting(n int) []byte {
	bytes := make([]byte, n)
	for i := range bytes {
		bytes[i] = byte(i)
	}
	return bytes
}

func TestTheCatalogueIsTheLibrarys(t *testing.T) {
	rows := libraryCatalogue()
	for _, c := range Ciphers() {
		if rows[c] != c.row() || libraryReservedLength(c) != c.ReservedLength() {
			t.Errorf("%s: the library has %+v", c, rows[c])
		}
	}
	if len(rows) != len(Ciphers()) {
		t.Errorf("the library has %d ciphers", len(rows))
	}
	if none := Cipher(10); none.KeyLength()+none.NonceLength()+none.ReservedLength() != 0 || none.HyphenatedName() != "" {
		t.Error("a number without a cipher has lengths")
	}
}

func TestNamesOfEnginesErrorsAndFormatsAreTheLibrarys(t *testing.T) {
	engines := make(map[Engine]string)
	for _, e := range Engines() {
		engines[e] = e.String()
	}
	if library := libraryEngineNames(); !maps.Equal(engines, library) {
		t.Errorf("engines %v, the library has %v", engines, library)
	}
	errorNames := libraryErrors()
	for code := ErrUnknownCipher; code <= ErrInternal; code++ {
		if errorNames[code] != code.row() {
			t.Errorf("%v, the library has %v", code, errorNames[code])
		}
	}
	if len(errorNames) != int(ErrInternal) {
		t.Errorf("the library has %d errors", len(errorNames))
	}
	if library := libraryFormatNames(); !maps.Equal(library, map[Format]string{FormatTurso: FormatTurso.String()}) {
		t.Errorf("formats %v", library)
	}
	for _, f := range []FileFormat{FileUnknown, FileTurso, FileSQLite} {
		if libraryFileFormatName(f) != f.String() {
			t.Errorf("%v, the library has %v", f, libraryFileFormatName(f))
		}
	}
}

func TestTheVersionIsTheLibrarys(t *testing.T) {
	number, abi := libraryVersion()
	if want := fmt.Sprintf("%d.%d.%d", number>>16, number>>8&255, number&255); Version() != want {
		t.Errorf("version %q, number %q", Version(), want)
	}
	if abi != 0 {
		t.Errorf("ABI %d", abi)
	}
}

func TestCiphersAreReadFromTheirNames(t *testing.T) {
	for _, c := range Ciphers() {
		for _, name := range []string{c.String(), c.HyphenatedName(), strings.ToUpper(c.String())} {
			if parsed, err := ParseCipher(name); parsed != c || err != nil {
				t.Errorf("%s: %v, %v", name, parsed, err)
			}
		}
		text, err := json.Marshal(map[string]Cipher{"cipher": c})
		var back map[string]Cipher
		if err != nil || json.Unmarshal(text, &back) != nil || back["cipher"] != c {
			t.Errorf("%s: %s, %v", c, text, err)
		}
	}
	for _, name := range []string{"", "aes", "aegis256\x00", "aegis256\x00x"} {
		if _, err := ParseCipher(name); !errors.Is(err, ErrUnknownCipher) {
			t.Errorf("%q: %v", name, err)
		}
		if _, err := ParseEngine(name); !errors.Is(err, ErrUnknownEngine) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if _, err := Cipher(10).MarshalText(); !errors.Is(err, ErrUnknownCipher) {
		t.Error(err)
	}
}

func TestEveryCipherHasAnEngineHere(t *testing.T) {
	for _, c := range Ciphers() {
		engine, err := c.Engine()
		if err != nil || !engine.IsAvailable() {
			t.Errorf("%s: %s, %v", c, engine, err)
		}
		if key := testKey(t, c); key.Engine() != engine || key.Cipher() != c {
			t.Errorf("%s: the key has %s and %s", c, key.Cipher(), key.Engine())
		}
	}
	if EngineARMv8.IsAvailable() && EngineAESNI.IsAvailable() {
		t.Error("two architectures at once")
	}
	if _, err := Cipher(10).Engine(); !errors.Is(err, ErrUnknownCipher) {
		t.Error(err)
	}
}

func TestKeysAreReadBackFromBytesAndText(t *testing.T) {
	for _, c := range Ciphers() {
		key, err := GenerateKey(c)
		if err != nil {
			t.Fatal(err)
		}
		secret, err := key.Bytes()
		if err != nil || len(secret) != c.KeyLength() {
			t.Fatalf("%s: %d bytes, %v", c, len(secret), err)
		}
		fromBytes, err := NewKey(secret, c)
		if err != nil || !fromBytes.Equal(key) {
			t.Errorf("%s: other bytes, %v", c, err)
		}
		for _, encoding := range []Encoding{Base64, Hex} {
			text, err := key.Text(encoding)
			if err != nil {
				t.Fatal(err)
			}
			fromString, err := ParseKey(" "+text+"\n", c)
			if err != nil || !fromString.Equal(key) {
				t.Errorf("%s: another key from %s, %v", c, encoding, err)
			}
			fromText, err := ParseKey([]byte(text), c)
			if err != nil || !fromText.Equal(key) {
				t.Errorf("%s: another key from bytes in %s, %v", c, encoding, err)
			}
		}
		if _, err := key.Text(Encoding(3)); !errors.Is(err, ErrInvalidArgument) {
			t.Errorf("%s: a third encoding: %v", c, err)
		}
		another, _ := GenerateKey(c)
		if key.Equal(another) || key.Equal(nil) || (*Key)(nil).Equal(key) {
			t.Errorf("%s: different keys are equal", c)
		}
	}
}

func TestTheDefaultCipherDependsOnTheLength(t *testing.T) {
	for length, want := range map[int]Cipher{16: AEGIS128L, 32: AEGIS256} {
		key, err := ParseKey(strings.Repeat("0f", length), DefaultCipher)
		if err != nil || key.Cipher() != want {
			t.Errorf("%d bytes: %v, %v", length, key, err)
		}
	}
	if _, err := NewKey(make([]byte, 32), DefaultCipher); err == nil {
		t.Error("NewKey takes DefaultCipher")
	}
}

func TestClonesShareTheCountOfSealsAndOthersCountAnew(t *testing.T) {
	key := testKey(t, AEGIS256)
	clone, err := key.Clone()
	if err != nil || !clone.Equal(key) {
		t.Fatal(err)
	}
	portable, err := key.WithEngine(EnginePortable)
	if err != nil || portable.Engine() != EnginePortable {
		t.Fatal(portable, err)
	}
	codec, err := NewTursoPageCodec(clone, 512)
	if err != nil {
		t.Fatal(err)
	}
	if err := codec.SealPages(2, make([]byte, 3*512)); err != nil {
		t.Fatal(err)
	}
	if key.Seals() != 3 || clone.Seals() != 3 || portable.Seals() != 0 {
		t.Errorf("%d, %d, %d seals", key.Seals(), clone.Seals(), portable.Seals())
	}
	other, err := key.WithCipher(AES256GCM)
	if err != nil || other.Cipher() != AES256GCM {
		t.Fatal(other, err)
	}
	secret, _ := key.Bytes()
	if otherSecret, _ := other.Bytes(); !bytes.Equal(secret, otherSecret) {
		t.Error("WithCipher changed the bytes")
	}
	var failure *Error
	if _, err := key.WithCipher(AES128GCM); !errors.As(err, &failure) || failure.Code != ErrKeyLength || failure.Expected != 16 || failure.Got != 32 {
		t.Errorf("%#v", err)
	}
	if _, err := key.WithEngine(Engine(77)); !errors.Is(err, ErrUnknownEngine) {
		t.Error(err)
	}
}

func TestKeysAreNeverPrinted(t *testing.T) {
	secret := []byte("0123456789abcdefFEDCBA9876543210")
	key, err := NewKey(secret, AEGIS256)
	if err != nil {
		t.Fatal(err)
	}
	aead, err := NewAEAD(key)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%p", "%T", "%t"} {
		fmt.Fprintf(&out, verb+"\n", key)
		fmt.Fprintf(&out, verb+"\n", *key)
		fmt.Fprintf(&out, verb+"\n", struct{ K *Key }{key})
		fmt.Fprintf(&out, verb+"\n", aead)
	}
	for _, handler := range []slog.Handler{slog.NewJSONHandler(&out, nil), slog.NewTextHandler(&out, nil)} {
		slog.New(handler).Info("x", "key", key, "value", *key, "nested", map[string]any{"key": key})
	}
	text, err := json.Marshal(map[string]any{"pointer": key, "value": *key})
	if err != nil || !strings.Contains(string(text), "pagecrypt.Key(aegis256)") {
		t.Errorf("%s, %v", text, err)
	}
	out.Write(text)
	fmt.Fprintln(&out, key.String(), key.GoString(), (&Key{}).String())
	shown := strings.ToLower(out.String())
	base64, _ := key.Text(Base64)
	for _, form := range []string{
		string(secret[:8]), string(secret[24:]), fmt.Sprintf("%x", secret[:8]), strings.Trim(fmt.Sprint(secret[:4]), "[]"),
		base64[:12],
	} {
		if strings.Contains(shown, strings.ToLower(form)) {
			t.Errorf("%q is shown", form)
		}
	}
	if !strings.Contains(shown, "pagecrypt.key(aegis256)") {
		t.Error("the cipher is not shown")
	}
}

func TestZeroValuesAreRefused(t *testing.T) {
	for _, key := range []*Key{nil, {}} {
		_, cloneError := key.Clone()
		_, bytesError := key.Bytes()
		_, textError := key.Text(Hex)
		_, aeadError := NewAEAD(key)
		_, codecError := NewTursoPageCodec(key, 4096)
		_, readerError := OpenPageReader("x", key)
		_, verifyError := VerifyFile(t.Context(), "x", key, nil)
		_, s2Error := NewS2RecordCodec(key, [32]byte{})
		_, boundError := NewBoundRecordCodec(key, StreamContext([32]byte{}))
		_, storeError := NewStoreCodec(key, [16]byte{}, testTokenKey(t), PaddingNone)
		_, idError := KeyID(key, StreamContext([32]byte{}))
		for i, err := range []error{
			cloneError, bytesError, textError, aeadError, codecError, readerError, verifyError, s2Error, boundError, storeError, idError,
		} {
			if !errors.Is(err, ErrInvalidArgument) {
				t.Errorf("%d: %v", i, err)
			}
		}
		if key.Cipher() != 0 || key.Engine() != 0 || key.Seals() != 0 || key.Close() != nil {
			t.Error("a zero value has a cipher")
		}
	}
	fails := func(_ any, err error) error { return err }
	key := testKey(t, AEGIS256)
	for _, codec := range []*RecordCodec{nil, {}} {
		_, _, partialError := codec.OpenBatchPartial(RecordBatch{}, nil)
		for i, err := range []error{
			fails(codec.Seal(nil, Place{})), fails(codec.Open(nil, Place{})), fails(codec.WithDecryptOnlyKey(key)), fails(codec.OpenedLength(nil)),
			fails(codec.NeedsReseal(nil)), fails(codec.Reseal(nil, Place{})), fails(codec.OpenS2Stored(nil)), partialError,
		} {
			if !errors.Is(err, ErrInvalidArgument) {
				t.Errorf("records: %d: %v", i, err)
			}
		}
		_, known := codec.KeyID()
		if codec.Cipher() != 0 || codec.Engine() != 0 || codec.Format() != 0 || known || codec.SealedLength(0, Place{}) != 0 || codec.Close() != nil {
			t.Error("a zero value has a cipher")
		}
	}
	for _, store := range []*StoreCodec{nil, {}} {
		_, _, sealError := store.Seal(Entry{})
		for i, err := range []error{
			sealError, fails(store.Open([32]byte{}, nil)), fails(store.WithDecryptOnlyKey(key)), fails(store.Token(nil)),
			fails(store.NeedsReseal(nil)), fails(store.Reseal([32]byte{}, nil)),
		} {
			if !errors.Is(err, ErrInvalidArgument) {
				t.Errorf("store: %d: %v", i, err)
			}
		}
		if store.Cipher() != 0 || store.Engine() != 0 || store.KeyID() != [4]byte{} || store.SealedLength(Entry{}) != 0 || store.Close() != nil {
			t.Error("a zero value has a cipher")
		}
	}
	for _, tokenKey := range []*TokenKey{nil, {}} {
		for i, err := range []error{
			fails(tokenKey.Bytes()), fails(tokenKey.Token(nil)), fails(NewStoreCodec(key, [16]byte{}, tokenKey, PaddingNone)),
		} {
			if !errors.Is(err, ErrInvalidArgument) || tokenKey.Close() != nil {
				t.Errorf("token key: %d: %v", i, err)
			}
		}
	}
	for i, err := range []error{
		(&PageCodec{}).SealPages(1, nil), (*PageCodec)(nil).OpenPages(1, nil), (&PageReader{}).CheckUnchanged(),
		(&PageCodec{}).Close(), (&PageReader{}).Close(), (&WALChain{}).Close(), (*WALChain)(nil).Close(),
	} {
		if i < 3 && !errors.Is(err, ErrInvalidArgument) || i >= 3 && err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
}
