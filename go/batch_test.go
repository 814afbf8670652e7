//go:build cgo && (pagecrypt_system || (linux && (amd64 || arm64)))

package pagecrypt

import (
	"bytes"
	"errors"
	"slices"
	"testing"
)

// testBatch is a batch of messages of 37*i bytes with i bytes of associated data; To is apart from From.
func testBatch(c Cipher, count int) *Batch {
	b := &Batch{Offsets: []int{0}, AssociatedDataOffsets: []int{0}}
	for i := range count {
		b.Nonces = append(b.Nonces, bytes.Repeat([]byte{byte(i)}, c.NonceLength())...)
		b.From = append(b.From, counting(37*i)...)
		b.Offsets = append(b.Offsets, len(b.From))
		b.AssociatedData = append(b.AssociatedData, bytes.Repeat([]byte{byte(i)}, i)...)
		b.AssociatedDataOffsets = append(b.AssociatedDataOffsets, len(b.AssociatedData))
	}
	b.To = make([]byte, len(b.From))
	b.Tags = make([]byte, count*TagLength)
	return b
}

// sealedBatch is testBatch sealed: its From is ciphertext, To is not written yet.
func sealedBatch(t testing.TB, key *Key, count int) *Batch {
	t.Helper()
	b := testBatch(key.Cipher(), count)
	if err := key.SealBatchAssumeUniqueNonces(b); err != nil {
		t.Fatal(err)
	}
	b.From, b.To = b.To, bytes.Repeat([]byte{0xc3}, len(b.From))
	b.Opened = make([]bool, count)
	return b
}

func TestABatchIsItsMessagesOneByOne(t *testing.T) {
	const count = 65
	for _, c := range Ciphers() {
		key := testKey(t, c)
		a, err := NewAEAD(key)
		if err != nil {
			t.Fatal(err)
		}
		plain := testBatch(c, count)
		b := sealedBatch(t, key, count)
		for i := range count {
			sealed := a.Seal(nil, plain.Nonces[i*c.NonceLength():][:c.NonceLength()], plain.From[plain.Offsets[i]:plain.Offsets[i+1]],
				plain.AssociatedData[plain.AssociatedDataOffsets[i]:plain.AssociatedDataOffsets[i+1]])
			if !bytes.Equal(append(bytes.Clone(b.From[b.Offsets[i]:b.Offsets[i+1]]), b.Tags[i*16:][:16]...), sealed) {
				t.Errorf("%s: message %d", c, i)
			}
		}
		if err := key.OpenBatch(b); err != nil || !bytes.Equal(b.To, plain.From) || slices.Contains(b.Opened, false) {
			t.Errorf("%s: %v, %v", c, err, b.Opened)
		}

		inPlace := testBatch(c, count)
		inPlace.To = inPlace.From
		if err := key.SealBatchAssumeUniqueNonces(inPlace); err != nil || !bytes.Equal(inPlace.From, b.From) || !bytes.Equal(inPlace.Tags, b.Tags) {
			t.Errorf("%s: sealing in place: %v", c, err)
		}
		if err := key.OpenBatch(inPlace); err != nil || !bytes.Equal(inPlace.To, plain.From) {
			t.Errorf("%s: opening in place: %v", c, err)
		}
	}
}

func TestABatchMayHaveNoAssociatedDataAndNoMessages(t *testing.T) {
	key := testKey(t, AEGIS256X2)
	for _, count := range []int{0, 1, 5} {
		b := testBatch(AEGIS256X2, count)
		b.AssociatedData, b.AssociatedDataOffsets = nil, nil
		plain := bytes.Clone(b.From)
		b.To = b.From
		if err := errors.Join(key.SealBatchAssumeUniqueNonces(b), key.OpenBatch(b)); err != nil || !bytes.Equal(b.To, plain) {
			t.Errorf("%d messages: %v", count, err)
		}
	}
}

func TestForgedMessagesOfABatchAreZeroedAndTheOthersOpen(t *testing.T) {
	key := testKey(t, AEGIS128L)
	const count = 20
	plain := testBatch(AEGIS128L, count)
	for _, forged := range [][]uint64{{0}, {19}, {3, 4, 17}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19}} {
		b := sealedBatch(t, key, count)
		for _, i := range forged {
			b.Tags[i*16] ^= 1
		}
		err := key.OpenBatch(b)
		var failure *Error
		if !errors.As(err, &failure) || failure.Code != ErrAuthenticationFailed || failure.Unit != UnitMessage ||
			!slices.Equal(failure.Numbers, forged) || failure.First != forged[0] || failure.Count != uint64(len(forged)) {
			t.Fatalf("%#v, want %v", err, forged)
		}
		for i := range count {
			failed := slices.Contains(forged, uint64(i))
			want := plain.From[b.Offsets[i]:b.Offsets[i+1]]
			if failed {
				want = make([]byte, len(want))
			}
			if b.Opened[i] == failed || !bytes.Equal(b.To[b.Offsets[i]:b.Offsets[i+1]], want) {
				t.Errorf("%v: message %d", forged, i)
			}
		}
	}
}

func TestWrongShapesOfABatchAreRefused(t *testing.T) {
	key := testKey(t, AES128GCM)
	for name, c := range map[string]struct {
		spoil func(*Batch)
		want  ErrorCode
	}{
		"no offsets":                         {func(b *Batch) { b.Offsets = nil }, ErrInvalidArgument},
		"descending offsets":                 {func(b *Batch) { b.Offsets[2] = b.Offsets[1] - 1 }, ErrInvalidArgument},
		"a negative offset":                  {func(b *Batch) { b.Offsets[0] = -1 }, ErrInvalidArgument},
		"an offset beyond the end":           {func(b *Batch) { b.Offsets[5]++ }, ErrInvalidArgument},
		"too few offsets of associated data": {func(b *Batch) { b.AssociatedDataOffsets = b.AssociatedDataOffsets[1:] }, ErrInvalidArgument},
		"associated data that ends early":    {func(b *Batch) { b.AssociatedData = b.AssociatedData[1:] }, ErrInvalidArgument},
		"a longer output":                    {func(b *Batch) { b.To = append(b.To, 0) }, ErrBufferLength},
		"a shorter output":                   {func(b *Batch) { b.To = b.To[1:] }, ErrBufferLength},
		"too few nonces":                     {func(b *Batch) { b.Nonces = b.Nonces[12:] }, ErrBufferLength},
		"too many tags":                      {func(b *Batch) { b.Tags = append(b.Tags, 0) }, ErrBufferLength},
		"a shifted output":                   {func(b *Batch) { b.Offsets[5]--; b.To = b.From[1:]; b.From = b.From[:len(b.To)] }, ErrOverlap},
		"tags in the output":                 {func(b *Batch) { b.Tags = b.To[:len(b.Tags)] }, ErrOverlap},
	} {
		b := testBatch(AES128GCM, 5)
		c.spoil(b)
		if err := key.SealBatchAssumeUniqueNonces(b); !errors.Is(err, c.want) {
			t.Errorf("%s: sealing: %v", name, err)
		}
		if err := key.OpenBatch(b); !errors.Is(err, c.want) {
			t.Errorf("%s: opening: %v", name, err)
		}
	}
	b := sealedBatch(t, key, 5)
	b.Opened = make([]bool, 4)
	if err := key.OpenBatch(b); !errors.Is(err, ErrBufferLength) {
		t.Error(err)
	}
}
