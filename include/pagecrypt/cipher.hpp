/// \file
/// The catalogue of ciphers: names, sizes and limits.
#ifndef PAGECRYPT_CIPHER_HPP
#define PAGECRYPT_CIPHER_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "../pagecrypt.h"
#include "engine.hpp"
#include "error.hpp"

namespace pagecrypt {

/// A cipher of the catalogue. Its value is its number on disk, which is never reused. The functions on ciphers give
/// nothing (an empty name, 0) for a number that is none.
enum class Cipher : std::int32_t {
    aes128gcm = PAGECRYPT_AES128GCM,
    aes256gcm = PAGECRYPT_AES256GCM,
    aegis256 = PAGECRYPT_AEGIS256, ///< The default.
    aegis256x2 = PAGECRYPT_AEGIS256X2,
    aegis256x4 = PAGECRYPT_AEGIS256X4,
    aegis128l = PAGECRYPT_AEGIS128L, ///< The default for keys of 16 bytes.
    aegis128x2 = PAGECRYPT_AEGIS128X2,
    aegis128x4 = PAGECRYPT_AEGIS128X4,
    chacha20poly1305 = PAGECRYPT_CHACHA20POLY1305, ///< Not in Turso's format.
};

/// Length of every cipher's tag, in bytes.
inline constexpr std::size_t tag_length = PAGECRYPT_TAG_LENGTH;

/// The longest key, in bytes.
inline constexpr std::size_t max_key_length = PAGECRYPT_MAX_KEY_LENGTH;

/// The longest nonce, in bytes.
inline constexpr std::size_t max_nonce_length = PAGECRYPT_MAX_NONCE_LENGTH;

/// Every cipher, in the order of the numbers.
[[nodiscard]] inline std::vector<Cipher> ciphers() {
    std::size_t length = 0;
    const pagecrypt_cipher *all = pagecrypt_ciphers(&length);
    std::vector<Cipher> ciphers;
    ciphers.reserve(length);
    for (std::size_t i = 0; i < length; ++i) {
        ciphers.push_back(static_cast<Cipher>(all[i]));
    }
    return ciphers;
}

/// The canonical name, for example `aegis256`.
[[nodiscard]] inline std::string_view name(Cipher cipher) noexcept {
    return detail::text_or_empty(pagecrypt_cipher_name(static_cast<pagecrypt_cipher>(cipher)));
}

/// The name with hyphens, for example `aegis-256`.
[[nodiscard]] inline std::string_view hyphenated_name(Cipher cipher) noexcept {
    return detail::text_or_empty(pagecrypt_cipher_hyphenated_name(static_cast<pagecrypt_cipher>(cipher)));
}

/// Length of a key, in bytes: 16 or 32.
[[nodiscard]] inline std::size_t key_length(Cipher cipher) noexcept {
    return pagecrypt_cipher_key_length(static_cast<pagecrypt_cipher>(cipher));
}

/// Length of a nonce, in bytes: 12, 16 or 32.
[[nodiscard]] inline std::size_t nonce_length(Cipher cipher) noexcept {
    return pagecrypt_cipher_nonce_length(static_cast<pagecrypt_cipher>(cipher));
}

/// Bytes at the end of each page that hold tag and nonce: 28, 32 or 48.
[[nodiscard]] inline std::size_t reserved_length(Cipher cipher) noexcept {
    return pagecrypt_cipher_reserved_length(static_cast<pagecrypt_cipher>(cipher));
}

/// Length of the longest message, in bytes.
[[nodiscard]] inline std::uint64_t max_message_length(Cipher cipher) noexcept {
    return pagecrypt_cipher_max_message_length(static_cast<pagecrypt_cipher>(cipher));
}

/// How many messages one key may seal under random nonces; UINT64_MAX where there is no limit.
[[nodiscard]] inline std::uint64_t max_random_seals(Cipher cipher) noexcept {
    return pagecrypt_cipher_max_random_seals(static_cast<pagecrypt_cipher>(cipher));
}

/// The cipher of this name: in any case; joined, hyphenated or with underscores.
/// \throws UnknownCipher
[[nodiscard]] inline Cipher cipher_from_name(std::string_view name) {
    pagecrypt_cipher cipher = 0;
    detail::ErrorOut error;
    error.check(pagecrypt_cipher_from_name(detail::c_name(name).c_str(), &cipher, error.out()));
    return static_cast<Cipher>(cipher);
}

/// The cipher with this number on disk.
/// \throws UnknownCipher
[[nodiscard]] inline Cipher cipher_from_number(std::uint8_t number) {
    const Cipher cipher = static_cast<Cipher>(number);
    if (name(cipher).empty()) {
        detail::raise({Status::unknown_cipher, "unknown cipher: there is none with number " + std::to_string(number)});
    }
    return cipher;
}

/// The engine that serves this cipher's keys on this CPU, not above the one that the environment variable
/// PAGECRYPT_ENGINE names.
/// \throws UnknownCipher, UnknownEngine (for what PAGECRYPT_ENGINE says)
[[nodiscard]] inline Engine engine(Cipher cipher) {
    pagecrypt_engine engine = 0;
    detail::ErrorOut error;
    error.check(pagecrypt_cipher_engine(static_cast<pagecrypt_cipher>(cipher), &engine, error.out()));
    return static_cast<Engine>(engine);
}

} // namespace pagecrypt

#endif
