/// \file
/// Where a record belongs: the context of a codec, and the place of each record in it.
#ifndef PAGECRYPT_PLACE_HPP
#define PAGECRYPT_PLACE_HPP

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <optional>

#include "../pagecrypt.h"

namespace pagecrypt {

/// The id of a stream; that of a stream of S2 is s2::stream_id().
using StreamId = std::array<std::uint8_t, PAGECRYPT_STREAM_ID_LENGTH>;

/// The id of a store.
using StoreId = std::array<std::uint8_t, PAGECRYPT_STORE_ID_LENGTH>;

/// The id of one of a stream's writers.
using WriterId = std::array<std::uint8_t, 16>;

/// What stands for a path of a store where nobody may read it: see TokenKey.
using Token = std::array<std::uint8_t, PAGECRYPT_TOKEN_LENGTH>;

/// What the kind of a Context is.
enum class ContextKind : std::int32_t {
    stream = PAGECRYPT_CONTEXT_STREAM,
    store = PAGECRYPT_CONTEXT_STORE,
    writer = PAGECRYPT_CONTEXT_WRITER,
};

/// What the bound records of a codec belong to. A record of one context does not open in another. A plain value.
class Context {
public:
    /// A stream; the caller assigns the sequence numbers.
    [[nodiscard]] static Context stream(const StreamId &id) noexcept {
        Context context(ContextKind::stream);
        std::copy(id.begin(), id.end(), std::begin(context.context_.id));
        return context;
    }

    /// A store. Every record has the token of its path.
    [[nodiscard]] static Context store(const StoreId &id) noexcept {
        Context context(ContextKind::store);
        std::copy(id.begin(), id.end(), std::begin(context.context_.id));
        return context;
    }

    /// What one writer puts into a stream whose server assigns the positions: the writer counts its own records.
    [[nodiscard]] static Context writer(const StreamId &stream, const WriterId &writer) noexcept {
        Context context(ContextKind::writer);
        std::copy(stream.begin(), stream.end(), std::begin(context.context_.id));
        std::copy(writer.begin(), writer.end(), std::begin(context.context_.writer));
        return context;
    }

    [[nodiscard]] ContextKind kind() const noexcept { return static_cast<ContextKind>(context_.kind); }

    /// The same for functions of pagecrypt.h.
    [[nodiscard]] const pagecrypt_context &c_form() const noexcept { return context_; }

    [[nodiscard]] friend bool operator==(const Context &left, const Context &right) noexcept {
        const pagecrypt_context &a = left.context_, &b = right.context_;
        return a.kind == b.kind && std::equal(std::begin(a.id), std::end(a.id), std::begin(b.id)) &&
               std::equal(std::begin(a.writer), std::end(a.writer), std::begin(b.writer));
    }
    [[nodiscard]] friend bool operator!=(const Context &left, const Context &right) noexcept {
        return !(left == right);
    }

private:
    explicit Context(ContextKind kind) noexcept { context_.kind = static_cast<std::int32_t>(kind); }

    pagecrypt_context context_ = {};
};

/// Where a record belongs, beyond what its codec says. A plain value; what a format cannot bind must not be set.
struct Place {
    /// The record's number in its stream, from 0. Bound records authenticate it; S2's take it on sealing only, to keep
    /// the format's limit. The highest number stands for none, and is refused.
    std::optional<std::uint64_t> sequence = std::nullopt;

    /// When the record was written, in the writer's units, readable without the key: bound records only, on sealing. On
    /// opening the record says it itself; a clock that is set must be that one.
    std::optional<std::uint64_t> clock = std::nullopt;

    /// How often the record was sealed again since it was written: see RecordCodec::reseal(). Bound records with a
    /// clock only, on sealing; on opening it is not looked at.
    std::uint32_t reseals = 0;

    /// The token of the record's path: records of a store only, which must have one.
    std::optional<Token> token = std::nullopt;
};

namespace detail {

// Under sanitizers, g++ takes what stands in an empty optional for read although it is asked whether it is empty.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

/// A place as C takes it. It points at the token, which must outlive it.
[[nodiscard]] inline pagecrypt_place c_place(const Place &place) noexcept {
    pagecrypt_place c = {};
    if (place.sequence) {
        c.sequence = *place.sequence;
        c.given |= std::uint32_t(PAGECRYPT_PLACE_SEQUENCE);
    }
    if (place.clock) {
        c.clock = *place.clock;
        c.given |= std::uint32_t(PAGECRYPT_PLACE_CLOCK);
    }
    c.token = place.token ? place.token->data() : nullptr;
    c.reseals = place.reseals;
    return c;
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

} // namespace detail
} // namespace pagecrypt

#endif
