/// \file
/// Records: messages of any length, each sealed by itself under a nonce of its own and bound to where it belongs.
///
/// Two formats: S2's, whose records s2.hpp is about, and ours (bound.hpp), which binds more. Entries of a store, which
/// hide their path, are store.hpp.
#ifndef PAGECRYPT_RECORD_HPP
#define PAGECRYPT_RECORD_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "../pagecrypt.h"
#include "bound.hpp"
#include "cipher.hpp"
#include "engine.hpp"
#include "error.hpp"
#include "key.hpp"
#include "place.hpp"
#include "record_batch.hpp"
#include "view.hpp"
#include "wiped_bytes.hpp"

namespace pagecrypt {

/// How nonce, tag and ciphertext lie in a record.
enum class RecordFormat : std::int32_t {
    s2 = PAGECRYPT_RECORD_S2, ///< S2's encrypted records, bound to their stream.
    bound =
        PAGECRYPT_RECORD_BOUND, ///< Our own, bound to context, sequence number, clock and token, and naming its key.
};

/// The format's name, for example `bound`; empty for a number that is none.
[[nodiscard]] inline std::string_view name(RecordFormat format) noexcept {
    return detail::text_or_empty(pagecrypt_record_format_name(static_cast<pagecrypt_record_format>(format)));
}

/// The most that a record is longer than its plaintext, in bytes.
inline constexpr std::size_t max_record_overhead = PAGECRYPT_MAX_RECORD_OVERHEAD;

/// Bytes that a record without a clock is longer than its plaintext; none where the format does not have the cipher. A
/// clock takes 8 bytes more.
[[nodiscard]] inline std::optional<std::size_t> record_overhead(Cipher cipher, RecordFormat format) noexcept {
    const std::size_t overhead =
        pagecrypt_record_overhead(static_cast<pagecrypt_cipher>(cipher), static_cast<pagecrypt_record_format>(format));
    return overhead == 0 ? std::nullopt : std::optional(overhead);
}

/// What became of a batch whose records were opened each by itself.
struct OpenedRecords {
    RecordBatch plaintexts;       ///< Zeros, or nothing, for a record that did not open.
    std::vector<Status> statuses; ///< Of each record: Status::ok, or why it did not open.
};

/// Seals and opens records of one format and one context under one key.
///
/// A batch of records is worked on together, which is faster than one at a time. It owns its keys' bytes together with
/// the Keys, which may be destroyed before it. A const RecordCodec may be used from any number of threads at once. Once
/// moved from, it throws InvalidArgument.
class RecordCodec {
public:
    /// A codec of S2's format for the records of one stream: see s2::stream_id().
    /// \throws UnsupportedFormat for ciphers other than aegis256 and aes256gcm; InvalidArgument
    [[nodiscard]] static RecordCodec s2(const Key &key, const StreamId &stream) {
        return make(pagecrypt_record_codec_new_s2, key.handle(), stream.data());
    }

    /// A codec of our own format for the records of one context.
    /// \throws InvalidArgument
    [[nodiscard]] static RecordCodec bound(const Key &key, const Context &context) {
        return make(pagecrypt_record_codec_new_bound, key.handle(), &context.c_form());
    }

    /// A codec with one more key, under which records are opened but never sealed: the one from before a rotation. This
    /// one stays as it is.
    /// \throws InvalidArgument under RecordFormat::s2, whose records do not say which key sealed them, and where the
    /// key that seals has the id of this one
    [[nodiscard]] RecordCodec with_decrypt_only_key(const Key &key) const {
        return make(pagecrypt_record_codec_with_decrypt_only_key, codec_.get(), key.handle());
    }

    /// The cipher of the key that seals.
    /// \throws InvalidArgument
    [[nodiscard]] Cipher cipher() const { return static_cast<Cipher>(pagecrypt_record_codec_cipher(codec_.get())); }

    /// That key's engine.
    /// \throws InvalidArgument
    [[nodiscard]] Engine engine() const { return static_cast<Engine>(pagecrypt_record_codec_engine(codec_.get())); }

    /// The format.
    /// \throws InvalidArgument
    [[nodiscard]] RecordFormat format() const {
        return static_cast<RecordFormat>(pagecrypt_record_codec_format(codec_.get()));
    }

    /// The id of the key that seals, as bound records carry it; none under RecordFormat::s2.
    /// \throws InvalidArgument
    [[nodiscard]] std::optional<KeyId> key_id() const {
        KeyId id = {};
        return pagecrypt_record_codec_key_id(codec_.get(), id.data()) ? std::optional(id) : std::nullopt;
    }

    /// Length of the record of a plaintext of this length, in bytes.
    /// \throws InvalidArgument
    [[nodiscard]] std::size_t sealed_length(std::size_t plaintext_length, const Place &place = {}) const {
        const pagecrypt_place c = detail::c_place(place);
        return pagecrypt_record_codec_sealed_length(codec_.get(), plaintext_length, &c);
    }

    /// Length of a record's plaintext, in bytes, from what it says in clear; whether it opens is another question.
    /// \throws Malformed, UnsupportedFormat, CipherMismatch, InvalidArgument
    [[nodiscard]] std::size_t opened_length(bytes_view record) const {
        std::size_t length = 0;
        call(pagecrypt_record_codec_opened_length, record.data(), record.size(), &length);
        return length;
    }

    /// Whether a record was sealed under a key that only opens, and so waits for being sealed anew. It says so itself,
    /// in clear. Always false under RecordFormat::s2. \throws UnknownKeyId, and as opened_length()
    [[nodiscard]] bool needs_reseal(bytes_view record) const {
        bool needs = false;
        call(pagecrypt_record_codec_needs_reseal, record.data(), record.size(), &needs);
        return needs;
    }

    /// Seals one record under a fresh nonce from the operating system. Under RecordFormat::s2 the plaintext is an
    /// encoded s2::Envelope. \throws InvalidArgument also for a place that the format cannot bind; MessageTooLong,
    /// UsageLimit, RandomSource; Malformed for what is not an envelope
    [[nodiscard]] std::vector<std::uint8_t> seal(bytes_view plaintext, const Place &place = {}) const {
        const pagecrypt_place c = detail::c_place(place);
        std::vector<std::uint8_t> record(plaintext.size() + max_record_overhead);
        const std::size_t offsets[] = {0, plaintext.size()};
        std::size_t written[2] = {};
        call(pagecrypt_seal_records, std::size_t(1), plaintext.data(), plaintext.size(), &offsets[0], &c, record.data(),
             record.size(), &written[0]);
        record.resize(written[1]);
        return record;
    }

    /// Opens one record. The plaintext is the caller's to wipe.
    /// \throws AuthenticationFailed, UnknownKeyId, Malformed, UnsupportedFormat, CipherMismatch; InvalidArgument also
    /// for a place that the format cannot bind
    [[nodiscard]] std::vector<std::uint8_t> open(bytes_view record, const Place &place = {}) const {
        const pagecrypt_place c = detail::c_place(place);
        std::vector<std::uint8_t> plaintext(record.size());
        const std::size_t offsets[] = {0, record.size()};
        std::size_t written[2] = {};
        call(pagecrypt_open_records, std::size_t(1), record.data(), record.size(), &offsets[0], &c, plaintext.data(),
             plaintext.size(), &written[0], static_cast<pagecrypt_status *>(nullptr));
        plaintext.resize(written[1]);
        return plaintext;
    }

    /// Opens one record and seals its plaintext under the key that seals now, after a rotation. If it has a clock, it
    /// keeps it and counts one reseal more, so that compare_writes() prefers it to its older form, and any later write
    /// to it; without a clock nothing tells which is the older. For a batch: RecordHeader::resealed().
    /// \throws InvalidArgument under RecordFormat::s2, which knows no rotation; else as open() and seal()
    [[nodiscard]] std::vector<std::uint8_t> reseal(bytes_view record, const Place &place = {}) const {
        const pagecrypt_place c = detail::c_place(place);
        std::vector<std::uint8_t> resealed(record.size() + max_record_overhead);
        std::size_t written = 0;
        call(pagecrypt_reseal_record, record.data(), record.size(), &c, resealed.data(), resealed.size(), &written);
        resealed.resize(written);
        return resealed;
    }

    /// Seals every record of the batch, or none, under fresh nonces. `places` has one for each record, or none at all.
    /// \throws as seal(); BufferLength where the offsets do not fit the bytes
    [[nodiscard]] RecordBatch seal_batch(const RecordBatchView &plaintexts, View<const Place> places = {}) const {
        RecordBatch records;
        records.offsets.resize(detail::checked_offsets(plaintexts).size());
        records.bytes.resize(plaintexts.bytes.size() + (records.offsets.size() - 1) * max_record_overhead);
        seal_batch_into(plaintexts, places, records.bytes, records.offsets);
        records.bytes.resize(records.offsets.back());
        return records;
    }

    /// Opens every record of the batch. The plaintexts are the caller's to wipe.
    /// \throws the error of the first record that did not open: as open(), AuthenticationFailed naming all that failed
    /// so by their indices. The other plaintexts are wiped then; open_batch_partial() keeps them.
    [[nodiscard]] RecordBatch open_batch(const RecordBatchView &records, View<const Place> places = {}) const {
        RecordBatch plaintexts = room_for_plaintexts(records);
        try {
            open_batch_into(records, places, plaintexts.bytes, plaintexts.offsets);
        } catch (...) {
            detail::wipe(plaintexts.bytes);
            throw;
        }
        plaintexts.bytes.resize(plaintexts.offsets.back());
        return plaintexts;
    }

    /// Opens every record of the batch that can be opened, and says of each what became of it.
    /// \throws InvalidArgument, BufferLength where the batch as a whole is not right; nothing for a record that does
    /// not open
    [[nodiscard]] OpenedRecords open_batch_partial(const RecordBatchView &records,
                                                   View<const Place> places = {}) const {
        OpenedRecords opened = {room_for_plaintexts(records), {}};
        opened.statuses.resize(opened.plaintexts.size());
        try {
            open_batch_into(records, places, opened.plaintexts.bytes, opened.plaintexts.offsets, opened.statuses);
        } catch (const Error &) {
            if (detail::all_ok(opened.statuses)) {
                throw; // it is none of a record
            }
        }
        opened.plaintexts.bytes.resize(opened.plaintexts.offsets.back());
        return opened;
    }

    /// Seals as seal_batch() does, into buffers of the caller: `to` has room for all records, and where each lies is
    /// written to `to_offsets`, one more than there are records.
    /// \throws as seal_batch(); BufferLength also where `to` is too short, saying what is needed; Overlap. Nothing is
    /// written to `to` then.
    void seal_batch_into(const RecordBatchView &plaintexts, View<const Place> places, mutable_bytes to,
                         View<std::size_t> to_offsets) const {
        const std::size_t count = detail::checked_offsets(plaintexts).size() - 1;
        const std::vector<pagecrypt_place> c_places = detail::checked_places(count, places);
        detail::require_offsets(count, to_offsets);
        call(pagecrypt_seal_records, count, plaintexts.bytes.data(), plaintexts.bytes.size(), plaintexts.offsets.data(),
             c_places.empty() ? nullptr : c_places.data(), to.data(), to.size(), to_offsets.data());
    }

    /// Opens into buffers of the caller: a `to` as long as the records always suffices, and where each plaintext lies
    /// is written to `to_offsets`, one more than there are records. `statuses` gets what became of each record, or is
    /// empty. \throws the error of the first record that did not open, as open_batch(): all others are open then, and
    /// `statuses` and `to_offsets` written. BufferLength, Overlap, InvalidArgument where the batch as a whole is not
    /// right: nothing is written to `to` then.
    void open_batch_into(const RecordBatchView &records, View<const Place> places, mutable_bytes to,
                         View<std::size_t> to_offsets, View<Status> statuses = {}) const {
        const std::size_t count = detail::checked_offsets(records).size() - 1;
        const std::vector<pagecrypt_place> c_places = detail::checked_places(count, places);
        detail::require_offsets(count, to_offsets);
        detail::Statuses c_statuses(count, statuses);
        detail::ErrorOut error;
        const pagecrypt_status status =
            pagecrypt_open_records(codec_.get(), count, records.bytes.data(), records.bytes.size(),
                                   records.offsets.data(), c_places.empty() ? nullptr : c_places.data(), to.data(),
                                   to.size(), to_offsets.data(), c_statuses.out(), error.out());
        c_statuses.copy();
        error.check(status);
    }

    /// Whether it is not moved from.
    [[nodiscard]] explicit operator bool() const noexcept { return codec_.get_or_null() != nullptr; }

    /// The C handle, for functions of pagecrypt.h. It remains this object's.
    /// \throws InvalidArgument
    [[nodiscard]] const pagecrypt_record_codec *handle() const { return codec_.get(); }

private:
    explicit RecordCodec(pagecrypt_record_codec *codec) noexcept : codec_(codec) {}

    template <class... Parameters, class... Arguments>
    static RecordCodec make(pagecrypt_status (*function)(Parameters...), Arguments... arguments) {
        pagecrypt_record_codec *codec = nullptr;
        detail::ErrorOut error;
        error.check(function(arguments..., &codec, error.out()));
        return RecordCodec(codec);
    }

    template <class... Parameters, class... Arguments>
    void call(pagecrypt_status (*function)(Parameters...), Arguments... arguments) const {
        detail::ErrorOut error;
        error.check(function(codec_.get(), arguments..., error.out()));
    }

    static RecordBatch room_for_plaintexts(const RecordBatchView &records) {
        RecordBatch plaintexts;
        plaintexts.offsets.resize(detail::checked_offsets(records).size());
        plaintexts.bytes.resize(records.bytes.size());
        return plaintexts;
    }

    detail::Handle<pagecrypt_record_codec, pagecrypt_record_codec_free> codec_;
};

} // namespace pagecrypt

#endif
