/// \file
/// Keys: secret bytes that know their cipher and hold the engine that serves it.
#ifndef PAGECRYPT_KEY_HPP
#define PAGECRYPT_KEY_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "../pagecrypt.h"
#include "cipher.hpp"
#include "engine.hpp"
#include "error.hpp"
#include "view.hpp"

namespace pagecrypt {

namespace detail {
class NewKey;
} // namespace detail

/// How a key is written as text.
enum class Encoding : std::int32_t {
    base64 = PAGECRYPT_BASE64, ///< Standard, padded: 24 or 44 characters.
    hex = PAGECRYPT_HEX,       ///< Lowercase: 32 or 64 characters.
};

/// The length of the longest text of a key, in characters.
inline constexpr std::size_t max_key_text_length = PAGECRYPT_MAX_KEY_TEXT_LENGTH;

/// Text that holds a key, and is overwritten when it is destroyed or moved from. Not copyable: whoever copies view()
/// elsewhere has to wipe it there.
class SecretText {
public:
    SecretText(SecretText &&other) noexcept { take(other); }
    SecretText &operator=(SecretText &&other) noexcept {
        if (this != &other) {
            take(other);
        }
        return *this;
    }
    SecretText(const SecretText &) = delete;
    SecretText &operator=(const SecretText &) = delete;
    ~SecretText() { wipe(); }

    /// The text; empty once moved from. Valid as long as this object, and until it is moved from.
    [[nodiscard]] std::string_view view() const noexcept { return {text_, length_}; }

    /// The same, with a zero byte at its end.
    [[nodiscard]] const char *c_str() const noexcept { return text_; }

    /// How many characters there are.
    [[nodiscard]] std::size_t size() const noexcept { return length_; }

private:
    friend class Key;

    SecretText() noexcept = default;

    void take(SecretText &other) noexcept {
        for (std::size_t i = 0; i < sizeof text_; ++i) {
            text_[i] = other.text_[i];
        }
        length_ = other.length_;
        other.wipe();
    }

    void wipe() noexcept {
        // Writes to volatile objects are not left out, although nobody reads them.
        volatile char *text = text_;
        for (std::size_t i = 0; i < sizeof text_; ++i) {
            text[i] = 0;
        }
        length_ = 0;
    }

    char text_[max_key_text_length + 1] = {};
    std::size_t length_ = 0;
};

/// A key: raw secret bytes of one cipher, and the engine chosen for it on this CPU.
///
/// It owns its bytes, which are wiped when the last clone is destroyed, and never prints them. It is moved, not copied;
/// clone() shares the bytes and the count of seals. A const Key may be used from any number of threads at once.
///
/// Once moved from, it throws InvalidArgument.
class Key {
public:
    /// A key of `cipher` from its raw bytes, served by this CPU's best engine (not above the one that the environment
    /// variable PAGECRYPT_ENGINE names). The caller's bytes are copied, and remain for the caller to wipe.
    /// \throws KeyLength, UnknownCipher, UnknownEngine (for what PAGECRYPT_ENGINE says)
    [[nodiscard]] static Key from_bytes(bytes_view bytes, Cipher cipher) {
        return make(pagecrypt_key_new, bytes.data(), bytes.size(), static_cast<pagecrypt_cipher>(cipher));
    }

    /// A key from base64 (standard, padded) or hexadecimal text, told apart by length; white space around it does not
    /// count. Without a cipher, 16 bytes make an aegis128l key and 32 bytes an aegis256 one.
    /// \throws KeyText, KeyLength, UnknownCipher, UnknownEngine (for what PAGECRYPT_ENGINE says). None carries the
    /// text.
    [[nodiscard]] static Key from_text(std::string_view text, std::optional<Cipher> cipher = std::nullopt) {
        return make(pagecrypt_key_from_text, text.data(), text.size(),
                    cipher ? static_cast<pagecrypt_cipher>(*cipher) : pagecrypt_cipher(0));
    }

    /// A new key from the operating system's random generator.
    /// \throws RandomSource, UnknownCipher, UnknownEngine (for what PAGECRYPT_ENGINE says)
    [[nodiscard]] static Key generate(Cipher cipher) {
        return make(pagecrypt_key_generate, static_cast<pagecrypt_cipher>(cipher));
    }

    /// The same key with the best engine that is not above `ceiling`. It counts its seals anew.
    /// \throws UnknownEngine where this CPU does not run `ceiling`; InvalidArgument
    [[nodiscard]] Key with_engine(Engine ceiling) const {
        return make(pagecrypt_key_with_engine, key_.get(), static_cast<pagecrypt_engine>(ceiling));
    }

    /// The same bytes as a key of another cipher with the same key length. It counts its seals anew.
    /// \throws KeyLength, UnknownCipher, InvalidArgument
    [[nodiscard]] Key with_cipher(Cipher cipher) const {
        return make(pagecrypt_key_with_cipher, key_.get(), static_cast<pagecrypt_cipher>(cipher));
    }

    /// Another owner of the same key, which shares its bytes and its count of seals.
    /// \throws InvalidArgument
    [[nodiscard]] Key clone() const { return make(pagecrypt_key_clone, key_.get()); }

    /// The cipher.
    /// \throws InvalidArgument
    [[nodiscard]] Cipher cipher() const { return static_cast<Cipher>(pagecrypt_key_cipher(key_.get())); }

    /// The engine that serves this key.
    /// \throws InvalidArgument
    [[nodiscard]] Engine engine() const { return static_cast<Engine>(pagecrypt_key_engine(key_.get())); }

    /// How many messages were sealed under random nonces, by this key and its clones.
    /// \throws InvalidArgument
    [[nodiscard]] std::uint64_t seals() const { return pagecrypt_key_seals(key_.get()); }

    /// Writes the raw key to `to`, which has exactly its length (see key_length()) and is the caller's to wipe.
    /// \throws BufferLength, InvalidArgument
    void bytes(mutable_bytes to) const {
        detail::ErrorOut error;
        error.check(pagecrypt_key_bytes(key_.get(), to.data(), to.size(), error.out()));
    }

    /// The key as text, for a key file.
    /// \throws InvalidArgument
    [[nodiscard]] SecretText text(Encoding encoding) const {
        SecretText text;
        text.length_ = this->text(encoding, View<char>(text.text_));
        return text;
    }

    /// Writes the key as text and a zero byte to `to`, which is the caller's to wipe; max_key_text_length + 1
    /// characters always suffice. Returns the length of the text without the zero byte. \throws BufferLength,
    /// InvalidArgument
    std::size_t text(Encoding encoding, View<char> to) const {
        std::size_t length = 0;
        detail::ErrorOut error;
        error.check(pagecrypt_key_text(key_.get(), static_cast<pagecrypt_encoding>(encoding), to.data(), to.size(),
                                       &length, error.out()));
        return length;
    }

    /// Whether it is not moved from.
    [[nodiscard]] explicit operator bool() const noexcept { return key_.get_or_null() != nullptr; }

    /// The C handle, for functions of pagecrypt.h. It remains this object's.
    /// \throws InvalidArgument
    [[nodiscard]] const pagecrypt_key *handle() const { return key_.get(); }

    /// Whether cipher and bytes are the same, in constant time.
    /// \throws InvalidArgument
    [[nodiscard]] friend bool operator==(const Key &left, const Key &right) {
        return pagecrypt_key_equal(left.key_.get(), right.key_.get());
    }
    [[nodiscard]] friend bool operator!=(const Key &left, const Key &right) { return !(left == right); }

private:
    friend class detail::NewKey;

    explicit Key(pagecrypt_key *key) noexcept : key_(key) {}

    /// Calls the C function with these arguments and the two outputs behind them.
    template <class... Parameters, class... Arguments>
    static Key make(pagecrypt_status (*function)(Parameters...), Arguments... arguments) {
        pagecrypt_key *key = nullptr;
        detail::ErrorOut error;
        error.check(function(arguments..., &key, error.out()));
        return Key(key);
    }

    detail::Handle<pagecrypt_key, pagecrypt_key_free> key_;
};

namespace detail {

/// Keys from the C functions that other headers have for it.
class NewKey {
public:
    template <class... Parameters, class... Arguments>
    [[nodiscard]] static Key make(pagecrypt_status (*function)(Parameters...), Arguments... arguments) {
        return Key::make(function, arguments...);
    }
};

} // namespace detail
} // namespace pagecrypt

#endif
