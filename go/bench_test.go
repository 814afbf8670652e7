//go:build cgo && (pagecrypt_system || (linux && (amd64 || arm64)))

package pagecrypt

import (
	"crypto/cipher"
	"fmt"
	"testing"
)

// Compare lines of one run: times differ between machines, ratios hardly do. internal/benchpeers has x/crypto's
// ChaCha20-Poly1305 beside ours.

const benchText = 4048 // what a page of 4096 bytes leaves beside 48 reserved bytes

func BenchmarkSealMessage(b *testing.B) {
	run := func(name string, aead cipher.AEAD) {
		b.Run(name, func(b *testing.B) {
			nonce, buffer := make([]byte, aead.NonceSize()), make([]byte, benchText, benchText+TagLength)
			b.SetBytes(benchText)
			for b.Loop() {
				aead.Seal(buffer[:0], nonce, buffer, nil)
			}
		})
	}
	for _, c := range []Cipher{AES128GCM, AES256GCM} {
		run("crypto/"+c.String(), standardGCM(b, c))
	}
	for _, c := range Ciphers() {
		aead, err := NewAEAD(testKey(b, c))
		if err != nil {
			b.Fatal(err)
		}
		run(c.String(), aead)
	}
}

func BenchmarkSealBatch(b *testing.B) {
	const count = 64
	for _, c := range Ciphers() {
		key := testKey(b, c)
		batch := &Batch{Nonces: make([]byte, count*c.NonceLength()), From: make([]byte, count*benchText), Tags: make([]byte, count*TagLength)}
		batch.To = batch.From
		for i := range count + 1 {
			batch.Offsets = append(batch.Offsets, i*benchText)
		}
		b.Run(fmt.Sprintf("%s/%d", c, count), func(b *testing.B) {
			b.SetBytes(count * benchText)
			for b.Loop() {
				if err := key.SealBatchAssumeUniqueNonces(batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/count, "ns/message")
		})
	}
}

func BenchmarkPages(b *testing.B) {
	for _, c := range tursoCiphers {
		codec := testCodec(b, c, 4096)
		for _, count := range []int{1, 64} {
			sealed, opened := make([]byte, count*4096), make([]byte, count*4096)
			perPage := func(b *testing.B) {
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(count), "ns/page")
			}
			b.Run(fmt.Sprintf("seal/%s/%d", c, count), func(b *testing.B) {
				b.SetBytes(int64(len(sealed)))
				for b.Loop() {
					if err := codec.SealPagesInto(2, opened, sealed); err != nil {
						b.Fatal(err)
					}
				}
				perPage(b)
			})
			if err := codec.SealPagesInto(2, opened, sealed); err != nil {
				b.Fatal(err)
			}
			b.Run(fmt.Sprintf("open/%s/%d", c, count), func(b *testing.B) {
				b.SetBytes(int64(len(sealed)))
				for b.Loop() {
					if err := codec.OpenPagesInto(2, sealed, opened); err != nil {
						b.Fatal(err)
					}
				}
				perPage(b)
			})
		}
	}
}

// BenchmarkRecords seals and opens records of 1 KiB, each at its sequence number where the format binds it.
func BenchmarkRecords(b *testing.B) {
	const length = 1024
	for _, codec := range recordCodecs(b) {
		for _, count := range []int{1, 64} {
			var texts RecordBatch
			for range count {
				texts.Append(make([]byte, length)) // an envelope without headers, too
			}
			sealing, opening := testPlaces(codec, count)
			run := func(work string, from RecordBatch, places []Place, operation func(RecordBatch, []Place) (RecordBatch, error)) {
				b.Run(fmt.Sprintf("%s/%s/%s/%d", work, codec.Format(), codec.Cipher(), count), func(b *testing.B) {
					b.SetBytes(int64(len(texts.Bytes)))
					for b.Loop() {
						if _, err := operation(from, places); err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(count), "ns/record")
				})
			}
			run("seal", texts, sealing, codec.SealBatch)
			sealed, err := codec.SealBatch(texts, sealing)
			if err != nil {
				b.Fatal(err)
			}
			run("open", sealed, opening, codec.OpenBatch)
		}
	}
}

// BenchmarkCall is what a call costs besides its work: opening no page, and asking whether an engine is there.
func BenchmarkCall(b *testing.B) {
	codec := testCodec(b, AEGIS256, 4096)
	b.Run("OpenPages of none", func(b *testing.B) {
		for b.Loop() {
			if err := codec.OpenPages(2, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("one C function", func(b *testing.B) {
		for b.Loop() {
			EnginePortable.IsAvailable()
		}
	})
}
