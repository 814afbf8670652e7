//go:build cgo && (pagecrypt_system || (linux && (amd64 || arm64)))

package pagecrypt

/*
#include "binding.h"

#cgo noescape go_page_reader_read_at
#cgo noescape go_page_reader_read_pages
#cgo nocallback go_page_reader_read_at
#cgo nocallback go_page_reader_read_pages
*/
import "C"

import (
	"runtime/cgo"
	"time"
	"unsafe"
)

//export pagecryptGoProgress
func pagecryptGoProgress(context C.uintptr_t, done, total C.uint64_t) C.bool {
	report := cgo.Handle(context).Value().(func(done, total uint64) bool)
	return C.bool(report(uint64(done), uint64(total)))
}

// withOptions calls work with the library's form of settings.
func withOptions(settings fileSettings, work func(*C.pagecrypt_file_options) error) error {
	report := cgo.NewHandle(settings.report)
	defer report.Delete()
	wait := settings.wait.Round(time.Millisecond).Milliseconds()
	options := C.go_file_options(C.bool(settings.force), C.uint64_t(wait), C.size_t(settings.threads), C.uintptr_t(report))
	defer C.pagecrypt_file_options_free(options)
	return work(options)
}

func encryptFile(source, destination string, key *handle, settings fileSettings) (Summary, error) {
	return convert(source, destination, settings, func(from, to *C.char, options *C.pagecrypt_file_options) C.made {
		return C.go_encrypt_file(from, to, key.pointer, options)
	})
}

func decryptFile(source, destination string, key *handle, settings fileSettings) (Summary, error) {
	return convert(source, destination, settings, func(from, to *C.char, options *C.pagecrypt_file_options) C.made {
		return C.go_decrypt_file(from, to, key.pointer, options)
	})
}

func decryptFileCompact(source, destination string, key *handle, settings fileSettings) (Summary, error) {
	return convert(source, destination, settings, func(from, to *C.char, options *C.pagecrypt_file_options) C.made {
		return C.go_decrypt_file_compact(from, to, key.pointer, options)
	})
}

func convert(source, destination string, settings fileSettings,
	call func(from, to *C.char, options *C.pagecrypt_file_options) C.made,
) (Summary, error) {
	from, freeFrom, err := cString(source, "a path")
	if err != nil {
		return Summary{}, err
	}
	defer freeFrom()
	to, freeTo, err := cString(destination, "a path")
	if err != nil {
		return Summary{}, err
	}
	defer freeTo()
	var summary Summary
	err = withOptions(settings, func(options *C.pagecrypt_file_options) error {
		made := call(from, to, options)
		s := (*C.pagecrypt_summary)(made.handle)
		if s != nil {
			defer C.pagecrypt_summary_free(s)
			summary = Summary{
				Cipher:         Cipher(C.pagecrypt_summary_cipher(s)),
				Engine:         Engine(C.pagecrypt_summary_engine(s)),
				Way:            Way(C.pagecrypt_summary_way(s)),
				SourcePageSize: int(C.pagecrypt_summary_source_page_size(s)),
				PageSize:       int(C.pagecrypt_summary_page_size(s)),
				Pages:          uint32(C.pagecrypt_summary_pages(s)),
				Bytes:          uint64(C.pagecrypt_summary_bytes(s)),
				FramesApplied:  uint64(C.pagecrypt_summary_frames_applied(s)),
			}
		}
		return takeError(made.error)
	})
	return summary, err
}

func verifyFile(path string, key *handle, settings fileSettings) (*VerifyReport, error) {
	at, free, err := cString(path, "a path")
	if err != nil {
		return nil, err
	}
	defer free()
	var report *VerifyReport
	err = withOptions(settings, func(options *C.pagecrypt_file_options) error {
		made := C.go_verify_file(at, key.pointer, options)
		if r := (*C.pagecrypt_verify_report)(made.handle); r != nil {
			report = verifyReport(r)
			C.pagecrypt_verify_report_free(r)
		}
		return takeError(made.error)
	})
	return report, err
}

func verifyReport(r *C.pagecrypt_verify_report) *VerifyReport {
	report := &VerifyReport{
		Intact:        bool(C.pagecrypt_verify_report_is_intact(r)),
		Cipher:        Cipher(C.pagecrypt_verify_report_cipher(r)),
		Engine:        Engine(C.pagecrypt_verify_report_engine(r)),
		PageSize:      int(C.pagecrypt_verify_report_page_size(r)),
		Pages:         uint32(C.pagecrypt_verify_report_pages(r)),
		PagesChecked:  uint32(C.pagecrypt_verify_report_pages_checked(r)),
		TrailingBytes: uint64(C.pagecrypt_verify_report_trailing_bytes(r)),
		DamagedPages:  ranges(r, 0),
		MissingPages:  ranges(r, 1),
		SurplusPages:  ranges(r, 2),
		ForeignPages:  ranges(r, 3),
	}
	for i := range C.pagecrypt_verify_report_finding_count(r) {
		report.Findings = append(report.Findings, C.GoString(C.pagecrypt_verify_report_finding(r, i)))
	}
	for i := range C.pagecrypt_verify_report_damaged_header_count(r) {
		report.DamagedHeader = append(report.DamagedHeader, C.GoString(C.pagecrypt_verify_report_damaged_header(r, i)))
	}
	if C.pagecrypt_verify_report_has_log(r) {
		report.Log = &LogReport{
			Frames:      uint64(C.pagecrypt_verify_report_log_frames(r)),
			Committed:   uint64(C.pagecrypt_verify_report_log_committed(r)),
			Uncommitted: uint64(C.pagecrypt_verify_report_log_uncommitted(r)),
			Stale:       uint64(C.pagecrypt_verify_report_log_stale(r)),
			TornBytes:   uint64(C.pagecrypt_verify_report_log_torn_bytes(r)),
			Damaged:     ranges(r, 4),
			Problem:     C.GoString(C.pagecrypt_verify_report_log_problem(r)),
		}
	}
	return report
}

// ranges copies one of the report's lists, by its place in binding.h.
func ranges(r *C.pagecrypt_verify_report, which C.int) []Range {
	list := C.go_verify_ranges(r, which)
	var copied []Range
	for _, pages := range unsafe.Slice(list.ranges, list.length) {
		copied = append(copied, Range{uint32(pages.first), uint32(pages.last)})
	}
	return copied
}

func inspectFile(path string) (*Inspection, error) {
	at, free, err := cString(path, "a path")
	if err != nil {
		return nil, err
	}
	defer free()
	made := C.go_inspect_file(at)
	if err := takeError(made.error); err != nil {
		return nil, err
	}
	i := (*C.pagecrypt_inspection)(made.handle)
	defer C.pagecrypt_inspection_free(i)
	inspection := &Inspection{
		Format:         FileFormat(C.pagecrypt_inspection_format(i)),
		Version:        int(C.pagecrypt_inspection_version(i)),
		Cipher:         Cipher(C.pagecrypt_inspection_cipher(i)),
		PageSize:       int(C.pagecrypt_inspection_page_size(i)),
		ReservedLength: int(C.pagecrypt_inspection_reserved_length(i)),
		Length:         uint64(C.pagecrypt_inspection_length(i)),
		Pages:          uint64(C.pagecrypt_inspection_pages(i)),
		HeaderPages:    uint32(C.pagecrypt_inspection_header_pages(i)),
		TrailingBytes:  uint64(C.pagecrypt_inspection_trailing_bytes(i)),
		Problem:        C.GoString(C.pagecrypt_inspection_problem(i)),
		HotJournal:     bool(C.pagecrypt_inspection_hot_journal(i)),
	}
	if C.pagecrypt_inspection_has_log(i) {
		inspection.Log = &LogInspection{
			Length:         uint64(C.pagecrypt_inspection_log_length(i)),
			Frames:         uint64(C.pagecrypt_inspection_log_frames(i)),
			Committed:      uint64(C.pagecrypt_inspection_log_committed(i)),
			Stale:          uint64(C.pagecrypt_inspection_log_stale(i)),
			TornBytes:      uint64(C.pagecrypt_inspection_log_torn_bytes(i)),
			CommittedPages: uint32(C.pagecrypt_inspection_log_committed_pages(i)),
			Problem:        C.GoString(C.pagecrypt_inspection_log_problem(i)),
		}
	}
	return inspection, nil
}

func freePageReader(reader unsafe.Pointer) {
	C.pagecrypt_page_reader_free((*C.pagecrypt_page_reader)(reader))
}

func pageReaderOpen(path string, key unsafe.Pointer) (*pageReaderState, error) {
	at, free, err := cString(path, "a path")
	if err != nil {
		return nil, err
	}
	defer free()
	h, err := takeHandle(C.go_page_reader_open(at, key), freePageReader)
	if err != nil {
		return nil, err
	}
	reader := (*C.pagecrypt_page_reader)(h.pointer)
	return &pageReaderState{
		handle:        h,
		cipher:        Cipher(C.pagecrypt_page_reader_cipher(reader)),
		pageSize:      int(C.pagecrypt_page_reader_page_size(reader)),
		pageCount:     uint32(C.pagecrypt_page_reader_page_count(reader)),
		size:          int64(C.pagecrypt_page_reader_length(reader)),
		framesApplied: uint64(C.pagecrypt_page_reader_frames_applied(reader)),
	}, nil
}

func pageReaderReadAt(reader unsafe.Pointer, offset int64, p []byte) (int, error) {
	read := C.go_page_reader_read_at(reader, C.uint64_t(offset), bytesOf(p), C.size_t(len(p)))
	return int(read.length), takeError(read.error)
}

func pageReaderReadPages(reader unsafe.Pointer, first uint32, pages []byte) error {
	return takeError(C.go_page_reader_read_pages(reader, C.uint32_t(first), bytesOf(pages), C.size_t(len(pages))))
}

func pageReaderCheckUnchanged(reader unsafe.Pointer) error {
	return takeError(C.go_page_reader_check_unchanged(reader))
}
