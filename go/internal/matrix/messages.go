package main

import (
	"fmt"
	"os"
	"slices"

	pagecrypt "libpagecrypt/go"
)

// 65 messages of 0 to 2368 bytes in one batch; in the file, the ciphertexts one after the other, then the tags.
const messageCount = 65

func messages(cipher pagecrypt.Cipher) *pagecrypt.Batch {
	batch := &pagecrypt.Batch{Offsets: []int{0}, AssociatedDataOffsets: []int{0}}
	for i := range messageCount {
		batch.Nonces = append(batch.Nonces, slices.Repeat([]byte{byte(i)}, cipher.NonceLength())...)
		batch.AssociatedData = append(batch.AssociatedData, slices.Repeat([]byte{byte(i)}, i)...)
		for j := range 37 * i {
			batch.From = append(batch.From, byte(i+j))
		}
		batch.AssociatedDataOffsets = append(batch.AssociatedDataOffsets, len(batch.AssociatedData))
		batch.Offsets = append(batch.Offsets, len(batch.From))
	}
	return batch
}

func writeMessages(p *place) error {
	batch := messages(p.key.Cipher())
	batch.To = batch.From // in place
	batch.Tags = make([]byte, messageCount*pagecrypt.TagLength)
	if err := p.key.SealBatchAssumeUniqueNonces(batch); err != nil {
		return err
	}
	return os.WriteFile(p.path("messages", ""), append(batch.To, batch.Tags...), 0o666)
}

func readMessages(p *place) error {
	file, err := os.ReadFile(p.path("messages", ""))
	if err != nil {
		return err
	}
	batch := messages(p.key.Cipher())
	expected := batch.From
	if len(file) != len(expected)+messageCount*pagecrypt.TagLength {
		return fmt.Errorf("%d bytes", len(file))
	}
	batch.From, batch.Tags = file[:len(expected)], file[len(expected):]
	batch.To = make([]byte, len(expected))
	batch.Opened = make([]bool, messageCount)
	if err := p.key.OpenBatch(batch); err != nil {
		return err
	}
	if i := slices.Index(batch.Opened, false); i >= 0 {
		return fmt.Errorf("message %d is not said to be open", i)
	}
	return compare("messages", batch.To, expected)
}
