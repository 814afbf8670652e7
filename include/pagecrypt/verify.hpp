/// \file
/// Checking every page of an encrypted database and every frame of its write-ahead log.
#ifndef PAGECRYPT_VERIFY_HPP
#define PAGECRYPT_VERIFY_HPP

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "../pagecrypt.h"
#include "cipher.hpp"
#include "engine.hpp"
#include "error.hpp"
#include "file.hpp"
#include "key.hpp"
#include "view.hpp"

namespace pagecrypt {

/// The numbers `first` to `last`, both included.
using Range = pagecrypt_range;

/// What was found in a write-ahead log. A plain value.
struct LogReport {
    std::uint64_t frames = 0;           ///< Whole frames in the file.
    std::uint64_t committed = 0;        ///< Of them: part of the database.
    std::uint64_t uncommitted = 0;      ///< Of them: of a transaction that did not end.
    std::uint64_t stale = 0;            ///< Of them: left over from before a checkpoint.
    std::uint64_t torn_bytes = 0;       ///< Bytes behind the last whole frame.
    std::vector<Range> damaged;         ///< Numbers of the frames that are damaged or forged, from 1.
    std::optional<std::string> problem; ///< What is wrong with the log as a whole.
};

/// What is right and wrong with an encrypted database. Its functions throw InvalidArgument once it was moved
/// from, and (unless they say more) only then.
class VerifyReport {
public:
    /// Whether nothing is wrong.
    [[nodiscard]] bool is_intact() const { return pagecrypt_verify_report_is_intact(report_.get()); }

    /// What the damage comes to; Status::ok where the file is intact.
    [[nodiscard]] Status status() const {
        (void)report_.get();
        return failure_.status;
    }

    /// Returns if the file is intact.
    /// \throws AuthenticationFailed, Malformed, or another error that the damage comes to
    void require_intact() const {
        if (status() != Status::ok) {
            detail::raise(failure_);
        }
    }

    /// The cipher that opens it.
    [[nodiscard]] Cipher cipher() const { return static_cast<Cipher>(pagecrypt_verify_report_cipher(report_.get())); }
    /// The engine that opened it.
    [[nodiscard]] Engine engine() const { return static_cast<Engine>(pagecrypt_verify_report_engine(report_.get())); }
    /// Length of a page, in bytes.
    [[nodiscard]] std::size_t page_size() const { return pagecrypt_verify_report_page_size(report_.get()); }
    /// How many pages the database has, its write-ahead log applied.
    [[nodiscard]] std::uint32_t pages() const { return pagecrypt_verify_report_pages(report_.get()); }
    /// How many whole pages of the main file were checked.
    [[nodiscard]] std::uint32_t pages_checked() const { return pagecrypt_verify_report_pages_checked(report_.get()); }
    /// Bytes behind the last whole page.
    [[nodiscard]] std::uint64_t trailing_bytes() const { return pagecrypt_verify_report_trailing_bytes(report_.get()); }

    /// What was found, a sentence each; none where the file is intact.
    [[nodiscard]] std::vector<std::string> findings() const {
        return texts(pagecrypt_verify_report_finding_count, pagecrypt_verify_report_finding);
    }

    /// The fields of page 1's header that are damaged: with them put right, page 1 opens.
    [[nodiscard]] std::vector<std::string> damaged_header() const {
        return texts(pagecrypt_verify_report_damaged_header_count, pagecrypt_verify_report_damaged_header);
    }

    /// Pages that are damaged or forged. This and the next three: ascending ranges that do not touch, valid as long as
    /// this report.
    [[nodiscard]] View<const Range> damaged_pages() const { return ranges(pagecrypt_verify_report_damaged_pages); }
    /// Pages that the database has and the file does not.
    [[nodiscard]] View<const Range> missing_pages() const { return ranges(pagecrypt_verify_report_missing_pages); }
    /// Pages behind the database's last one that open under the key: left over, and no damage.
    [[nodiscard]] View<const Range> surplus_pages() const { return ranges(pagecrypt_verify_report_surplus_pages); }
    /// Pages behind the database's last one that are not its own.
    [[nodiscard]] View<const Range> foreign_pages() const { return ranges(pagecrypt_verify_report_foreign_pages); }

    /// The write-ahead log, where there is one.
    [[nodiscard]] std::optional<LogReport> log() const {
        const pagecrypt_verify_report *report = report_.get();
        if (!pagecrypt_verify_report_has_log(report)) {
            return std::nullopt;
        }
        const View<const Range> damaged = ranges(pagecrypt_verify_report_log_damaged);
        return LogReport{pagecrypt_verify_report_log_frames(report),
                         pagecrypt_verify_report_log_committed(report),
                         pagecrypt_verify_report_log_uncommitted(report),
                         pagecrypt_verify_report_log_stale(report),
                         pagecrypt_verify_report_log_torn_bytes(report),
                         std::vector<Range>(damaged.begin(), damaged.end()),
                         detail::optional_text(pagecrypt_verify_report_log_problem(report))};
    }

    /// Whether it is not moved from.
    [[nodiscard]] explicit operator bool() const noexcept { return report_.get_or_null() != nullptr; }

private:
    friend VerifyReport verify_file(const std::filesystem::path &, const Key &, const FileOptions &);

    using Owned = detail::Handle<pagecrypt_verify_report, pagecrypt_verify_report_free>;

    VerifyReport(Owned report, detail::Failure failure) noexcept
        : report_(std::move(report)), failure_(std::move(failure)) {}

    [[nodiscard]] View<const Range> ranges(const pagecrypt_range *(*get)(const pagecrypt_verify_report *,
                                                                         std::size_t *)) const {
        std::size_t length = 0;
        const pagecrypt_range *ranges = get(report_.get(), &length);
        return {ranges, length};
    }

    [[nodiscard]] std::vector<std::string> texts(std::size_t (*count)(const pagecrypt_verify_report *),
                                                 const char *(*get)(const pagecrypt_verify_report *,
                                                                    std::size_t)) const {
        const pagecrypt_verify_report *report = report_.get();
        const std::size_t length = count(report);
        std::vector<std::string> texts;
        texts.reserve(length);
        for (std::size_t i = 0; i < length; ++i) {
            texts.emplace_back(detail::text_or_empty(get(report, i)));
        }
        return texts;
    }

    Owned report_;
    detail::Failure failure_;
};

/// Authenticates every page of the database `path` and every frame of its write-ahead log. Returns whenever the check
/// ran to its end, whatever it found: ask the report. The file names its cipher, so that of `key` only the bytes count.
/// \throws where nothing can be checked: WrongKey, KeyLength, NotEncrypted, UnsupportedFormat, Malformed, Locked,
/// Cancelled, FilePermissions, Io, InvalidArgument, and what the progress function throws
[[nodiscard]] inline VerifyReport verify_file(const std::filesystem::path &path, const Key &key,
                                              const FileOptions &options = {}) {
    const std::string text = detail::c_path(path);
    const pagecrypt_key *handle = key.handle();
    detail::FileCall call(options);
    pagecrypt_verify_report *raw = nullptr;
    const pagecrypt_status status = pagecrypt_verify_file(text.c_str(), handle, call.options(), &raw, call.error());
    VerifyReport::Owned report(raw);
    call.rethrow();
    if (raw == nullptr) {
        call.check(status);
    }
    detail::Failure failure = status == PAGECRYPT_OK ? detail::Failure{Status::ok, {}} : call.take(status);
    return VerifyReport(std::move(report), std::move(failure));
}

} // namespace pagecrypt

#endif
