/// \file
/// Pages: fixed-size blocks, numbered from 1, each sealed by itself under a nonce of its own.
#ifndef PAGECRYPT_PAGE_HPP
#define PAGECRYPT_PAGE_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "../pagecrypt.h"
#include "cipher.hpp"
#include "engine.hpp"
#include "error.hpp"
#include "key.hpp"
#include "view.hpp"
#include "wal.hpp"

namespace pagecrypt {

/// The smallest page, in bytes.
inline constexpr std::size_t min_page_size = PAGECRYPT_MIN_PAGE_SIZE;

/// The largest page, in bytes.
inline constexpr std::size_t max_page_size = PAGECRYPT_MAX_PAGE_SIZE;

/// The highest page number.
inline constexpr std::uint32_t max_page_number = PAGECRYPT_MAX_PAGE_NUMBER;

/// How many bytes of page 1 TursoHeader::parse() needs.
inline constexpr std::size_t turso_header_length = PAGECRYPT_TURSO_HEADER_LENGTH;

/// How nonce, tag and ciphertext lie in a page.
enum class Format : std::int32_t {
    turso = PAGECRYPT_FORMAT_TURSO,
};

/// The format's name, for example `turso`; empty for a number that is none.
[[nodiscard]] inline std::string_view name(Format format) noexcept {
    return detail::text_or_empty(pagecrypt_format_name(static_cast<pagecrypt_format>(format)));
}

/// The number of the page that holds SQLite's locks and is never used.
/// \throws PageSize
[[nodiscard]] inline std::uint32_t pending_byte_page(std::size_t page_size) {
    const std::uint32_t page = pagecrypt_pending_byte_page(page_size);
    if (page == 0) {
        detail::raise({Status::page_size,
                       "wrong page size: expected a power of two from 512 to 65536, got " + std::to_string(page_size),
                       0, page_size});
    }
    return page;
}

/// What page 1 says without the key. Nothing of it is authenticated. A plain value.
struct TursoHeader {
    std::uint8_t version = 0;
    Cipher cipher = {};
    std::size_t page_size = 0;       ///< Length of a page, in bytes.
    std::size_t reserved_length = 0; ///< Bytes at the end of each page for tag and nonce.

    /// Reads the first turso_header_length bytes of an encrypted database; more are ignored.
    /// \throws NotEncrypted, UnsupportedFormat, Malformed
    [[nodiscard]] static TursoHeader parse(bytes_view bytes) {
        TursoHeader header;
        pagecrypt_cipher cipher = 0;
        detail::ErrorOut error;
        error.check(pagecrypt_turso_header_parse(bytes.data(), bytes.size(), &header.version, &cipher,
                                                 &header.page_size, &header.reserved_length, error.out()));
        header.cipher = static_cast<Cipher>(cipher);
        return header;
    }
};

/// Seals and opens pages, and frames of a write-ahead log, of one format and size under one key.
///
/// Runs of pages lie in one contiguous buffer and are worked on together, which is faster than one at a time; one page
/// is a run of one. The last reserved_length() bytes of a plaintext page are zero. Where there are two buffers, they
/// are as long as each other and apart (or the same: in place).
///
/// It shares the key's bytes and count of seals, and the Key may be destroyed before it. A const PageCodec may be used
/// from any number of threads at once. Once moved from, it throws InvalidArgument.
class PageCodec {
public:
    /// A codec of Turso's format for pages of `page_size` bytes: a power of two from 512 to 65536.
    /// \throws PageSize; UnsupportedFormat for chacha20poly1305, which the format does not have; InvalidArgument
    [[nodiscard]] static PageCodec turso(const Key &key, std::size_t page_size) {
        pagecrypt_page_codec *codec = nullptr;
        detail::ErrorOut error;
        error.check(pagecrypt_page_codec_new_turso(key.handle(), page_size, &codec, error.out()));
        return PageCodec(codec);
    }

    /// The key's cipher.
    /// \throws InvalidArgument
    [[nodiscard]] Cipher cipher() const { return static_cast<Cipher>(pagecrypt_page_codec_cipher(codec_.get())); }

    /// The key's engine.
    /// \throws InvalidArgument
    [[nodiscard]] Engine engine() const { return static_cast<Engine>(pagecrypt_page_codec_engine(codec_.get())); }

    /// The format.
    /// \throws InvalidArgument
    [[nodiscard]] Format format() const { return static_cast<Format>(pagecrypt_page_codec_format(codec_.get())); }

    /// Length of a page, in bytes.
    /// \throws InvalidArgument
    [[nodiscard]] std::size_t page_size() const { return pagecrypt_page_codec_page_size(codec_.get()); }

    /// Bytes at the end of each page that hold tag and nonce, and are zero in the plaintext: 28, 32 or 48.
    /// \throws InvalidArgument
    [[nodiscard]] std::size_t reserved_length() const { return pagecrypt_page_codec_reserved_length(codec_.get()); }

    /// Length of a frame of a write-ahead log, in bytes: its header and a page.
    /// \throws InvalidArgument
    [[nodiscard]] std::size_t frame_length() const { return pagecrypt_page_codec_frame_length(codec_.get()); }

    /// Seals the pages `first`, `first + 1`, ... in place, or none of them, under fresh nonces from the operating
    /// system. Page 1 begins with SQLite's header. The page of pending_byte_page() is sealed as a page of zeros.
    /// \throws BufferLength, PageNumber, UsageLimit, RandomSource, InvalidArgument; Malformed where reserved bytes are
    /// not zero or page 1's header does not fit. Nothing is written then.
    void seal_pages(std::uint32_t first, mutable_bytes pages) const {
        call(pagecrypt_seal_pages, first, pages.data(), pages.size());
    }

    /// Seals pages from one buffer into another.
    /// \throws Overlap, and as seal_pages()
    void seal_pages_into(std::uint32_t first, bytes_view from, mutable_bytes to) const {
        call(pagecrypt_seal_pages_into, first, from.data(), from.size(), to.data(), to.size());
    }

    /// Opens the pages `first`, `first + 1`, ... in place. To keep the ciphertext whatever happens, use
    /// open_pages_into().
    /// \throws AuthenticationFailed with the numbers of the pages that failed: they are zero then, the others are open.
    /// BufferLength, PageNumber, InvalidArgument, and for page 1's header NotEncrypted, UnsupportedFormat,
    /// CipherMismatch, Malformed: nothing is written then.
    void open_pages(std::uint32_t first, mutable_bytes pages) const {
        call(pagecrypt_open_pages, first, pages.data(), pages.size());
    }

    /// Opens pages from one buffer into another; the first is left as it is.
    /// \throws Overlap, and as open_pages()
    void open_pages_into(std::uint32_t first, bytes_view from, mutable_bytes to) const {
        call(pagecrypt_open_pages_into, first, from.data(), from.size(), to.data(), to.size());
    }

    /// Seals frames (a header of wal_frame_header_length bytes and a page each) in place, or none of them, under fresh
    /// nonces, and continues the log's chain over them. Of a header, page number and commit size are read; salts and
    /// checksum are written.
    /// \throws PageSize where codec and chain have different ones; else as seal_pages()
    void seal_frames(WalChain &chain, mutable_bytes frames) const {
        call(pagecrypt_seal_frames, chain.handle(), frames.data(), frames.size());
    }

    /// Opens frames in place; `first` is the number of the first, from 1. Headers are left as they are. Whether a frame
    /// belongs to the log is for WalChain::accept() to say, before it is opened.
    /// \throws AuthenticationFailed with the numbers of the frames that failed, whose pages are zero then; else as
    /// open_pages()
    void open_frames(std::uint32_t first, mutable_bytes frames) const {
        call(pagecrypt_open_frames, first, frames.data(), frames.size());
    }

    /// Opens frames from one buffer into another; the first is left as it is. Headers are not copied.
    /// \throws Overlap, and as open_frames()
    void open_frames_into(std::uint32_t first, bytes_view from, mutable_bytes to) const {
        call(pagecrypt_open_frames_into, first, from.data(), from.size(), to.data(), to.size());
    }

    /// Whether it is not moved from.
    [[nodiscard]] explicit operator bool() const noexcept { return codec_.get_or_null() != nullptr; }

    /// The C handle, for functions of pagecrypt.h. It remains this object's.
    /// \throws InvalidArgument
    [[nodiscard]] const pagecrypt_page_codec *handle() const { return codec_.get(); }

private:
    explicit PageCodec(pagecrypt_page_codec *codec) noexcept : codec_(codec) {}

    template <class... Parameters, class... Arguments>
    void call(pagecrypt_status (*function)(Parameters...), Arguments... arguments) const {
        detail::ErrorOut error;
        error.check(function(codec_.get(), arguments..., error.out()));
    }

    detail::Handle<pagecrypt_page_codec, pagecrypt_page_codec_free> codec_;
};

} // namespace pagecrypt

#endif
