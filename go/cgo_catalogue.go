//go:build cgo && (pagecrypt_system || (linux && (amd64 || arm64)))

package pagecrypt

/*
#include "binding.h"
*/
import "C"

// What the library says of the tables that the Go files repeat, so that they need no cgo. Tests compare them.

func libraryVersion() (number, abi uint32) {
	return uint32(C.pagecrypt_version_number()), uint32(C.pagecrypt_abi())
}

func libraryCatalogue() map[Cipher]catalogueRow {
	rows := make(map[Cipher]catalogueRow)
	for number := range Cipher(256) {
		c := C.pagecrypt_cipher(number)
		if C.pagecrypt_cipher_name(c) == nil {
			continue
		}
		rows[number] = catalogueRow{
			name:           C.GoString(C.pagecrypt_cipher_name(c)),
			hyphenated:     C.GoString(C.pagecrypt_cipher_hyphenated_name(c)),
			key:            int(C.pagecrypt_cipher_key_length(c)),
			nonce:          int(C.pagecrypt_cipher_nonce_length(c)),
			maxMessage:     uint64(C.pagecrypt_cipher_max_message_length(c)),
			maxRandomSeals: uint64(C.pagecrypt_cipher_max_random_seals(c)),
		}
	}
	return rows
}

func libraryReservedLength(c Cipher) int {
	return int(C.pagecrypt_cipher_reserved_length(C.pagecrypt_cipher(c)))
}

func libraryErrors() map[ErrorCode]errorRow {
	rows := make(map[ErrorCode]errorRow)
	for number := range ErrorCode(256) {
		status := C.pagecrypt_status(number)
		if name := C.GoString(C.pagecrypt_status_name(status)); number != 0 && name != "unknown" {
			rows[number] = errorRow{name, int(C.pagecrypt_status_exit_code(status))}
		}
	}
	return rows
}

func libraryEngineNames() map[Engine]string {
	return namesOf[Engine](func(n C.int32_t) *C.char { return C.pagecrypt_engine_name(n) })
}

func libraryFormatNames() map[Format]string {
	return namesOf[Format](func(n C.int32_t) *C.char { return C.pagecrypt_format_name(n) })
}

// libraryFileFormatName asks for one: the library has a name for every number.
func libraryFileFormatName(f FileFormat) string {
	return C.GoString(C.pagecrypt_file_format_name(C.pagecrypt_file_format(f)))
}

func libraryRecordFormatNames() map[RecordFormat]string {
	return namesOf[RecordFormat](func(n C.int32_t) *C.char { return C.pagecrypt_record_format_name(n) })
}

func namesOf[Number ~int32](nameOf func(C.int32_t) *C.char) map[Number]string {
	names := make(map[Number]string)
	for number := range Number(256) {
		if name := nameOf(C.int32_t(number)); name != nil {
			names[number] = C.GoString(name)
		}
	}
	return names
}

// Each line is an error of the compiler where a constant differs from the header's.
var (
	_ = [1]int{}[TagLength-C.PAGECRYPT_TAG_LENGTH]
	_ = [1]int{}[MinPageSize-C.PAGECRYPT_MIN_PAGE_SIZE]
	_ = [1]int{}[MaxPageSize-C.PAGECRYPT_MAX_PAGE_SIZE]
	_ = [1]int{}[MaxPageNumber-C.PAGECRYPT_MAX_PAGE_NUMBER]
	_ = [1]int{}[TursoHeaderLength-C.PAGECRYPT_TURSO_HEADER_LENGTH]
	_ = [1]int{}[WALHeaderLength-C.PAGECRYPT_WAL_HEADER_LENGTH]
	_ = [1]int{}[WALFrameHeaderLength-C.PAGECRYPT_WAL_FRAME_HEADER_LENGTH]
	_ = [1]int{}[AES128GCM-C.PAGECRYPT_AES128GCM]
	_ = [1]int{}[AES256GCM-C.PAGECRYPT_AES256GCM]
	_ = [1]int{}[AEGIS256-C.PAGECRYPT_AEGIS256]
	_ = [1]int{}[AEGIS256X2-C.PAGECRYPT_AEGIS256X2]
	_ = [1]int{}[AEGIS256X4-C.PAGECRYPT_AEGIS256X4]
	_ = [1]int{}[AEGIS128L-C.PAGECRYPT_AEGIS128L]
	_ = [1]int{}[AEGIS128X2-C.PAGECRYPT_AEGIS128X2]
	_ = [1]int{}[AEGIS128X4-C.PAGECRYPT_AEGIS128X4]
	_ = [1]int{}[ChaCha20Poly1305-C.PAGECRYPT_CHACHA20POLY1305]
	_ = [1]int{}[EnginePortable-C.PAGECRYPT_ENGINE_PORTABLE]
	_ = [1]int{}[EngineRustCrypto-C.PAGECRYPT_ENGINE_RUSTCRYPTO]
	_ = [1]int{}[EngineAESNI-C.PAGECRYPT_ENGINE_AESNI]
	_ = [1]int{}[EngineVAES256-C.PAGECRYPT_ENGINE_VAES256]
	_ = [1]int{}[EngineVAES512-C.PAGECRYPT_ENGINE_VAES512]
	_ = [1]int{}[EngineARMv8-C.PAGECRYPT_ENGINE_ARMV8]
	_ = [1]int{}[EngineAVX2-C.PAGECRYPT_ENGINE_AVX2]
	_ = [1]int{}[EngineAVX512-C.PAGECRYPT_ENGINE_AVX512]
	_ = [1]int{}[EngineAVX512IFMA-C.PAGECRYPT_ENGINE_AVX512IFMA]
	_ = [1]int{}[EngineNEON-C.PAGECRYPT_ENGINE_NEON]
	_ = [1]int{}[Base64-C.PAGECRYPT_BASE64]
	_ = [1]int{}[Hex-C.PAGECRYPT_HEX]
	_ = [1]int{}[FormatTurso-C.PAGECRYPT_FORMAT_TURSO]
	_ = [1]int{}[LittleEndian-C.PAGECRYPT_LITTLE_ENDIAN]
	_ = [1]int{}[BigEndian-C.PAGECRYPT_BIG_ENDIAN]
	_ = [1]int{}[UnitNone-C.PAGECRYPT_UNIT_NONE]
	_ = [1]int{}[UnitMessage-C.PAGECRYPT_UNIT_MESSAGE]
	_ = [1]int{}[UnitPage-C.PAGECRYPT_UNIT_PAGE]
	_ = [1]int{}[UnitFrame-C.PAGECRYPT_UNIT_FRAME]
	_ = [1]int{}[LockedByNone-C.PAGECRYPT_LOCKED_BY_NONE]
	_ = [1]int{}[LockedByWriter-C.PAGECRYPT_LOCKED_BY_WRITER]
	_ = [1]int{}[LockedByChange-C.PAGECRYPT_LOCKED_BY_CHANGE]
	_ = [1]int{}[LockedByJournal-C.PAGECRYPT_LOCKED_BY_JOURNAL]
	_ = [1]int{}[LockedByLeftover-C.PAGECRYPT_LOCKED_BY_LEFTOVER]
	_ = [1]int{}[WaySealed-C.PAGECRYPT_WAY_SEALED]
	_ = [1]int{}[WayOpened-C.PAGECRYPT_WAY_OPENED]
	_ = [1]int{}[WayRebuilt-C.PAGECRYPT_WAY_REBUILT]
	_ = [1]int{}[WayRepacked-C.PAGECRYPT_WAY_REPACKED]
	_ = [1]int{}[FileUnknown-C.PAGECRYPT_FILE_UNKNOWN]
	_ = [1]int{}[FileTurso-C.PAGECRYPT_FILE_TURSO]
	_ = [1]int{}[FileSQLite-C.PAGECRYPT_FILE_SQLITE]
	_ = [1]int{}[MaxRecordOverhead-C.PAGECRYPT_MAX_RECORD_OVERHEAD]
	_ = [1]int{}[RecordFormatS2-C.PAGECRYPT_RECORD_S2]
	_ = [1]int{}[RecordFormatBound-C.PAGECRYPT_RECORD_BOUND]
	_ = [1]int{}[contextStream-C.PAGECRYPT_CONTEXT_STREAM]
	_ = [1]int{}[contextStore-C.PAGECRYPT_CONTEXT_STORE]
	_ = [1]int{}[contextWriter-C.PAGECRYPT_CONTEXT_WRITER]
	_ = [1]int{}[PaddingNone-C.PAGECRYPT_PADDING_NONE]
	_ = [1]int{}[PaddingPadme-C.PAGECRYPT_PADDING_PADME]
	_ = [1]int{}[S2Fence-C.PAGECRYPT_S2_FENCE]
	_ = [1]int{}[S2Trim-C.PAGECRYPT_S2_TRIM]
	_ = [1]int{}[S2Plaintext-C.PAGECRYPT_S2_PLAINTEXT]
	_ = [1]int{}[S2Encrypted-C.PAGECRYPT_S2_ENCRYPTED]
	_ = [1]int{}[S2MaxMeteredSize-C.PAGECRYPT_S2_MAX_METERED_SIZE]
	_ = [1]int{}[S2MaxFencingTokenLength-C.PAGECRYPT_S2_MAX_FENCING_TOKEN_LENGTH]
	_ = [1]int{}[S2MaxAES256GCMSequence-C.PAGECRYPT_S2_MAX_AES256GCM_SEQUENCE]
)
