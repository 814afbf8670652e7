/// \file
/// A plain view of an encrypted database file.
#ifndef PAGECRYPT_READER_HPP
#define PAGECRYPT_READER_HPP

#include <cstddef>
#include <cstdint>
#include <filesystem>

#include "../pagecrypt.h"
#include "cipher.hpp"
#include "error.hpp"
#include "key.hpp"
#include "view.hpp"

namespace pagecrypt {

/// Reads an encrypted database as the plain one that it holds, its write-ahead log applied, without writing anything.
///
/// It keeps the file open, shares the key's bytes, and the Key may be destroyed before it. A const PageReader may be
/// used from any number of threads at once. Once moved from, it throws InvalidArgument.
class PageReader {
public:
    /// Opens the database `path`. The file names its cipher, so that of `key` only the bytes count.
    /// \throws WrongKey, KeyLength, NotEncrypted, UnsupportedFormat, Malformed, AuthenticationFailed, Locked,
    /// FilePermissions, Io, InvalidArgument
    [[nodiscard]] static PageReader open(const std::filesystem::path &path, const Key &key) {
        pagecrypt_page_reader *reader = nullptr;
        detail::ErrorOut error;
        error.check(pagecrypt_page_reader_open(detail::c_path(path).c_str(), key.handle(), &reader, error.out()));
        return PageReader(reader);
    }

    /// The file's cipher.
    /// \throws InvalidArgument
    [[nodiscard]] Cipher cipher() const { return static_cast<Cipher>(pagecrypt_page_reader_cipher(reader_.get())); }

    /// Length of a page, in bytes.
    /// \throws InvalidArgument
    [[nodiscard]] std::size_t page_size() const { return pagecrypt_page_reader_page_size(reader_.get()); }

    /// How many pages the database has.
    /// \throws InvalidArgument
    [[nodiscard]] std::uint32_t page_count() const { return pagecrypt_page_reader_page_count(reader_.get()); }

    /// Length of the plain database, in bytes.
    /// \throws InvalidArgument
    [[nodiscard]] std::uint64_t length() const { return pagecrypt_page_reader_length(reader_.get()); }

    /// How many frames of the write-ahead log are part of the database.
    /// \throws InvalidArgument
    [[nodiscard]] std::uint64_t frames_applied() const { return pagecrypt_page_reader_frames_applied(reader_.get()); }

    /// Fills `pages`, whose length is a multiple of the page size, with the plain pages `first`, `first + 1`, ...
    /// \throws AuthenticationFailed with the pages, or the frame of the log, that failed; PageNumber, BufferLength,
    /// Locked, Io, InvalidArgument. Where reading has begun, `pages` is all zero then.
    void read_pages(std::uint32_t first, mutable_bytes pages) const {
        detail::ErrorOut error;
        error.check(pagecrypt_page_reader_read_pages(reader_.get(), first, pages.data(), pages.size(), error.out()));
    }

    /// Fills `to` with the plain database's bytes from `offset` on. Returns how many there were: fewer than asked for
    /// only at the end, 0 behind it.
    /// \throws AuthenticationFailed, Locked, Io, InvalidArgument: as read_pages()
    [[nodiscard]] std::size_t read_at(std::uint64_t offset, mutable_bytes to) const {
        std::size_t read = 0;
        detail::ErrorOut error;
        error.check(pagecrypt_page_reader_read_at(reader_.get(), offset, to.data(), to.size(), &read, error.out()));
        return read;
    }

    /// Returns if nobody has written to the files since they were opened: else what was read may not fit together.
    /// \throws Locked if somebody has; Io, InvalidArgument
    void check_unchanged() const {
        detail::ErrorOut error;
        error.check(pagecrypt_page_reader_check_unchanged(reader_.get(), error.out()));
    }

    /// Whether it is not moved from.
    [[nodiscard]] explicit operator bool() const noexcept { return reader_.get_or_null() != nullptr; }

    /// The C handle, for functions of pagecrypt.h. It remains this object's.
    /// \throws InvalidArgument
    [[nodiscard]] const pagecrypt_page_reader *handle() const { return reader_.get(); }

private:
    explicit PageReader(pagecrypt_page_reader *reader) noexcept : reader_(reader) {}

    detail::Handle<pagecrypt_page_reader, pagecrypt_page_reader_free> reader_;
};

} // namespace pagecrypt

#endif
