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
