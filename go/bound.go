package pagecrypt

import "math"

// A Context is what the records of a codec belong to: a record of one context does not open in another.
type Context struct {
	kind   int32
	id     [32]byte
	writer [16]byte
}

// The kinds of contexts.
const (
	contextStream int32 = 1
	contextStore  int32 = 2
	contextWriter int32 = 3
)

// StreamContext is a stream, by its id. The caller assigns the sequence numbers.
func StreamContext(id [32]byte) Context { return Context{kind: contextStream, id: id} }

// StoreContext is a store, by its id. Every record has the token of its path; [StoreCodec] sees to it.
func StoreContext(id [16]byte) Context {
	context := Context{kind: contextStore}
	copy(context.id[:], id[:])
	return context
}

// WriterContext is what one writer puts into a stream whose server assigns the positions: the writer counts its own
// records.
func WriterContext(stream [32]byte, writer [16]byte) Context {
	return Context{contextWriter, stream, writer}
}

// A RecordHeader is what a record of [RecordFormatBound] says without the key. Nothing of it is authenticated before the
// record is open.
type RecordHeader struct {
	Cipher Cipher
	// KeyID is the id of the key: see [KeyID].
	KeyID [4]byte
	// Clock is when the record was written, in the writer's units; nil where it does not say.
	Clock *uint64
	// Reseals counts how often the record was sealed again since it was written.
	Reseals uint32
	// PlaintextLength is in bytes.
	PlaintextLength int
}

// ParseRecordHeader reads the header of a whole record. [ErrUnsupportedFormat] for another version, an unknown cipher or
// unknown flags; [ErrMalformed].
func ParseRecordHeader(record []byte) (RecordHeader, error) {
	return recordHeaderParse(record)
}

// Resealed returns where the record, of which this is the header, is sealed again if it stands at place: for resealing
// many records with OpenBatch and SealBatch.
func (h RecordHeader) Resealed(place Place) Place {
	place.Clock, place.Reseals = h.Clock, 0
	if h.Clock != nil {
		place.Reseals = h.Reseals
		if place.Reseals < math.MaxUint32 {
			place.Reseals++
		}
	}
	return place
}

// CompareWrites tells which of two records of one place is the later write: 1 where a is, -1 where b is, 0 only for equal
// records. It is the one with the higher clock (any clock is higher than none), then the one that was resealed more often,
// then the one whose bytes are higher, so everyone keeps the same one. It needs no key and so proves nothing: open a
// record before it replaces another. Errors are those of [ParseRecordHeader].
func CompareWrites(a, b []byte) (int, error) {
	return compareWrites(a, b)
}

// KeyID returns the id of a key in a context, as records name it. It tells nothing of the key, is another one in another
// stream or store, and is no proof: four bytes can be met by chance.
func KeyID(key *Key, context Context) ([4]byte, error) {
	h, err := key.use()
	if err != nil {
		return [4]byte{}, err
	}
	defer h.release()
	return keyIDOf(h.pointer, context)
}

// GenerateKeyFor makes a key for a rotation: one of the operating system's random bytes whose id is not among taken, the
// ids of all keys that the context ever had.
func GenerateKeyFor(cipher Cipher, context Context, taken [][4]byte) (*Key, error) {
	return newKey(keyGenerateFor(cipher, context, taken))
}
