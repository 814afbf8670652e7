//go:build cgo && (pagecrypt_system || (linux && (amd64 || arm64)))

package pagecrypt

/*
#include "binding.h"

#cgo noescape go_seal_pages
#cgo noescape go_seal_pages_into
#cgo noescape go_open_pages
#cgo noescape go_open_pages_into
#cgo noescape go_turso_header_parse
#cgo noescape go_wal_header_new
#cgo noescape go_wal_header_parse
#cgo noescape go_wal_frame_header_parse
#cgo noescape go_wal_chain_start
#cgo noescape go_wal_chain_resume
#cgo noescape go_wal_chain_accept
#cgo noescape go_seal_frames
#cgo noescape go_open_frames
#cgo noescape go_open_frames_into
#cgo nocallback go_seal_pages
#cgo nocallback go_seal_pages_into
#cgo nocallback go_open_pages
#cgo nocallback go_open_pages_into
#cgo nocallback go_wal_frame_header_parse
#cgo nocallback go_wal_chain_accept
#cgo nocallback go_seal_frames
#cgo nocallback go_open_frames
#cgo nocallback go_open_frames_into
*/
import "C"

import "unsafe"

func freePageCodec(codec unsafe.Pointer) {
	C.pagecrypt_page_codec_free((*C.pagecrypt_page_codec)(codec))
}

func freeWALChain(chain unsafe.Pointer) { C.pagecrypt_wal_chain_free((*C.pagecrypt_wal_chain)(chain)) }

func tursoPageCodecNew(key unsafe.Pointer, pageSize int) (*pageCodecState, error) {
	h, err := takeHandle(C.go_page_codec_new_turso(key, C.size_t(pageSize)), freePageCodec)
	if err != nil {
		return nil, err
	}
	codec := (*C.pagecrypt_page_codec)(h.pointer)
	return &pageCodecState{
		handle:    h,
		cipher:    Cipher(C.pagecrypt_page_codec_cipher(codec)),
		engine:    Engine(C.pagecrypt_page_codec_engine(codec)),
		format:    Format(C.pagecrypt_page_codec_format(codec)),
		pageSize:  int(C.pagecrypt_page_codec_page_size(codec)),
		reserved:  int(C.pagecrypt_page_codec_reserved_length(codec)),
		frameSize: int(C.pagecrypt_page_codec_frame_length(codec)),
	}, nil
}

func sealPages(codec unsafe.Pointer, first uint32, pages []byte) error {
	return takeError(C.go_seal_pages(codec, C.uint32_t(first), bytesOf(pages), C.size_t(len(pages))))
}

func sealPagesInto(codec unsafe.Pointer, first uint32, from, to []byte) error {
	return takeError(C.go_seal_pages_into(codec, C.uint32_t(first), bytesOf(from), C.size_t(len(from)), bytesOf(to),
		C.size_t(len(to))))
}

func openPages(codec unsafe.Pointer, first uint32, pages []byte) error {
	return takeError(C.go_open_pages(codec, C.uint32_t(first), bytesOf(pages), C.size_t(len(pages))))
}

func openPagesInto(codec unsafe.Pointer, first uint32, from, to []byte) error {
	return takeError(C.go_open_pages_into(codec, C.uint32_t(first), bytesOf(from), C.size_t(len(from)), bytesOf(to),
		C.size_t(len(to))))
}

func tursoHeaderParse(bytes []byte) (TursoHeader, error) {
	h := C.go_turso_header_parse(bytesOf(bytes), C.size_t(len(bytes)))
	if err := takeError(h.error); err != nil {
		return TursoHeader{}, err
	}
	return TursoHeader{
		Version:        uint8(h.version),
		Cipher:         Cipher(h.cipher),
		PageSize:       int(h.page_size),
		ReservedLength: int(h.reserved_length),
	}, nil
}

func pendingBytePage(pageSize int) uint32 {
	return uint32(C.pagecrypt_pending_byte_page(C.size_t(pageSize)))
}

func walHeaderNew(h WALHeader) ([]byte, error) {
	header := make([]byte, WALHeaderLength)
	err := takeError(C.go_wal_header_new(C.pagecrypt_byte_order(h.ByteOrder), C.size_t(h.PageSize),
		C.uint32_t(h.Checkpoint), C.uint32_t(h.Salts[0]), C.uint32_t(h.Salts[1]), bytesOf(header)))
	if err != nil {
		return nil, err
	}
	return header, nil
}

func walHeaderParse(bytes []byte) (WALHeader, error) {
	h := C.go_wal_header_parse(bytesOf(bytes), C.size_t(len(bytes)))
	if err := takeError(h.error); err != nil {
		return WALHeader{}, err
	}
	return WALHeader{
		ByteOrder:  ByteOrder(h.order),
		PageSize:   int(h.page_size),
		Checkpoint: uint32(h.checkpoint),
		Salts:      [2]uint32{uint32(h.salt1), uint32(h.salt2)},
	}, nil
}

func walFrameHeaderParse(bytes []byte) (WALFrameHeader, error) {
	h := C.go_wal_frame_header_parse(bytesOf(bytes), C.size_t(len(bytes)))
	if err := takeError(h.error); err != nil {
		return WALFrameHeader{}, err
	}
	return WALFrameHeader{
		Page:       uint32(h.page),
		CommitSize: uint32(h.commit_size),
		Salts:      [2]uint32{uint32(h.salt1), uint32(h.salt2)},
		Checksum:   [2]uint32{uint32(h.checksum1), uint32(h.checksum2)},
	}, nil
}

func walChainStart(header []byte) (*handle, error) {
	return takeHandle(C.go_wal_chain_start(bytesOf(header), C.size_t(len(header))), freeWALChain)
}

func walChainResume(header []byte, checksum [2]uint32) (*handle, error) {
	return takeHandle(C.go_wal_chain_resume(bytesOf(header), C.size_t(len(header)), C.uint32_t(checksum[0]),
		C.uint32_t(checksum[1])), freeWALChain)
}

func walChainChecksum(chain unsafe.Pointer) ([2]uint32, error) {
	sum := C.go_wal_chain_checksum(chain)
	return [2]uint32{uint32(sum.checksum1), uint32(sum.checksum2)}, takeError(sum.error)
}

func walChainAccept(chain unsafe.Pointer, frame []byte) (bool, error) {
	result := C.go_wal_chain_accept(chain, bytesOf(frame), C.size_t(len(frame)))
	return bool(result.accepted), takeError(result.error)
}

func sealFrames(codec, chain unsafe.Pointer, frames []byte) error {
	return takeError(C.go_seal_frames(codec, chain, bytesOf(frames), C.size_t(len(frames))))
}

func openFrames(codec unsafe.Pointer, first uint32, frames []byte) error {
	return takeError(C.go_open_frames(codec, C.uint32_t(first), bytesOf(frames), C.size_t(len(frames))))
}

func openFramesInto(codec unsafe.Pointer, first uint32, from, to []byte) error {
	return takeError(C.go_open_frames_into(codec, C.uint32_t(first), bytesOf(from), C.size_t(len(from)), bytesOf(to),
		C.size_t(len(to))))
}
