/// \file
/// Whole database files, encrypted and decrypted. Checking them is verify.hpp, looking at them without a key
/// inspect.hpp.
///
/// A destination appears whole or not at all. Where this process has the database open through another copy of SQLite,
/// mind POSIX locks: closing a file takes away all of them that the same process holds on it. On Linux these functions
/// refuse such a file (Locked, LockedBy::this_process); elsewhere, and for locks taken meanwhile, it is for the caller
/// to close the database first.
#ifndef PAGECRYPT_FILE_HPP
#define PAGECRYPT_FILE_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <utility>

#include "../pagecrypt.h"
#include "cipher.hpp"
#include "engine.hpp"
#include "error.hpp"
#include "key.hpp"

namespace pagecrypt {

/// Told the bytes done and the bytes there are in all (which may still grow), on the thread that called. Returns
/// whether to go on: with false, the function throws Cancelled. An exception that it throws stops the work, too, and
/// comes out of the function.
using Progress = std::function<bool(std::uint64_t done, std::uint64_t total)>;

/// What the functions over whole files are told. A plain value: each setter returns the object.
///
///     pagecrypt::encrypt_file("app.db", "app.enc.db", key, pagecrypt::FileOptions().force(true));
class FileOptions {
public:
    /// Whether an existing destination is replaced; by default it is not.
    FileOptions &force(bool force) noexcept {
        force_ = force;
        return *this;
    }

    /// How long to wait for another program that is just writing; by default 5 seconds.
    /// \throws InvalidArgument where it is negative
    FileOptions &wait(std::chrono::milliseconds wait) {
        if (wait.count() < 0) {
            detail::raise_invalid_argument("the time to wait is negative");
        }
        wait_ = wait;
        return *this;
    }

    /// How many threads verify_file() takes; by default 0: as many as the CPU runs at once.
    FileOptions &threads(std::size_t threads) noexcept {
        threads_ = threads;
        return *this;
    }

    /// Told how far the work is; by default nobody is.
    FileOptions &progress(Progress progress) {
        progress_ = std::move(progress);
        return *this;
    }

    [[nodiscard]] bool force() const noexcept { return force_; }
    [[nodiscard]] std::chrono::milliseconds wait() const noexcept { return wait_; }
    [[nodiscard]] std::size_t threads() const noexcept { return threads_; }
    [[nodiscard]] const Progress &progress() const noexcept { return progress_; }

private:
    bool force_ = false;
    std::chrono::milliseconds wait_ = std::chrono::seconds(5);
    std::size_t threads_ = 0;
    Progress progress_;
};

namespace detail {

/// The options of one call in C's form. An exception of the progress function waits here until C has returned.
class FileCall {
public:
    explicit FileCall(const FileOptions &options)
        : progress_(options.progress()), options_(pagecrypt_file_options_new()) {
        if (options_ == nullptr) {
            throw std::bad_alloc();
        }
        pagecrypt_file_options_set_force(options_.get(), options.force());
        pagecrypt_file_options_set_wait(options_.get(), static_cast<std::uint64_t>(options.wait().count()));
        pagecrypt_file_options_set_threads(options_.get(), options.threads());
        if (progress_) {
            pagecrypt_file_options_set_progress(options_.get(), report, this);
        }
    }
    FileCall(const FileCall &) = delete;
    FileCall &operator=(const FileCall &) = delete;

    [[nodiscard]] const pagecrypt_file_options *options() const noexcept { return options_.get(); }
    [[nodiscard]] pagecrypt_error **error() noexcept { return error_.out(); }

    /// Throws what the progress function threw.
    void rethrow() const {
        if (thrown_) {
            std::rethrow_exception(thrown_);
        }
    }

    /// Throws that, or what went wrong otherwise.
    void check(pagecrypt_status status) {
        rethrow();
        error_.check(status);
    }

    [[nodiscard]] Failure take(pagecrypt_status status) { return error_.take(status); }

private:
    static bool report(void *context, std::uint64_t done, std::uint64_t total) noexcept {
        FileCall &call = *static_cast<FileCall *>(context);
        try {
            return call.progress_(done, total);
        } catch (...) {
            call.thrown_ = std::current_exception();
            return false;
        }
    }

    struct Free {
        void operator()(pagecrypt_file_options *options) const noexcept { pagecrypt_file_options_free(options); }
    };

    const Progress &progress_;
    std::unique_ptr<pagecrypt_file_options, Free> options_;
    std::exception_ptr thrown_;
    ErrorOut error_;
};

} // namespace detail

/// How a conversion was done.
enum class Way : std::int32_t {
    sealed = PAGECRYPT_WAY_SEALED,     ///< Encrypted page by page: the reserved bytes were there.
    opened = PAGECRYPT_WAY_OPENED,     ///< Decrypted page by page; the reserved bytes stay.
    rebuilt = PAGECRYPT_WAY_REBUILT,   ///< Encrypted, and written anew by SQLite to make room for reserved bytes.
    repacked = PAGECRYPT_WAY_REPACKED, ///< Decrypted, and copied into pages without reserved bytes.
};

/// What a conversion came to. Its functions throw InvalidArgument once it was moved from, and only then.
class Summary {
public:
    [[nodiscard]] Cipher cipher() const { return static_cast<Cipher>(pagecrypt_summary_cipher(summary_.get())); }
    [[nodiscard]] Engine engine() const { return static_cast<Engine>(pagecrypt_summary_engine(summary_.get())); }
    [[nodiscard]] Way way() const { return static_cast<Way>(pagecrypt_summary_way(summary_.get())); }

    /// Length of the source's pages, in bytes.
    [[nodiscard]] std::size_t source_page_size() const { return pagecrypt_summary_source_page_size(summary_.get()); }

    /// Length of the destination's pages, in bytes.
    [[nodiscard]] std::size_t page_size() const { return pagecrypt_summary_page_size(summary_.get()); }

    /// How many pages the destination has.
    [[nodiscard]] std::uint32_t pages() const { return pagecrypt_summary_pages(summary_.get()); }

    /// Length of the destination, in bytes.
    [[nodiscard]] std::uint64_t bytes() const { return pagecrypt_summary_bytes(summary_.get()); }

    /// How many frames of the source's write-ahead log were taken in; of encrypt_file() 0, because SQLite does it
    /// itself.
    [[nodiscard]] std::uint64_t frames_applied() const { return pagecrypt_summary_frames_applied(summary_.get()); }

    /// Whether it is not moved from.
    [[nodiscard]] explicit operator bool() const noexcept { return summary_.get_or_null() != nullptr; }

private:
    friend Summary encrypt_file(const std::filesystem::path &, const std::filesystem::path &, const Key &,
                                const FileOptions &);
    friend Summary decrypt_file(const std::filesystem::path &, const std::filesystem::path &, const Key &,
                                const FileOptions &);
    friend Summary decrypt_file_compact(const std::filesystem::path &, const std::filesystem::path &, const Key &,
                                        const FileOptions &);

    using Convert = pagecrypt_status (*)(const char *, const char *, const pagecrypt_key *,
                                         const pagecrypt_file_options *, pagecrypt_summary **, pagecrypt_error **);

    Summary(Convert convert, const std::filesystem::path &source, const std::filesystem::path &destination,
            const Key &key, const FileOptions &options) {
        const std::string from = detail::c_path(source);
        const std::string to = detail::c_path(destination);
        const pagecrypt_key *handle = key.handle();
        detail::FileCall call(options);
        pagecrypt_summary *summary = nullptr;
        const pagecrypt_status status =
            convert(from.c_str(), to.c_str(), handle, call.options(), &summary, call.error());
        summary_ = Owned(summary);
        call.check(status);
    }

    using Owned = detail::Handle<pagecrypt_summary, pagecrypt_summary_free>;
    Owned summary_;
};

/// Encrypts the plain SQLite database `source` into `destination`, its write-ahead log taken in. The source is only
/// read. \throws FileExists, Locked, Cancelled, FilePermissions, Io, UnsupportedFormat, Malformed, UsageLimit,
/// RandomSource, InvalidArgument, and what the progress function throws: there is no new destination then
inline Summary encrypt_file(const std::filesystem::path &source, const std::filesystem::path &destination,
                            const Key &key, const FileOptions &options = {}) {
    return Summary(pagecrypt_encrypt_file, source, destination, key, options);
}

/// Decrypts `source` into the plain SQLite database `destination`, its write-ahead log taken in. The source is only
/// read. \throws WrongKey, KeyLength, AuthenticationFailed, NotEncrypted, UnsupportedFormat, Malformed, FileExists,
/// Locked, Cancelled, FilePermissions, Io, InvalidArgument, and what the progress function throws: there is no new
/// destination then
inline Summary decrypt_file(const std::filesystem::path &source, const std::filesystem::path &destination,
                            const Key &key, const FileOptions &options = {}) {
    return Summary(pagecrypt_decrypt_file, source, destination, key, options);
}

/// Decrypts `source` into a plain SQLite database that is rebuilt without reserved bytes.
/// \throws as decrypt_file()
inline Summary decrypt_file_compact(const std::filesystem::path &source, const std::filesystem::path &destination,
                                    const Key &key, const FileOptions &options = {}) {
    return Summary(pagecrypt_decrypt_file_compact, source, destination, key, options);
}

} // namespace pagecrypt

#endif
