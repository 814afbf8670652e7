package pagecrypt

import "iter"

// A RecordBatch is a number of records, or of their plaintexts, one behind the other. The zero value has none.
type RecordBatch struct {
	Bytes []byte
	// Offsets are one more than there are records, ascending: record i is bytes [Offsets[i], Offsets[i+1]).
	Offsets []int
}

// NewRecordBatch returns a batch of copies of these records.
func NewRecordBatch(records ...[]byte) RecordBatch {
	total := 0
	for _, record := range records {
		total += len(record)
	}
	batch := RecordBatch{make([]byte, 0, total), make([]int, 1, len(records)+1)}
	for _, record := range records {
		batch.Append(record)
	}
	return batch
}

// Append adds a copy of a record behind the last one.
func (b *RecordBatch) Append(record []byte) {
	if len(b.Offsets) == 0 {
		b.Offsets = []int{0}
	}
	b.Bytes = append(b.Bytes[:b.end()], record...)
	b.Offsets = append(b.Offsets, len(b.Bytes))
}

// Len returns how many records there are.
func (b RecordBatch) Len() int { return max(len(b.Offsets), 1) - 1 }

// At returns record i, without copying it.
func (b RecordBatch) At(i int) []byte {
	start, end := b.Offsets[i], b.Offsets[i+1]
	return b.Bytes[start:end:end]
}

// All returns the records with their numbers, in their order.
func (b RecordBatch) All() iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		for i := range b.Len() {
			if !yield(i, b.At(i)) {
				return
			}
		}
	}
}

// Wipe writes zeros over the bytes.
func (b RecordBatch) Wipe() { clear(b.Bytes) }

// end returns where the last record ends.
func (b RecordBatch) end() int { return b.Offsets[len(b.Offsets)-1] }

// cut returns the batch without the room that no record took.
func (b RecordBatch) cut() RecordBatch {
	return RecordBatch{b.Bytes[:b.end():b.end()], b.Offsets}
}

// orEmpty returns the batch with an offset, which the zero value lacks.
func (b RecordBatch) orEmpty() RecordBatch {
	if len(b.Offsets) == 0 {
		b.Offsets = []int{0}
	}
	return b
}

// checkPlaces sees to what the library cannot see: that there are as many places as it takes there to be.
func checkPlaces(records RecordBatch, places []Place) error {
	if len(places) != 0 && len(places) != records.Len() {
		return invalidArgument("a batch needs a place for each record, or none")
	}
	return nil
}
