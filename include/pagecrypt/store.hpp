/// \file
/// Entries of a store: bound records whose path, type and schema nobody sees who has no key.
#ifndef PAGECRYPT_STORE_HPP
#define PAGECRYPT_STORE_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "../pagecrypt.h"
#include "cipher.hpp"
#include "error.hpp"
#include "key.hpp"
#include "place.hpp"
#include "record.hpp"
#include "record_batch.hpp"
#include "view.hpp"
#include "wiped_bytes.hpp"

namespace pagecrypt {

/// Length of a TokenKey, in bytes.
inline constexpr std::size_t token_key_length = PAGECRYPT_TOKEN_KEY_LENGTH;

/// How much of an entry's length its record shows.
enum class Padding : std::int32_t {
    none = PAGECRYPT_PADDING_NONE,   ///< All of it.
    padme = PAGECRYPT_PADDING_PADME, ///< Its size class by the rule Padmé: entries become at most 12 % longer.
};

/// The key that makes tokens of paths: 32 random bytes of a store, which stay when its data keys are rotated, so that a
/// path keeps its token.
///
/// It owns its bytes, wipes them, and never prints them. A const TokenKey may be used from any number of threads at
/// once. Once moved from, it throws InvalidArgument.
class TokenKey {
public:
    /// A token key from its bytes, which are copied and remain for the caller to wipe.
    /// \throws KeyLength
    [[nodiscard]] static TokenKey from_bytes(bytes_view bytes) {
        return make(pagecrypt_token_key_new, bytes.data(), bytes.size());
    }

    /// A new token key from the operating system's random generator.
    /// \throws RandomSource
    [[nodiscard]] static TokenKey generate() { return make(pagecrypt_token_key_generate); }

    /// Writes the bytes to `to`, which has exactly token_key_length and is the caller's to wipe.
    /// \throws BufferLength, InvalidArgument
    void bytes(mutable_bytes to) const {
        detail::ErrorOut error;
        error.check(pagecrypt_token_key_bytes(key_.get(), to.data(), to.size(), error.out()));
    }

    /// The token of a path: HMAC-SHA256. Paths are compared byte by byte, so bring text into one form before.
    /// \throws InvalidArgument
    [[nodiscard]] Token token(bytes_view path) const {
        Token token = {};
        detail::ErrorOut error;
        error.check(pagecrypt_token_key_token(key_.get(), path.data(), path.size(), token.data(), error.out()));
        return token;
    }

    /// Whether it is not moved from.
    [[nodiscard]] explicit operator bool() const noexcept { return key_.get_or_null() != nullptr; }

    /// The C handle, for functions of pagecrypt.h. It remains this object's.
    /// \throws InvalidArgument
    [[nodiscard]] const pagecrypt_token_key *handle() const { return key_.get(); }

    /// Whether the bytes are the same, in constant time.
    /// \throws InvalidArgument
    [[nodiscard]] friend bool operator==(const TokenKey &left, const TokenKey &right) {
        return pagecrypt_token_key_equal(left.key_.get(), right.key_.get());
    }
    [[nodiscard]] friend bool operator!=(const TokenKey &left, const TokenKey &right) { return !(left == right); }

private:
    explicit TokenKey(pagecrypt_token_key *key) noexcept : key_(key) {}

    template <class... Parameters, class... Arguments>
    static TokenKey make(pagecrypt_status (*function)(Parameters...), Arguments... arguments) {
        pagecrypt_token_key *key = nullptr;
        detail::ErrorOut error;
        error.check(function(arguments..., &key, error.out()));
        return TokenKey(key);
    }

    detail::Handle<pagecrypt_token_key, pagecrypt_token_key_free> key_;
};

/// What is sealed under a path of a store. Owns nothing.
struct Entry {
    bytes_view path =
        {}; ///< Where it belongs; with type and schema up to 65535 bytes each. UTF-8, though nothing asks.
    bytes_view type_name = {};                         ///< What it is.
    bytes_view schema = {};                            ///< What its body is laid out by.
    bytes_view body = {};                              ///< The content.
    std::optional<std::uint64_t> clock = std::nullopt; ///< When it was written, readable without the key.
};

/// What a server keeps of an entry. A plain value.
struct SealedEntry {
    Token token = {};                   ///< Of its path.
    std::vector<std::uint8_t> record{}; ///< All else.
};

/// What a server keeps of several entries. A plain value.
struct SealedEntries {
    std::vector<Token> tokens{}; ///< Of each path.
    RecordBatch records{};       ///< All else of each.
};

/// Entries that were opened. It owns them, and wipes them when it is destroyed; it is moved, not copied.
class OpenedEntries {
public:
    /// How many records there were.
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

    /// Entry `index`, from 0; an empty one where the record did not open. Valid as long as this object, or the one that
    /// it is moved to.
    /// \throws std::out_of_range
    [[nodiscard]] const Entry &operator[](std::size_t index) const { return entries_.at(index); }

    /// Of each record: Status::ok, or why it did not open.
    [[nodiscard]] const std::vector<Status> &statuses() const noexcept { return statuses_; }

private:
    friend class StoreCodec;

    OpenedEntries(std::size_t count, std::size_t room) : plaintexts_(room), entries_(count), statuses_(count) {}

    detail::WipedBytes plaintexts_;
    std::vector<Entry> entries_;
    std::vector<Status> statuses_;
};

/// An entry that was opened. It owns it, and wipes it when it is destroyed; it is moved, not copied.
class OpenedEntry {
public:
    /// The entry. Valid as long as this object, or the one that it is moved to.
    /// \throws std::out_of_range once moved from
    [[nodiscard]] const Entry &entry() const { return entries_[0]; }

private:
    friend class StoreCodec;

    explicit OpenedEntry(OpenedEntries entries) noexcept : entries_(std::move(entries)) {}

    OpenedEntries entries_;
};

namespace detail {

// As in place.hpp: g++ is wrong about an empty optional under sanitizers.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

[[nodiscard]] inline pagecrypt_entry c_entry(const Entry &entry) noexcept {
    pagecrypt_entry c = {};
    c.path = entry.path.data();
    c.path_length = entry.path.size();
    c.type_name = entry.type_name.data();
    c.type_name_length = entry.type_name.size();
    c.schema = entry.schema.data();
    c.schema_length = entry.schema.size();
    c.body = entry.body.data();
    c.body_length = entry.body.size();
    if (entry.clock) {
        c.clock = *entry.clock;
        c.has_clock = true;
    }
    return c;
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

[[nodiscard]] inline Entry entry_of(const pagecrypt_entry &c) noexcept {
    return {{c.path, c.path_length},
            {c.type_name, c.type_name_length},
            {c.schema, c.schema_length},
            {c.body, c.body_length},
            c.has_clock ? std::optional<std::uint64_t>(c.clock) : std::nullopt};
}

} // namespace detail

/// Seals and opens the entries of a store.
///
/// A server keeps, for each path, its token and a record: what the entry is, it cannot read. A batch of entries is
/// worked on together, which is faster than one at a time. It owns its keys' bytes together with the Keys, which may be
/// destroyed before it. A const StoreCodec may be used from any number of threads at once. Once moved from, it throws
/// InvalidArgument.
class StoreCodec {
public:
    /// A codec of the store. The padding concerns what is sealed: entries open however they were padded.
    /// \throws InvalidArgument
    StoreCodec(const Key &key, const StoreId &store, const TokenKey &token_key, Padding padding = Padding::none)
        : StoreCodec(make(pagecrypt_store_codec_new, key.handle(), store.data(), token_key.handle(),
                          static_cast<pagecrypt_padding>(padding))) {}

    /// A codec with one more key that only opens: see RecordCodec::with_decrypt_only_key().
    /// \throws InvalidArgument
    [[nodiscard]] StoreCodec with_decrypt_only_key(const Key &key) const {
        return make(pagecrypt_store_codec_with_decrypt_only_key, codec_.get(), key.handle());
    }

    /// The token of a path.
    /// \throws InvalidArgument
    [[nodiscard]] Token token(bytes_view path) const {
        Token token = {};
        call(pagecrypt_store_codec_token, path.data(), path.size(), token.data());
        return token;
    }

    /// Length of an entry's record, in bytes.
    /// \throws InvalidArgument also for a path, type or schema that is too long
    [[nodiscard]] std::size_t sealed_length(const Entry &entry) const {
        const pagecrypt_entry c = detail::c_entry(entry);
        const std::size_t length = pagecrypt_store_codec_sealed_length(codec_.get(), &c);
        if (length == 0) {
            detail::raise_invalid_argument("a path, type or schema is longer than 65535 bytes");
        }
        return length;
    }

    /// Seals one entry under a fresh nonce from the operating system.
    /// \throws as seal_batch()
    [[nodiscard]] SealedEntry seal(const Entry &entry) const {
        SealedEntries sealed = seal_batch({&entry, 1});
        return {sealed.tokens.front(), std::move(sealed.records.bytes)};
    }

    /// Seals entries, or none of them, under fresh nonces from the operating system.
    /// \throws InvalidArgument also for a path, type or schema that is too long; MessageTooLong, UsageLimit,
    /// RandomSource
    [[nodiscard]] SealedEntries seal_batch(View<const Entry> entries) const {
        static_assert(sizeof(Token) == PAGECRYPT_TOKEN_LENGTH, "tokens lie side by side");
        std::vector<pagecrypt_entry> c_entries;
        c_entries.reserve(entries.size());
        std::size_t room = 0;
        for (const Entry &entry : entries) {
            c_entries.push_back(detail::c_entry(entry));
            room += sealed_length(entry);
        }
        SealedEntries sealed;
        sealed.tokens.resize(entries.size());
        sealed.records.offsets.resize(entries.size() + 1);
        sealed.records.bytes.resize(room);
        call(pagecrypt_seal_entries, entries.size(), c_entries.data(),
             reinterpret_cast<std::uint8_t *>(sealed.tokens.data()), sealed.records.bytes.data(), room,
             sealed.records.offsets.data());
        sealed.records.bytes.resize(sealed.records.offsets.back());
        return sealed;
    }

    /// Opens the entry of which `record` is kept under `token`.
    /// \throws as open_batch()
    [[nodiscard]] OpenedEntry open(const Token &token, bytes_view record) const {
        const std::size_t offsets[] = {0, record.size()};
        return OpenedEntry(open_batch({&token, 1}, {record, offsets}));
    }

    /// Opens every entry of the batch.
    /// \throws the error of the first record that did not open: as RecordCodec::open(), AuthenticationFailed also for
    /// an entry whose path does not give the token, and Malformed for what is no entry. All else is wiped then;
    /// open_batch_partial() keeps it.
    [[nodiscard]] OpenedEntries open_batch(View<const Token> tokens, const RecordBatchView &records) const {
        detail::ErrorOut error;
        pagecrypt_status status = PAGECRYPT_OK;
        OpenedEntries opened = open(tokens, records, status, error);
        error.check(status);
        return opened;
    }

    /// Opens every entry of the batch that can be opened, and says of each what became of it.
    /// \throws InvalidArgument, BufferLength where the batch as a whole is not right; nothing for a record that does
    /// not open
    [[nodiscard]] OpenedEntries open_batch_partial(View<const Token> tokens, const RecordBatchView &records) const {
        detail::ErrorOut error;
        pagecrypt_status status = PAGECRYPT_OK;
        OpenedEntries opened = open(tokens, records, status, error);
        if (detail::all_ok(opened.statuses_)) {
            error.check(status); // it is none of a record
        }
        return opened;
    }

    /// Whether a record was sealed under a key that only opens: see RecordCodec::needs_reseal().
    /// \throws as RecordCodec::needs_reseal()
    [[nodiscard]] bool needs_reseal(bytes_view record) const {
        bool needs = false;
        call(pagecrypt_store_codec_needs_reseal, record.data(), record.size(), &needs);
        return needs;
    }

    /// Seals what `record` holds, which is kept under `token`, under the key that seals: see RecordCodec::reseal().
    /// \throws as RecordCodec::reseal()
    [[nodiscard]] std::vector<std::uint8_t> reseal(const Token &token, bytes_view record) const {
        std::vector<std::uint8_t> resealed(record.size() + max_record_overhead);
        std::size_t written = 0;
        call(pagecrypt_reseal_entry, token.data(), record.data(), record.size(), resealed.data(), resealed.size(),
             &written);
        resealed.resize(written);
        return resealed;
    }

    /// Whether it is not moved from.
    [[nodiscard]] explicit operator bool() const noexcept { return codec_.get_or_null() != nullptr; }

    /// The C handle, for functions of pagecrypt.h. It remains this object's.
    /// \throws InvalidArgument
    [[nodiscard]] const pagecrypt_store_codec *handle() const { return codec_.get(); }

private:
    explicit StoreCodec(pagecrypt_store_codec *codec) noexcept : codec_(codec) {}

    template <class... Parameters, class... Arguments>
    static StoreCodec make(pagecrypt_status (*function)(Parameters...), Arguments... arguments) {
        pagecrypt_store_codec *codec = nullptr;
        detail::ErrorOut error;
        error.check(function(arguments..., &codec, error.out()));
        return StoreCodec(codec);
    }

    template <class... Parameters, class... Arguments>
    void call(pagecrypt_status (*function)(Parameters...), Arguments... arguments) const {
        detail::ErrorOut error;
        error.check(function(codec_.get(), arguments..., error.out()));
    }

    OpenedEntries open(View<const Token> tokens, const RecordBatchView &records, pagecrypt_status &status,
                       detail::ErrorOut &error) const {
        const std::size_t count = detail::checked_offsets(records).size() - 1;
        if (tokens.size() != count) {
            detail::raise_invalid_argument("a batch has as many tokens as records");
        }
        OpenedEntries opened(count, records.bytes.size());
        std::vector<pagecrypt_entry> c_entries(count);
        detail::Statuses c_statuses(count, opened.statuses_);
        const mutable_bytes to = opened.plaintexts_.writable();
        status = pagecrypt_open_entries(codec_.get(), count, reinterpret_cast<const std::uint8_t *>(tokens.data()),
                                        records.bytes.data(), records.bytes.size(), records.offsets.data(), to.data(),
                                        to.size(), c_entries.data(), c_statuses.out(), error.out());
        c_statuses.copy();
        std::transform(c_entries.begin(), c_entries.end(), opened.entries_.begin(), detail::entry_of);
        return opened;
    }

    detail::Handle<pagecrypt_store_codec, pagecrypt_store_codec_free> codec_;
};

} // namespace pagecrypt

#endif
