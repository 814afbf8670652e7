/// \file
/// What bound records say without their key, and the keys they name.
#ifndef PAGECRYPT_BOUND_HPP
#define PAGECRYPT_BOUND_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>

#include "../pagecrypt.h"
#include "cipher.hpp"
#include "error.hpp"
#include "key.hpp"
#include "place.hpp"
#include "view.hpp"

namespace pagecrypt {

/// The id of a key in a context, as records name it.
using KeyId = std::array<std::uint8_t, PAGECRYPT_KEY_ID_LENGTH>;

/// What a bound record says without the key. Nothing of it is authenticated before the record is opened. A plain value.
struct RecordHeader {
    Cipher cipher = {};
    KeyId key_id = {};                                 ///< See pagecrypt::key_id().
    std::optional<std::uint64_t> clock = std::nullopt; ///< When the record was written, in the writer's units.
    std::uint32_t reseals = 0;                         ///< How often it was sealed again since.
    std::size_t plaintext_length = 0;                  ///< Length of the plaintext, in bytes.

    /// Reads the header of a whole record.
    /// \throws UnsupportedFormat for another version, an unknown cipher or unknown flags; Malformed
    [[nodiscard]] static RecordHeader parse(bytes_view record) {
        pagecrypt_record_header c = {};
        detail::ErrorOut error;
        error.check(pagecrypt_record_header_parse(record.data(), record.size(), &c, error.out()));
        RecordHeader header;
        header.cipher = static_cast<Cipher>(c.cipher);
        std::copy(std::begin(c.key_id), std::end(c.key_id), header.key_id.begin());
        header.clock = c.has_clock ? std::optional<std::uint64_t>(c.clock) : std::nullopt;
        header.reseals = c.reseals;
        header.plaintext_length = c.plaintext_length;
        return header;
    }

    /// Where the record, of which this is the header, is sealed again, if it stands at `place`. For batches: one record
    /// is RecordCodec::reseal().
    [[nodiscard]] Place resealed(const Place &place) const {
        Place again = place;
        again.clock = clock;
        again.reseals = !clock ? 0 : reseals == std::numeric_limits<std::uint32_t>::max() ? reseals : reseals + 1;
        return again;
    }
};

/// Which of two bound records of one place is the later write: above 0 where it is `a`, below 0 where it is `b`, 0
/// where they are the same bytes. The higher clock is later (any is higher than none); of equal clocks, what was
/// resealed more often; of these, the higher bytes. So everyone who has the same records keeps the same one.
///
/// No key is needed, so nothing is proved: open a record before it replaces another.
/// \throws as RecordHeader::parse()
[[nodiscard]] inline int compare_writes(bytes_view a, bytes_view b) {
    std::int32_t order = 0;
    detail::ErrorOut error;
    error.check(pagecrypt_compare_writes(a.data(), a.size(), b.data(), b.size(), &order, error.out()));
    return order;
}

/// The id of a key in a context. It tells nothing of the key, and is another one in another stream or store. It is no
/// proof: four bytes can be met by chance, and by trying.
/// \throws InvalidArgument
[[nodiscard]] inline KeyId key_id(const Key &key, const Context &context) {
    KeyId id = {};
    detail::ErrorOut error;
    error.check(pagecrypt_key_id(key.handle(), &context.c_form(), id.data(), error.out()));
    return id;
}

/// A new key for a rotation, whose id is not among `taken`: the ids of all keys that the context ever had.
/// \throws RandomSource, UnknownCipher, UnknownEngine (for what PAGECRYPT_ENGINE says)
[[nodiscard]] inline Key generate_key(Cipher cipher, const Context &context, View<const KeyId> taken = {}) {
    static_assert(sizeof(KeyId) == PAGECRYPT_KEY_ID_LENGTH, "ids lie side by side");
    return detail::NewKey::make(pagecrypt_key_generate_for, static_cast<pagecrypt_cipher>(cipher), &context.c_form(),
                                taken.empty() ? nullptr : taken.data()->data(), taken.size());
}

} // namespace pagecrypt

#endif
