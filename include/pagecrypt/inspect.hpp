/// \file
/// What can be seen of a database file without a key.
#ifndef PAGECRYPT_INSPECT_HPP
#define PAGECRYPT_INSPECT_HPP

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "../pagecrypt.h"
#include "cipher.hpp"
#include "error.hpp"

namespace pagecrypt {

/// What kind of file it is.
enum class FileFormat : std::int32_t {
    unknown = PAGECRYPT_FILE_UNKNOWN,
    turso = PAGECRYPT_FILE_TURSO,   ///< A database encrypted in Turso's format.
    sqlite = PAGECRYPT_FILE_SQLITE, ///< A plain SQLite database.
};

/// The format's name, for example `turso`; empty for a number that is none.
[[nodiscard]] inline std::string_view name(FileFormat format) noexcept {
    return detail::text_or_empty(pagecrypt_file_format_name(static_cast<pagecrypt_file_format>(format)));
}

/// What can be seen of a write-ahead log without a key. A plain value.
struct LogInspection {
    std::uint64_t length = 0;           ///< Length of the file, in bytes.
    std::uint64_t frames = 0;           ///< Whole frames in it.
    std::uint64_t committed = 0;        ///< Of them, from the first: hold together and end in a commit.
    std::uint64_t stale = 0;            ///< Of them: left over from before a checkpoint.
    std::uint64_t torn_bytes = 0;       ///< Bytes behind the last whole frame.
    std::uint32_t committed_pages = 0;  ///< Pages of the database when the log is applied; 0: no commit.
    std::optional<std::string> problem; ///< What is wrong with the log's header.
};

/// What can be seen of a database without a key. Nothing of it is authenticated. Its functions throw InvalidArgument
/// once it was moved from, and only then.
class Inspection {
public:
    /// What kind of file it is.
    [[nodiscard]] FileFormat format() const {
        return static_cast<FileFormat>(pagecrypt_inspection_format(inspection_.get()));
    }

    /// The version of the encrypted format.
    [[nodiscard]] std::optional<std::uint8_t> version() const {
        const std::int32_t version = pagecrypt_inspection_version(inspection_.get());
        return version < 0 ? std::nullopt : std::optional(static_cast<std::uint8_t>(version));
    }

    /// The cipher, where the header names one.
    [[nodiscard]] std::optional<Cipher> cipher() const {
        const pagecrypt_cipher cipher = pagecrypt_inspection_cipher(inspection_.get());
        return cipher == 0 ? std::nullopt : std::optional(static_cast<Cipher>(cipher));
    }

    /// Length of a page in bytes, where the header names one.
    [[nodiscard]] std::optional<std::size_t> page_size() const {
        const std::size_t page_size = pagecrypt_inspection_page_size(inspection_.get());
        return page_size == 0 ? std::nullopt : std::optional(page_size);
    }

    /// Reserved bytes of each page, as the header has them.
    [[nodiscard]] std::optional<std::size_t> reserved_length() const {
        const std::int32_t length = pagecrypt_inspection_reserved_length(inspection_.get());
        return length < 0 ? std::nullopt : std::optional(static_cast<std::size_t>(length));
    }

    /// Length of the file, in bytes.
    [[nodiscard]] std::uint64_t length() const { return pagecrypt_inspection_length(inspection_.get()); }

    /// How many whole pages the file holds; 0 where that is not known.
    [[nodiscard]] std::uint64_t pages() const { return pagecrypt_inspection_pages(inspection_.get()); }

    /// How many pages the header says there are.
    [[nodiscard]] std::optional<std::uint32_t> header_pages() const {
        const std::uint32_t pages = pagecrypt_inspection_header_pages(inspection_.get());
        return pages == 0 ? std::nullopt : std::optional(pages);
    }

    /// Bytes behind the last whole page.
    [[nodiscard]] std::uint64_t trailing_bytes() const {
        return pagecrypt_inspection_trailing_bytes(inspection_.get());
    }

    /// What is wrong with the header.
    [[nodiscard]] std::optional<std::string> problem() const {
        return detail::optional_text(pagecrypt_inspection_problem(inspection_.get()));
    }

    /// Whether a program that stopped left a journal that must be rolled back.
    [[nodiscard]] bool hot_journal() const { return pagecrypt_inspection_hot_journal(inspection_.get()); }

    /// The write-ahead log, where there is one and the page size is known.
    [[nodiscard]] std::optional<LogInspection> log() const {
        const pagecrypt_inspection *inspection = inspection_.get();
        if (!pagecrypt_inspection_has_log(inspection)) {
            return std::nullopt;
        }
        return LogInspection{pagecrypt_inspection_log_length(inspection),
                             pagecrypt_inspection_log_frames(inspection),
                             pagecrypt_inspection_log_committed(inspection),
                             pagecrypt_inspection_log_stale(inspection),
                             pagecrypt_inspection_log_torn_bytes(inspection),
                             pagecrypt_inspection_log_committed_pages(inspection),
                             detail::optional_text(pagecrypt_inspection_log_problem(inspection))};
    }

    /// Whether it is not moved from.
    [[nodiscard]] explicit operator bool() const noexcept { return inspection_.get_or_null() != nullptr; }

private:
    friend Inspection inspect_file(const std::filesystem::path &);

    explicit Inspection(pagecrypt_inspection *inspection) noexcept : inspection_(inspection) {}

    detail::Handle<pagecrypt_inspection, pagecrypt_inspection_free> inspection_;
};

/// Looks at the database `path` and its write-ahead log without a key, and without a lock.
/// \throws Io, FilePermissions; InvalidArgument where it is not a file; Locked where it shrinks meanwhile
[[nodiscard]] inline Inspection inspect_file(const std::filesystem::path &path) {
    pagecrypt_inspection *inspection = nullptr;
    detail::ErrorOut error;
    error.check(pagecrypt_inspect_file(detail::c_path(path).c_str(), &inspection, error.out()));
    return Inspection(inspection);
}

} // namespace pagecrypt

#endif
