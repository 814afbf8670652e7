/// \file
/// Failures: one exception class for each status that a function gives, all of them pagecrypt::Error.
#ifndef PAGECRYPT_ERROR_HPP
#define PAGECRYPT_ERROR_HPP

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "../pagecrypt.h"
#include "status.hpp"
#include "view.hpp"

namespace pagecrypt {

/// What the numbers of an AuthenticationFailed count.
enum class Unit : std::int32_t {
    none = PAGECRYPT_UNIT_NONE,
    message = PAGECRYPT_UNIT_MESSAGE, ///< Messages of a batch, from 0.
    page = PAGECRYPT_UNIT_PAGE,       ///< Pages of a file, from 1.
    frame = PAGECRYPT_UNIT_FRAME,     ///< Frames of a write-ahead log, from 1.
};

/// What stands in the way of a database that is Locked.
enum class LockedBy : std::int32_t {
    none = PAGECRYPT_LOCKED_BY_NONE,
    writer = PAGECRYPT_LOCKED_BY_WRITER,             ///< Another program is writing to it.
    change = PAGECRYPT_LOCKED_BY_CHANGE,             ///< Another program changed it while it was read.
    journal = PAGECRYPT_LOCKED_BY_JOURNAL,           ///< A crashed program left a journal for SQLite to roll back.
    leftover = PAGECRYPT_LOCKED_BY_LEFTOVER,         ///< The log or journal of another database lies beside it.
    this_process = PAGECRYPT_LOCKED_BY_THIS_PROCESS, ///< Another copy of SQLite in this process holds locks on it.
};

namespace detail {

struct FreeError {
    void operator()(pagecrypt_error *error) const noexcept { pagecrypt_error_free(error); }
};

/// What an exception is made of: what C told, or what this header found out by itself.
struct Failure {
    Status status;
    std::string message;
    std::uint64_t expected = 0;
    std::uint64_t got = 0;
    std::shared_ptr<const pagecrypt_error> details = {};
};

} // namespace detail

/// What went wrong, with details. Never carries key material or plaintext.
///
/// Copies are cheap and share the details; an error may be read from several threads at once.
class Error : public std::runtime_error {
public:
    /// Made by this library's functions.
    explicit Error(detail::Failure failure)
        : std::runtime_error(failure.message), status_(failure.status), expected_(failure.expected), got_(failure.got),
          details_(std::move(failure.details)) {}

    /// The stable number. what() is the full sentence.
    [[nodiscard]] Status status() const noexcept { return status_; }

    /// The status's name, for example `wrong_key`.
    [[nodiscard]] std::string_view name() const noexcept { return pagecrypt::name(status_); }

    /// What the command line ends with for this error, 1 to 8.
    [[nodiscard]] int exit_code() const noexcept { return pagecrypt::exit_code(status_); }

    /// Of AuthenticationFailed: what the numbers count. Else Unit::none.
    [[nodiscard]] Unit unit() const noexcept { return static_cast<Unit>(pagecrypt_error_unit(details_.get())); }

    /// Of AuthenticationFailed: the number of the first that failed. Else 0.
    [[nodiscard]] std::uint64_t first() const noexcept { return pagecrypt_error_first(details_.get()); }

    /// Of AuthenticationFailed: how many failed. Else 0.
    [[nodiscard]] std::uint64_t count() const noexcept { return pagecrypt_error_count(details_.get()); }

    /// Of AuthenticationFailed: the numbers of those that failed, ascending, at most 65536 of them. Else none. Valid as
    /// long as this error or a copy of it.
    [[nodiscard]] View<const std::uint64_t> numbers() const noexcept {
        std::size_t length = 0;
        const std::uint64_t *numbers = pagecrypt_error_numbers(details_.get(), &length);
        return {numbers, length};
    }

    /// Of KeyLength and BufferLength: the length that was needed, in bytes. Of CipherMismatch: the key's cipher, as its
    /// number. Of MeteredSize: the size that was stored. Else 0.
    [[nodiscard]] std::uint64_t expected() const noexcept { return expected_; }

    /// Of KeyLength and BufferLength: the length that was given, in bytes. Of PageSize: the size, in bytes. Of KeyText:
    /// how many characters there were. Of CipherMismatch: the cipher of the data, as its number. Of MeteredSize: the
    /// size that the record has. Else 0.
    [[nodiscard]] std::uint64_t got() const noexcept { return got_; }

    /// Of Locked: what stands in the way. Else LockedBy::none.
    [[nodiscard]] LockedBy locked_by() const noexcept {
        return static_cast<LockedBy>(pagecrypt_error_locked_by(details_.get()));
    }

    /// Of WrongKey: whether the file has only one page, so that a damaged page 1 would look the same. Else false.
    [[nodiscard]] bool only_page() const noexcept { return pagecrypt_error_only_page(details_.get()); }

    /// Of Io and FilePermissions: the file. Else empty.
    [[nodiscard]] std::filesystem::path path() const {
        const char *path = pagecrypt_error_path(details_.get());
        return path == nullptr ? std::filesystem::path() : std::filesystem::path(path);
    }

    /// Of Io and FilePermissions: the operating system's error number (errno), 0 if there is none. Else 0.
    [[nodiscard]] int os_code() const noexcept { return pagecrypt_error_os_code(details_.get()); }

private:
    Status status_;
    std::uint64_t expected_;
    std::uint64_t got_;
    std::shared_ptr<const pagecrypt_error> details_;
};

/// No cipher of the catalogue has this name or number.
class UnknownCipher : public Error {
    using Error::Error;
};
/// No engine has this name, or this CPU does not run it.
class UnknownEngine : public Error {
    using Error::Error;
};
/// The key has another length than its cipher needs: see expected() and got().
class KeyLength : public Error {
    using Error::Error;
};
/// The text is not a key in base64 or hexadecimal.
class KeyText : public Error {
    using Error::Error;
};
/// The data is encrypted, and no key was given.
class KeyRequired : public Error {
    using Error::Error;
};
/// The key does not belong to this file: see only_page().
class WrongKey : public Error {
    using Error::Error;
};
/// No key that was given has the id that the record names, so that nobody can tell whether it is authentic.
class UnknownKeyId : public Error {
    using Error::Error;
};
/// Pages, frames, messages or records are damaged, forged, out of their place, or sealed under another key: see unit(),
/// numbers(), first() and count().
class AuthenticationFailed : public Error {
    using Error::Error;
};
/// The data is not encrypted: for example a plain SQLite database.
class NotEncrypted : public Error {
    using Error::Error;
};
/// The format or its version is not supported, or does not have the key's cipher.
class UnsupportedFormat : public Error {
    using Error::Error;
};
/// The data does not have the form that its format demands.
class Malformed : public Error {
    using Error::Error;
};
/// The data was sealed with another cipher than the key's.
class CipherMismatch : public Error {
    using Error::Error;
};
/// Not a page size: a power of two from 512 to 65536 bytes. See got().
class PageSize : public Error {
    using Error::Error;
};
/// Not the number of a page.
class PageNumber : public Error {
    using Error::Error;
};
/// A record of S2 has another metered size than was stored beside it: see expected() and got().
class MeteredSize : public Error {
    using Error::Error;
};
/// A buffer has another length than the operation needs: see expected() (for runs of pages and frames: the length of
/// one, of which the buffer's must be a multiple) and got().
class BufferLength : public Error {
    using Error::Error;
};
/// An argument that the operation cannot take, or a moved-from object.
class InvalidArgument : public Error {
    using Error::Error;
};
/// Buffers overlap that must be the same or apart.
class Overlap : public Error {
    using Error::Error;
};
/// The message is longer than the cipher allows.
class MessageTooLong : public Error {
    using Error::Error;
};
/// The key has sealed as many messages as its cipher allows under random nonces: use a new one.
class UsageLimit : public Error {
    using Error::Error;
};
/// The destination exists already, and FileOptions::force was not set.
class FileExists : public Error {
    using Error::Error;
};
/// The operating system does not permit it: see path() and os_code().
class FilePermissions : public Error {
    using Error::Error;
};
/// The database is in use, or a crashed program left it to be recovered first: see locked_by().
class Locked : public Error {
    using Error::Error;
};
/// The progress function asked to stop.
class Cancelled : public Error {
    using Error::Error;
};
/// The operating system's random generator failed.
class RandomSource : public Error {
    using Error::Error;
};
/// Reading or writing failed: see path() and os_code().
class Io : public Error {
    using Error::Error;
};
/// A defect of this library; please report it.
class Internal : public Error {
    using Error::Error;
};

namespace detail {

/// Throws the class that belongs to the status; Error itself for those that nothing gives yet.
[[noreturn]] inline void raise(Failure failure) {
    switch (failure.status) {
    case Status::unknown_cipher:
        throw UnknownCipher(std::move(failure));
    case Status::unknown_engine:
        throw UnknownEngine(std::move(failure));
    case Status::key_length:
        throw KeyLength(std::move(failure));
    case Status::key_text:
        throw KeyText(std::move(failure));
    case Status::key_required:
        throw KeyRequired(std::move(failure));
    case Status::wrong_key:
        throw WrongKey(std::move(failure));
    case Status::unknown_key_id:
        throw UnknownKeyId(std::move(failure));
    case Status::authentication_failed:
        throw AuthenticationFailed(std::move(failure));
    case Status::not_encrypted:
        throw NotEncrypted(std::move(failure));
    case Status::unsupported_format:
        throw UnsupportedFormat(std::move(failure));
    case Status::malformed:
        throw Malformed(std::move(failure));
    case Status::cipher_mismatch:
        throw CipherMismatch(std::move(failure));
    case Status::page_size:
        throw PageSize(std::move(failure));
    case Status::page_number:
        throw PageNumber(std::move(failure));
    case Status::metered_size:
        throw MeteredSize(std::move(failure));
    case Status::buffer_length:
        throw BufferLength(std::move(failure));
    case Status::invalid_argument:
        throw InvalidArgument(std::move(failure));
    case Status::overlap:
        throw Overlap(std::move(failure));
    case Status::message_too_long:
        throw MessageTooLong(std::move(failure));
    case Status::usage_limit:
        throw UsageLimit(std::move(failure));
    case Status::file_exists:
        throw FileExists(std::move(failure));
    case Status::file_permissions:
        throw FilePermissions(std::move(failure));
    case Status::locked:
        throw Locked(std::move(failure));
    case Status::cancelled:
        throw Cancelled(std::move(failure));
    case Status::random_source:
        throw RandomSource(std::move(failure));
    case Status::io:
        throw Io(std::move(failure));
    case Status::internal:
        throw Internal(std::move(failure));
    case Status::ok:
    case Status::wrong_passphrase:
    case Status::wrong_store:
    case Status::sequence:
    case Status::policy:
    case Status::invite_expired:
    case Status::invite_used:
    case Status::invite_malformed:
    case Status::changing:
        break;
    }
    throw Error(std::move(failure));
}

[[noreturn]] inline void raise_invalid_argument(const char *what) {
    raise({Status::invalid_argument, std::string("invalid argument: ") + what});
}

/// For lengths that C is not told, because its parameter is a bare pointer.
inline void require_length(const char *what, std::size_t expected, std::size_t got) {
    if (expected != got) {
        raise({Status::buffer_length,
               std::string("wrong buffer length: ") + what + ": expected " + std::to_string(expected) + " bytes, got " +
                   std::to_string(got),
               expected, got});
    }
}

/// The last argument of a C function that can fail, and what becomes of it.
class ErrorOut {
public:
    ErrorOut() = default;
    ErrorOut(const ErrorOut &) = delete;
    ErrorOut &operator=(const ErrorOut &) = delete;
    ~ErrorOut() { pagecrypt_error_free(error_); }

    [[nodiscard]] pagecrypt_error **out() noexcept { return &error_; }

    /// Throws unless the status is PAGECRYPT_OK.
    void check(pagecrypt_status status) {
        if (status != PAGECRYPT_OK) {
            raise(take(status));
        }
    }

    [[nodiscard]] Failure take(pagecrypt_status status) {
        // The pointer owns the error even where making it runs out of memory.
        std::shared_ptr<const pagecrypt_error> details(std::exchange(error_, nullptr), FreeError());
        const pagecrypt_error *error = details.get();
        return {static_cast<Status>(status),
                error == nullptr ? pagecrypt_status_message(status) : pagecrypt_error_message(error),
                pagecrypt_error_expected(error), pagecrypt_error_got(error), std::move(details)};
    }

private:
    pagecrypt_error *error_ = nullptr;
};

/// A C handle with one owner; null once moved from.
template <class T, void (*Free)(T *)>
class Handle {
public:
    explicit Handle(T *handle = nullptr) noexcept : handle_(handle) {}

    /// The handle, or InvalidArgument once it was moved from.
    [[nodiscard]] T *get() const {
        if (handle_ == nullptr) {
            raise_invalid_argument("this object was moved from");
        }
        return handle_.get();
    }

    [[nodiscard]] T *get_or_null() const noexcept { return handle_.get(); }

private:
    struct Deleter {
        void operator()(T *handle) const noexcept { Free(handle); }
    };
    std::unique_ptr<T, Deleter> handle_;
};

/// A path as C takes it.
[[nodiscard]] inline std::string c_path(const std::filesystem::path &path) {
    std::string text = path.string();
    if (text.find('\0') != std::string::npos) {
        raise_invalid_argument("the path contains a zero byte");
    }
    return text;
}

/// A name as C takes it; one with a zero byte in it, which C would take for a shorter one, becomes no name at all.
[[nodiscard]] inline std::string c_name(std::string_view name) {
    return name.find('\0') == std::string_view::npos ? std::string(name) : std::string();
}

/// C's text, which may be null.
[[nodiscard]] inline std::string_view text_or_empty(const char *text) noexcept {
    return text == nullptr ? std::string_view() : std::string_view(text);
}

[[nodiscard]] inline std::optional<std::string> optional_text(const char *text) {
    return text == nullptr ? std::nullopt : std::optional<std::string>(text);
}

} // namespace detail
} // namespace pagecrypt

#endif
