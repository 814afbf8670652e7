#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <string>
#include <type_traits>

#include <doctest/doctest.h>
#include <pagecrypt.hpp>

#include "vectors.hpp"

using pagecrypt::Cipher;
using pagecrypt::Encoding;
using pagecrypt::Key;

TEST_CASE("a key gives back the bytes and the text that it was made of") {
    for (const Cipher cipher : pagecrypt::ciphers()) {
        CAPTURE(name(cipher));
        const Key key = vectors::key(cipher);
        CHECK(key.cipher() == cipher);
        CHECK(key.engine() == engine(cipher));
        CHECK(static_cast<bool>(key));
        Bytes bytes(key_length(cipher), 0xff);
        key.bytes(bytes);
        CHECK(bytes[1] == 1);
        CHECK(Key::from_bytes(bytes, cipher) == key);
        for (const Encoding encoding : {Encoding::base64, Encoding::hex}) {
            const pagecrypt::SecretText text = key.text(encoding);
            CHECK(text.size() == (encoding == Encoding::hex ? 2 * bytes.size() : (bytes.size() + 2) / 3 * 4));
            CHECK(text.view() == text.c_str());
            CHECK(Key::from_text(text.view(), cipher) == key);
            std::array<char, pagecrypt::max_key_text_length + 1> buffer;
            buffer.fill('#');
            CHECK(key.text(encoding, buffer) == text.size());
            CHECK(buffer.data() == text.view());
        }
    }
    CHECK(vectors::key(Cipher::aegis128l).text(Encoding::hex).view() == "000102030405060708090a0b0c0d0e0f");
    CHECK(vectors::key(Cipher::aegis128l).text(Encoding::base64).view() == "AAECAwQFBgcICQoLDA0ODw==");
}

TEST_CASE("a key without a cipher is for the default of its length") {
    CHECK(Key::from_text("000102030405060708090a0b0c0d0e0f").cipher() == Cipher::aegis128l);
    CHECK(Key::from_text(" AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n").cipher() == Cipher::aegis256);
    thrown<pagecrypt::UnknownCipher>([] { (void)Key::from_text("000102030405060708090a0b0c0d0e0f", Cipher(99)); });
}

TEST_CASE("generated keys differ and count their own seals") {
    const Key key = Key::generate(Cipher::aegis256);
    CHECK(key != Key::generate(Cipher::aegis256));
    const Key clone = key.clone();
    CHECK(clone == key);
    Bytes pages(3 * 512);
    pagecrypt::PageCodec::turso(key, 512).seal_pages(2, pages);
    CHECK(key.seals() == 3);
    CHECK(clone.seals() == 3);
    CHECK(key.with_cipher(Cipher::aegis256x4).seals() == 0);
    CHECK(key.with_cipher(Cipher::aegis256x4).cipher() == Cipher::aegis256x4);
    CHECK(key.with_cipher(Cipher::aegis256x4) != key);
    CHECK(key.with_cipher(Cipher::aegis256x4).with_cipher(Cipher::aegis256) == key);
    thrown<pagecrypt::KeyLength>([&] { (void)key.with_cipher(Cipher::aegis128l); });
}

TEST_CASE("an engine is a ceiling") {
    const Key key = vectors::key(Cipher::aegis256);
    const Key portable = key.with_engine(pagecrypt::Engine::portable);
    CHECK(portable.engine() == pagecrypt::Engine::portable);
    CHECK(portable == key);
}

TEST_CASE("a key is written only where it fits") {
    const Key key = vectors::key(Cipher::aegis256);
    for (const std::size_t length : {0u, 31u, 33u}) {
        Bytes bytes(length, 0xc3);
        const auto error = thrown<pagecrypt::BufferLength>([&] { key.bytes(bytes); });
        CHECK(error.expected() == 32);
        CHECK(error.got() == length);
        CHECK(bytes == Bytes(length, 0xc3));
    }
    std::array<char, 64> text; // no room for the zero byte
    text.fill('#');
    thrown<pagecrypt::BufferLength>([&] { (void)key.text(Encoding::hex, text); });
    CHECK(std::none_of(text.begin(), text.end(), [](char c) { return c == '1'; }));
    CHECK(key.text(Encoding::base64, text) == 44);
}

TEST_CASE("a key's text is wiped when it is destroyed and when it is moved from") {
    using pagecrypt::SecretText;
    CHECK(!std::is_copy_constructible_v<SecretText>);
    CHECK(!std::is_copy_assignable_v<SecretText>);
    const Key key = vectors::key(Cipher::aegis256);
    alignas(SecretText) unsigned char storage[sizeof(SecretText)] = {}; // padding is looked at, too
    const auto holds_text = [&] {
        const std::string_view bytes(reinterpret_cast<const char *>(storage), sizeof storage);
        return bytes.find("0203") != std::string_view::npos;
    };
    SecretText *text = new (storage) SecretText(key.text(Encoding::hex));
    CHECK(holds_text());
    SecretText other = std::move(*text);
    CHECK(!holds_text());
    CHECK(text->view().empty());
    CHECK(other.size() == 64);
    *text = std::move(other);
    CHECK(holds_text());
    SecretText &same = *text;
    *text = std::move(same);
    CHECK(text->size() == 64);
    text->~SecretText();
    CHECK(!holds_text());
}

TEST_CASE("keys are moved and not copied") {
    CHECK(!std::is_copy_constructible_v<Key>);
    CHECK(!std::is_copy_assignable_v<Key>);
    CHECK(std::is_nothrow_move_constructible_v<Key>);
    CHECK(std::is_nothrow_move_assignable_v<Key>);
    CHECK(sizeof(Key) == sizeof(void *));
}
