//go:build cgo && (pagecrypt_system || (linux && (amd64 || arm64)))

package pagecrypt_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log"

	pagecrypt "libpagecrypt/go"
)

func ExampleNewBoundRecordCodec() {
	key, err := pagecrypt.GenerateKey(pagecrypt.AEGIS256)
	if err != nil {
		log.Fatal(err)
	}
	defer key.Close()
	var stream [32]byte // its id
	rand.Read(stream[:])
	records, err := pagecrypt.NewBoundRecordCodec(key, pagecrypt.StreamContext(stream))
	if err != nil {
		log.Fatal(err)
	}
	defer records.Close()

	record, err := records.Seal([]byte("a message"), pagecrypt.AtSequence(7).WithClock(1_764_374_400_000))
	if err != nil {
		log.Fatal(err)
	}
	header, err := pagecrypt.ParseRecordHeader(record) // needs no key
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(header.Cipher, *header.Clock, header.PlaintextLength)
	text, err := records.Open(record, pagecrypt.AtSequence(7))
	fmt.Printf("%s %v\n", text, err)
	_, err = records.Open(record, pagecrypt.AtSequence(8))
	fmt.Println(errors.Is(err, pagecrypt.ErrAuthenticationFailed))
	// Output:
	// aegis256 1764374400000 9
	// a message <nil>
	// true
}

func ExampleRecordCodec_OpenBatchPartial() {
	key, err := pagecrypt.GenerateKey(pagecrypt.AES256GCM)
	if err != nil {
		log.Fatal(err)
	}
	records, err := pagecrypt.NewBoundRecordCodec(key, pagecrypt.WriterContext([32]byte{1}, [16]byte{2}))
	if err != nil {
		log.Fatal(err)
	}
	sealed, err := records.SealBatch(pagecrypt.NewRecordBatch([]byte("one"), []byte("two"), []byte("three")), nil)
	if err != nil {
		log.Fatal(err)
	}
	sealed.At(1)[40] ^= 1 // somebody changes the second one
	opened, failures, err := records.OpenBatchPartial(sealed, nil)
	if err != nil {
		log.Fatal(err)
	}
	for i, text := range opened.All() {
		if failures[i] != 0 {
			fmt.Println(failures[i].Name())
		} else {
			fmt.Printf("%s\n", text)
		}
	}
	// Output:
	// one
	// authentication_failed
	// three
}

func ExampleRecordCodec_Reseal() {
	context := pagecrypt.StreamContext([32]byte{1})
	old, err := pagecrypt.GenerateKey(pagecrypt.AEGIS256)
	if err != nil {
		log.Fatal(err)
	}
	oldID, err := pagecrypt.KeyID(old, context)
	if err != nil {
		log.Fatal(err)
	}
	before, err := pagecrypt.NewBoundRecordCodec(old, context)
	if err != nil {
		log.Fatal(err)
	}
	place := pagecrypt.AtSequence(0).WithClock(100)
	record, err := before.Seal([]byte("a message"), place)
	if err != nil {
		log.Fatal(err)
	}

	key, err := pagecrypt.GenerateKeyFor(pagecrypt.AEGIS256, context, [][4]byte{oldID})
	if err != nil {
		log.Fatal(err)
	}
	after, err := pagecrypt.NewBoundRecordCodec(key, context)
	if err != nil {
		log.Fatal(err)
	}
	both, err := after.WithDecryptOnlyKey(old)
	if err != nil {
		log.Fatal(err)
	}
	needs, err := both.NeedsReseal(record)
	fmt.Println(needs, err)
	resealed, err := both.Reseal(record, place)
	if err != nil {
		log.Fatal(err)
	}
	order, err := pagecrypt.CompareWrites(resealed, record)
	fmt.Println(order, err) // everyone keeps the resealed one
	text, err := after.Open(resealed, place)
	fmt.Printf("%s %v\n", text, err)
	// Output:
	// true <nil>
	// 1 <nil>
	// a message <nil>
}

func ExampleStoreCodec() {
	key, err := pagecrypt.GenerateKey(pagecrypt.AEGIS256)
	if err != nil {
		log.Fatal(err)
	}
	tokenKey, err := pagecrypt.GenerateTokenKey()
	if err != nil {
		log.Fatal(err)
	}
	store, err := pagecrypt.NewStoreCodec(key, [16]byte{7}, tokenKey, pagecrypt.PaddingPadme)
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	entry := pagecrypt.Entry{Path: []byte("notes/1"), Type: []byte("note"), Schema: []byte("1"), Body: []byte("buy milk")}
	token, record, err := store.Seal(entry) // what a server keeps
	if err != nil {
		log.Fatal(err)
	}
	opened, err := store.Open(token, record)
	fmt.Printf("%s: %s, %v\n", opened.Path, opened.Body, err)
	fmt.Println(opened) // printing tells nothing of it
	// Output:
	// notes/1: buy milk, <nil>
	// pagecrypt.Entry(8 bytes)
}

func ExampleNewS2RecordCodec() {
	header := "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=" // the value of s2-encryption-key
	key, err := pagecrypt.S2KeyFromHeader(&header, pagecrypt.AEGIS256)
	if err != nil {
		log.Fatal(err)
	}
	defer key.Close()
	stream, err := pagecrypt.S2StreamID("secure-events", "audit-log")
	if err != nil {
		log.Fatal(err)
	}
	records, err := pagecrypt.NewS2RecordCodec(key, stream)
	if err != nil {
		log.Fatal(err)
	}
	defer records.Close()

	envelope := pagecrypt.S2Envelope{
		Headers: []pagecrypt.S2Header{{Name: []byte("k"), Value: []byte("v")}},
		Body:    []byte("top secret"),
	}
	plaintext, err := envelope.Encode()
	if err != nil {
		log.Fatal(err)
	}
	record, err := records.Seal(plaintext, pagecrypt.AtSequence(0))
	if err != nil {
		log.Fatal(err)
	}
	stored := pagecrypt.S2StoredRecord{Kind: pagecrypt.S2Encrypted, MeteredSize: envelope.MeteredSize(), Payload: record}
	bytes, err := stored.Encode() // as S2 keeps it
	if err != nil {
		log.Fatal(err)
	}

	opened, err := records.OpenS2Stored(bytes)
	if err != nil {
		log.Fatal(err)
	}
	again, err := pagecrypt.DecodeS2Envelope(opened.Payload)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s: %s, %s\n", again.Headers[0].Name, again.Headers[0].Value, again.Body)
	fmt.Println(opened.MeteredSize, len(bytes))
	// Output:
	// k: v, top secret
	// 22 67
}

func ExampleS2AnswerTo() {
	_, err := pagecrypt.S2KeyFromHeader(nil, pagecrypt.AEGIS256)
	answer, known := pagecrypt.S2AnswerTo(err)
	fmt.Println(known, answer.Documented.HTTP, answer.Lite.HTTP, answer.Lite.Code)
	// Output: true 422 400 bad_header
}
