/// \file
/// Messages: authenticated encryption with nonces of the caller's choice. For pages, see page.hpp.
///
/// Text is sealed or opened in place (`from` and `to` are the same buffer) or into a buffer that lies apart; any other
/// overlap of buffers throws Overlap. All lengths are checked before a byte is written.
#ifndef PAGECRYPT_AEAD_HPP
#define PAGECRYPT_AEAD_HPP

#include <cstddef>
#include <cstdint>

#include "../pagecrypt.h"
#include "cipher.hpp"
#include "error.hpp"
#include "key.hpp"
#include "view.hpp"

namespace pagecrypt {

/// Seals one message: the ciphertext is as long as the text, the tag is tag_length bytes.
///
/// The name states the caller's duty: no nonce may ever be used twice under this key, or plaintext is given away (and
/// under AES-GCM the power to forge).
/// \throws BufferLength, Overlap, MessageTooLong, InvalidArgument; nothing is written then
inline void seal_one_assume_unique_nonce(const Key &key, bytes_view nonce, bytes_view associated_data, bytes_view from,
                                         mutable_bytes to, mutable_bytes tag) {
    detail::require_length("the tag", tag_length, tag.size());
    detail::ErrorOut error;
    error.check(pagecrypt_seal_one_assume_unique_nonce(key.handle(), nonce.data(), nonce.size(), associated_data.data(),
                                                       associated_data.size(), from.data(), from.size(), to.data(),
                                                       to.size(), tag.data(), error.out()));
}

/// Opens one message.
/// \throws AuthenticationFailed: `to` is all zero then. BufferLength, Overlap, MessageTooLong, InvalidArgument: nothing
/// is written then.
inline void open_one(const Key &key, bytes_view nonce, bytes_view associated_data, bytes_view from, mutable_bytes to,
                     bytes_view tag) {
    detail::require_length("the tag", tag_length, tag.size());
    detail::ErrorOut error;
    error.check(pagecrypt_open_one(key.handle(), nonce.data(), nonce.size(), associated_data.data(),
                                   associated_data.size(), from.data(), from.size(), to.data(), to.size(), tag.data(),
                                   error.out()));
}

/// Messages of mixed lengths to be sealed together, which is faster than one at a time. Owns nothing.
struct SealBatch {
    bytes_view nonces;          ///< One after the other: count * nonce_length(cipher) bytes.
    bytes_view associated_data; ///< That of all messages, one after the other.
    offsets_view
        associated_data_offsets; ///< Where each message's lies: count + 1 of them, or none if no message has any.
    bytes_view from;             ///< The texts.
    mutable_bytes to;            ///< As long as `from`, and the same or apart. Bytes between texts stay as they are.
    offsets_view offsets;        ///< Where each text lies in both: count + 1 of them, ascending.
    mutable_bytes tags;          ///< count * tag_length bytes.
};

/// Messages of mixed lengths to be opened together. Owns nothing.
struct OpenBatch {
    bytes_view nonces;                    ///< As in SealBatch.
    bytes_view associated_data;           ///< As in SealBatch.
    offsets_view associated_data_offsets; ///< As in SealBatch.
    bytes_view from;                      ///< As in SealBatch.
    mutable_bytes to;                     ///< As in SealBatch.
    offsets_view offsets;                 ///< As in SealBatch.
    bytes_view tags;                      ///< count * tag_length bytes.
    mutable_bytes opened; ///< For each message 1 if it is open, else 0; or empty, if that does not matter.
};

namespace detail {

/// How many messages a batch has; its lengths that C is not told are right.
template <class Batch>
[[nodiscard]] std::size_t checked_count(const Key &key, const Batch &batch) {
    if (batch.offsets.empty()) {
        raise_invalid_argument("a batch has one offset more than messages");
    }
    const std::size_t count = batch.offsets.size() - 1;
    if (!batch.associated_data_offsets.empty() && batch.associated_data_offsets.size() != batch.offsets.size()) {
        raise_invalid_argument("a batch has as many offsets of associated data as of texts, or none");
    }
    if (batch.associated_data_offsets.empty() && !batch.associated_data.empty()) {
        raise_invalid_argument("a batch has associated data, and no offsets of it");
    }
    require_length("the nonces", count * nonce_length(key.cipher()), batch.nonces.size());
    require_length("the tags", count * tag_length, batch.tags.size());
    require_length("the destination", batch.from.size(), batch.to.size());
    return count;
}

} // namespace detail

/// Seals every message of the batch, or none. The duty of seal_one_assume_unique_nonce() holds for each nonce.
/// \throws BufferLength, Overlap, MessageTooLong, InvalidArgument; nothing is written then
inline void seal_batch_assume_unique_nonces(const Key &key, const SealBatch &batch) {
    const std::size_t count = detail::checked_count(key, batch);
    detail::ErrorOut error;
    error.check(pagecrypt_seal_batch_assume_unique_nonces(
        key.handle(), count, batch.nonces.data(), batch.associated_data.data(), batch.associated_data.size(),
        batch.associated_data_offsets.data(), batch.from.data(), batch.to.data(), batch.to.size(), batch.offsets.data(),
        batch.tags.data(), error.out()));
}

/// Opens every message of the batch that is authentic.
/// \throws AuthenticationFailed with the indices of the others: their texts are zero then, the rest is open and
/// `opened` is written. BufferLength, Overlap, MessageTooLong, InvalidArgument: no text is written then.
inline void open_batch(const Key &key, const OpenBatch &batch) {
    const std::size_t count = detail::checked_count(key, batch);
    if (!batch.opened.empty()) {
        detail::require_length("opened", count, batch.opened.size());
    }
    detail::ErrorOut error;
    error.check(pagecrypt_open_batch(key.handle(), count, batch.nonces.data(), batch.associated_data.data(),
                                     batch.associated_data.size(), batch.associated_data_offsets.data(),
                                     batch.from.data(), batch.to.data(), batch.to.size(), batch.offsets.data(),
                                     batch.tags.data(), batch.opened.data(), error.out()));
}

} // namespace pagecrypt

#endif
