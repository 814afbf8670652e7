//go:build !cgo || (!pagecrypt_system && !(linux && (amd64 || arm64)))

package pagecrypt

import "unsafe"

// The functions of cgo*.go where libpagecrypt is not there. Those that take a C object are never called: none can be
// made.

const hasLibrary = false

func version() string { return "" }

func cipherFromName(string) (Cipher, error) { return 0, ErrNoCgo }
func cipherEngine(Cipher) (Engine, error)   { return 0, ErrNoCgo }
func engineFromName(string) (Engine, error) { return 0, ErrNoCgo }
func engineIsAvailable(Engine) bool         { return false }

func keyNew([]byte, Cipher) (*handle, Cipher, Engine, error)        { return nil, 0, 0, ErrNoCgo }
func keyFromText([]byte, Cipher) (*handle, Cipher, Engine, error)   { return nil, 0, 0, ErrNoCgo }
func keyFromString(string, Cipher) (*handle, Cipher, Engine, error) { return nil, 0, 0, ErrNoCgo }
func keyGenerate(Cipher) (*handle, Cipher, Engine, error)           { return nil, 0, 0, ErrNoCgo }
func keyWithEngine(unsafe.Pointer, Engine) (*handle, Cipher, Engine, error) {
	return nil, 0, 0, ErrNoCgo
}
func keyWithCipher(unsafe.Pointer, Cipher) (*handle, Cipher, Engine, error) {
	return nil, 0, 0, ErrNoCgo
}
func keyClone(unsafe.Pointer) (*handle, Cipher, Engine, error) { return nil, 0, 0, ErrNoCgo }
func keySeals(unsafe.Pointer) uint64                           { return 0 }
func keyEqual(unsafe.Pointer, unsafe.Pointer) bool             { return false }
func keyBytes(unsafe.Pointer, int) ([]byte, error)             { return nil, ErrNoCgo }
func keyText(unsafe.Pointer, Encoding) (string, error)         { return "", ErrNoCgo }

func sealOne(_ unsafe.Pointer, _, _, _, _, _ []byte) error { return ErrNoCgo }
func openOne(_ unsafe.Pointer, _, _, _, _, _ []byte) error { return ErrNoCgo }
func sealBatch(unsafe.Pointer, *Batch) error               { return ErrNoCgo }
func openBatch(unsafe.Pointer, *Batch) error               { return ErrNoCgo }

func tursoPageCodecNew(unsafe.Pointer, int) (*pageCodecState, error) { return nil, ErrNoCgo }
func sealPages(unsafe.Pointer, uint32, []byte) error                 { return ErrNoCgo }
func sealPagesInto(_ unsafe.Pointer, _ uint32, _, _ []byte) error    { return ErrNoCgo }
func openPages(unsafe.Pointer, uint32, []byte) error                 { return ErrNoCgo }
func openPagesInto(_ unsafe.Pointer, _ uint32, _, _ []byte) error    { return ErrNoCgo }
func tursoHeaderParse([]byte) (TursoHeader, error)                   { return TursoHeader{}, ErrNoCgo }
func pendingBytePage(int) uint32                                     { return 0 }

func walHeaderNew(WALHeader) ([]byte, error)                       { return nil, ErrNoCgo }
func walHeaderParse([]byte) (WALHeader, error)                     { return WALHeader{}, ErrNoCgo }
func walFrameHeaderParse([]byte) (WALFrameHeader, error)           { return WALFrameHeader{}, ErrNoCgo }
func walChainStart([]byte) (*handle, error)                        { return nil, ErrNoCgo }
func walChainResume([]byte, [2]uint32) (*handle, error)            { return nil, ErrNoCgo }
func walChainChecksum(unsafe.Pointer) ([2]uint32, error)           { return [2]uint32{}, ErrNoCgo }
func walChainAccept(unsafe.Pointer, []byte) (bool, error)          { return false, ErrNoCgo }
func sealFrames(_, _ unsafe.Pointer, _ []byte) error               { return ErrNoCgo }
func openFrames(unsafe.Pointer, uint32, []byte) error              { return ErrNoCgo }
func openFramesInto(_ unsafe.Pointer, _ uint32, _, _ []byte) error { return ErrNoCgo }

func encryptFile(string, string, *handle, fileSettings) (Summary, error) { return Summary{}, ErrNoCgo }
func decryptFile(string, string, *handle, fileSettings) (Summary, error) { return Summary{}, ErrNoCgo }
func decryptFileCompact(string, string, *handle, fileSettings) (Summary, error) {
	return Summary{}, ErrNoCgo
}
func verifyFile(string, *handle, fileSettings) (*VerifyReport, error) { return nil, ErrNoCgo }
func inspectFile(string) (*Inspection, error)                         { return nil, ErrNoCgo }

func pageReaderOpen(string, unsafe.Pointer) (*pageReaderState, error) { return nil, ErrNoCgo }
func pageReaderReadAt(unsafe.Pointer, int64, []byte) (int, error)     { return 0, ErrNoCgo }
func pageReaderReadPages(unsafe.Pointer, uint32, []byte) error        { return ErrNoCgo }
func pageReaderCheckUnchanged(unsafe.Pointer) error                   { return ErrNoCgo }

func recordOverhead(Cipher, RecordFormat) int                                { return 0 }
func recordCodecNewS2(unsafe.Pointer, *[32]byte) (*recordCodecState, error)  { return nil, ErrNoCgo }
func recordCodecNewBound(unsafe.Pointer, Context) (*recordCodecState, error) { return nil, ErrNoCgo }
func recordCodecWithDecryptOnlyKey(_, _ unsafe.Pointer) (*recordCodecState, error) {
	return nil, ErrNoCgo
}
func recordSealedLength(unsafe.Pointer, int, Place) int                           { return 0 }
func recordOpenedLength(unsafe.Pointer, []byte) (int, error)                      { return 0, ErrNoCgo }
func recordNeedsReseal(unsafe.Pointer, []byte) (bool, error)                      { return false, ErrNoCgo }
func sealRecords(_ unsafe.Pointer, _ RecordBatch, _ []Place, _ RecordBatch) error { return ErrNoCgo }
func openRecords(_ unsafe.Pointer, _ RecordBatch, _ []Place, _ RecordBatch, _ []ErrorCode) error {
	return ErrNoCgo
}
func resealRecord(_ unsafe.Pointer, _ []byte, _ Place, _ []byte) (int, error) { return 0, ErrNoCgo }
func recordHeaderParse([]byte) (RecordHeader, error)                          { return RecordHeader{}, ErrNoCgo }
func compareWrites(_, _ []byte) (int, error)                                  { return 0, ErrNoCgo }
func keyIDOf(unsafe.Pointer, Context) ([4]byte, error)                        { return [4]byte{}, ErrNoCgo }
func keyGenerateFor(Cipher, Context, [][4]byte) (*handle, Cipher, Engine, error) {
	return nil, 0, 0, ErrNoCgo
}

func tokenKeyNew([]byte) (*handle, error)                    { return nil, ErrNoCgo }
func tokenKeyGenerate() (*handle, error)                     { return nil, ErrNoCgo }
func tokenKeyBytes(unsafe.Pointer) ([]byte, error)           { return nil, ErrNoCgo }
func tokenKeyToken(unsafe.Pointer, []byte) ([32]byte, error) { return [32]byte{}, ErrNoCgo }
func tokenKeyEqual(_, _ unsafe.Pointer) bool                 { return false }
func storeCodecNew(_ unsafe.Pointer, _ *[16]byte, _ unsafe.Pointer, _ Padding) (*handle, error) {
	return nil, ErrNoCgo
}
func storeCodecWithDecryptOnlyKey(_, _ unsafe.Pointer) (*handle, error) { return nil, ErrNoCgo }
func storeToken(unsafe.Pointer, []byte) ([32]byte, error)               { return [32]byte{}, ErrNoCgo }
func entriesSealedLength(unsafe.Pointer, []Entry) int                   { return 0 }
func sealEntries(unsafe.Pointer, []Entry) ([][32]byte, RecordBatch, error) {
	return nil, RecordBatch{}, ErrNoCgo
}
func openEntries(unsafe.Pointer, [][32]byte, RecordBatch, []ErrorCode) ([]Entry, error) {
	return nil, ErrNoCgo
}
func storeNeedsReseal(unsafe.Pointer, []byte) (bool, error)               { return false, ErrNoCgo }
func resealEntry(_ unsafe.Pointer, _ *[32]byte, _, _ []byte) (int, error) { return 0, ErrNoCgo }

func s2StreamID(_, _ string) ([32]byte, error) { return [32]byte{}, ErrNoCgo }
func s2KeyFromHeader(*string, Cipher) (*handle, Cipher, Engine, error) {
	return nil, 0, 0, ErrNoCgo
}
func s2EnvelopeEncode(S2Envelope) ([]byte, error)                 { return nil, ErrNoCgo }
func s2EnvelopeDecode([]byte) (S2Envelope, error)                 { return S2Envelope{}, ErrNoCgo }
func s2StoredDecode([]byte) (S2StoredRecord, error)               { return S2StoredRecord{}, ErrNoCgo }
func s2StoredEncode(S2StoredRecord) ([]byte, error)               { return nil, ErrNoCgo }
func s2StoredOpen(unsafe.Pointer, []byte) (S2StoredRecord, error) { return S2StoredRecord{}, ErrNoCgo }
func s2AnswerTo(ErrorCode) (S2Answer, bool)                       { return S2Answer{}, false }
