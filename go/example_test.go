//go:build cgo && (pagecrypt_system || (linux && (amd64 || arm64)))

package pagecrypt_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"

	pagecrypt "libpagecrypt/go"
)

// database is a plain SQLite database of 30 pages.
const database = "../vectors/turso/aegis256-4096-small.plain.db"

func Example() {
	key, err := pagecrypt.GenerateKey(pagecrypt.AEGIS256)
	if err != nil {
		log.Fatal(err)
	}
	defer key.Close()
	codec, err := pagecrypt.NewTursoPageCodec(key, 4096)
	if err != nil {
		log.Fatal(err)
	}
	defer codec.Close()

	pages := make([]byte, 8*4096) // pages 2 to 9 of a database; the last 48 bytes of each are zero
	if err := codec.SealPages(2, pages); err != nil {
		log.Fatal(err)
	}
	pages[3*4096] ^= 1 // somebody writes to page 5
	err = codec.OpenPages(2, pages)
	var failure *pagecrypt.Error
	if errors.As(err, &failure) {
		fmt.Println(failure)
		fmt.Println(failure.Numbers)
	}
	// Output:
	// pagecrypt: authentication failed: page 5
	// [5]
}

func ExampleNewAEAD() {
	key, err := pagecrypt.GenerateKey(pagecrypt.AEGIS256)
	if err != nil {
		log.Fatal(err)
	}
	aead, err := pagecrypt.NewAEAD(key)
	if err != nil {
		log.Fatal(err)
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len("a message")+aead.Overhead())
	rand.Read(nonce) // 32 bytes: no two will ever be the same
	box := aead.Seal(nonce, nonce, []byte("a message"), []byte("for you"))

	text, err := aead.Open(nil, box[:aead.NonceSize()], box[aead.NonceSize():], []byte("for you"))
	fmt.Printf("%s %v\n", text, err)
	_, err = aead.Open(nil, box[:aead.NonceSize()], box[aead.NonceSize():], []byte("for me"))
	fmt.Println(errors.Is(err, pagecrypt.ErrAuthenticationFailed))
	// Output:
	// a message <nil>
	// true
}

func ExampleParseKey() {
	key, err := pagecrypt.ParseKey("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", pagecrypt.DefaultCipher)
	if err != nil {
		log.Fatal(err)
	}
	defer key.Close()
	fmt.Println(key) // never the secret
	text, err := key.Text(pagecrypt.Hex)
	fmt.Println(text, err)
	_, err = pagecrypt.ParseKey("too short", pagecrypt.DefaultCipher)
	fmt.Println(errors.Is(err, pagecrypt.ErrKeyText))
	// Output:
	// pagecrypt.Key(aegis256)
	// 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f <nil>
	// true
}

func ExamplePageCodec_OpenPagesInto() {
	key, err := pagecrypt.GenerateKey(pagecrypt.AEGIS128L)
	if err != nil {
		log.Fatal(err)
	}
	codec, err := pagecrypt.NewTursoPageCodec(key, 512)
	if err != nil {
		log.Fatal(err)
	}
	plain := make([]byte, 2*512)
	copy(plain, "page 2")
	sealed, opened := make([]byte, len(plain)), make([]byte, len(plain))
	if err := codec.SealPagesInto(2, plain, sealed); err != nil {
		log.Fatal(err)
	}
	if err := codec.OpenPagesInto(2, sealed, opened); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", opened[:6])
	// Output: page 2
}

func ExampleKey_SealBatchAssumeUniqueNonces() {
	key, err := pagecrypt.GenerateKey(pagecrypt.AEGIS256X2)
	if err != nil {
		log.Fatal(err)
	}
	messages := []byte("onetwothree")
	batch := &pagecrypt.Batch{
		Offsets: []int{0, 3, 6, 11}, From: messages, To: messages, // in place
		Nonces: make([]byte, 3*32), Tags: make([]byte, 3*pagecrypt.TagLength),
	}
	rand.Read(batch.Nonces)
	if err := key.SealBatchAssumeUniqueNonces(batch); err != nil {
		log.Fatal(err)
	}
	if err := key.OpenBatch(batch); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", messages)
	// Output: onetwothree
}

func ExampleEncryptFile() {
	folder, err := os.MkdirTemp("", "pagecrypt")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	encrypted := filepath.Join(folder, "app.enc.db")
	key, err := pagecrypt.GenerateKey(pagecrypt.AEGIS256)
	if err != nil {
		log.Fatal(err)
	}
	defer key.Close()

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel() // cancelling stops the work and leaves nothing behind
	summary, err := pagecrypt.EncryptFile(ctx, database, encrypted, key, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(summary.Pages, "pages under", summary.Cipher)
	report, err := pagecrypt.VerifyFile(ctx, encrypted, key, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("intact:", report.Intact)
	_, err = pagecrypt.EncryptFile(ctx, database, encrypted, key, nil)
	fmt.Println(errors.Is(err, os.ErrExist))
	// Output:
	// 30 pages under aegis256
	// intact: true
	// true
}

func ExamplePageReader() {
	key, err := pagecrypt.ParseKey("4303835854832fee55b558d2b0a6c7441496cdddfb5c74eab5707e62b5d63ef2", pagecrypt.AEGIS256)
	if err != nil {
		log.Fatal(err)
	}
	defer key.Close()
	reader, err := pagecrypt.OpenPageReader("../vectors/turso/aegis256-4096-small.db", key)
	if err != nil {
		log.Fatal(err)
	}
	defer reader.Close()
	section := io.NewSectionReader(reader, 0, reader.Size()) // an io.Reader, io.Seeker and io.ReaderAt
	start := make([]byte, 15)
	if _, err := io.ReadFull(section, start); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s, %d bytes\n", start, section.Size())
	// Output: SQLite format 3, 122880 bytes
}

func ExampleInspectFile() {
	inspection, err := pagecrypt.InspectFile("../vectors/turso/aegis256-4096-small.db")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(inspection.Format, inspection.Cipher, inspection.PageSize, inspection.Pages)
	_, err = pagecrypt.InspectFile("nothing here")
	fmt.Println(errors.Is(err, os.ErrNotExist))
	// Output:
	// turso aegis256 4096 30
	// true
}

func ExampleCiphers() {
	for _, cipher := range pagecrypt.Ciphers() {
		fmt.Println(cipher, cipher.KeyLength(), cipher.NonceLength())
	}
	// Output:
	// aes128gcm 16 12
	// aes256gcm 32 12
	// aegis256 32 32
	// aegis256x2 32 32
	// aegis256x4 32 32
	// aegis128l 16 16
	// aegis128x2 16 16
	// aegis128x4 16 16
	// chacha20poly1305 32 12
}
