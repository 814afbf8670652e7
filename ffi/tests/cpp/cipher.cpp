#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <pagecrypt.hpp>

#include "vectors.hpp"

using pagecrypt::Cipher;

namespace {

struct Row {
    Cipher cipher;
    std::string_view name;
    std::string_view hyphenated;
    std::size_t key;
    std::size_t nonce;
    std::uint64_t longest;
    std::uint64_t seals;
};

constexpr std::uint64_t gcm = (std::uint64_t(1) << 36) - 32;
constexpr std::uint64_t aegis = (std::uint64_t(1) << 61) - 1;
constexpr std::uint64_t two_to_32 = std::uint64_t(1) << 32;
constexpr std::uint64_t two_to_48 = std::uint64_t(1) << 48;

const Row rows[] = {
    {Cipher::aes128gcm, "aes128gcm", "aes-128-gcm", 16, 12, gcm, two_to_32},
    {Cipher::aes256gcm, "aes256gcm", "aes-256-gcm", 32, 12, gcm, two_to_32},
    {Cipher::aegis256, "aegis256", "aegis-256", 32, 32, aegis, UINT64_MAX},
    {Cipher::aegis256x2, "aegis256x2", "aegis-256x2", 32, 32, aegis, UINT64_MAX},
    {Cipher::aegis256x4, "aegis256x4", "aegis-256x4", 32, 32, aegis, UINT64_MAX},
    {Cipher::aegis128l, "aegis128l", "aegis-128l", 16, 16, aegis, two_to_48},
    {Cipher::aegis128x2, "aegis128x2", "aegis-128x2", 16, 16, aegis, two_to_48},
    {Cipher::aegis128x4, "aegis128x4", "aegis-128x4", 16, 16, aegis, two_to_48},
    {Cipher::chacha20poly1305, "chacha20poly1305", "chacha20-poly1305", 32, 12, (std::uint64_t(1) << 38) - 64,
     two_to_32},
};

} // namespace

TEST_CASE("the catalogue is the one that every language has") {
    const std::vector<Cipher> ciphers = pagecrypt::ciphers();
    REQUIRE(ciphers.size() == std::size(rows));
    for (std::size_t i = 0; i < ciphers.size(); ++i) {
        const Row &row = rows[i];
        CHECK(ciphers[i] == row.cipher);
        CHECK(static_cast<std::size_t>(row.cipher) == i + 1);
        CHECK(name(row.cipher) == row.name);
        CHECK(hyphenated_name(row.cipher) == row.hyphenated);
        CHECK(key_length(row.cipher) == row.key);
        CHECK(nonce_length(row.cipher) == row.nonce);
        CHECK(reserved_length(row.cipher) == row.nonce + pagecrypt::tag_length);
        CHECK(max_message_length(row.cipher) == row.longest);
        CHECK(max_random_seals(row.cipher) == row.seals);
        CHECK(pagecrypt::cipher_from_name(row.name) == row.cipher);
        CHECK(pagecrypt::cipher_from_name(row.hyphenated) == row.cipher);
        CHECK(pagecrypt::cipher_from_number(static_cast<std::uint8_t>(i + 1)) == row.cipher);
        CHECK(is_available(engine(row.cipher)));
        CHECK(engine(row.cipher) == pagecrypt::Key::generate(row.cipher).engine());
    }
}

TEST_CASE("a number that is no cipher has nothing") {
    for (const Cipher none : {Cipher(0), Cipher(10), Cipher(-1), Cipher(INT32_MAX)}) {
        CHECK(name(none).empty());
        CHECK(hyphenated_name(none).empty());
        CHECK(key_length(none) == 0);
        CHECK(nonce_length(none) == 0);
        CHECK(reserved_length(none) == 0);
        CHECK(max_message_length(none) == 0);
        CHECK(max_random_seals(none) == 0);
        thrown<pagecrypt::UnknownCipher>([&] { (void)engine(none); });
        thrown<pagecrypt::UnknownCipher>([&] { (void)pagecrypt::Key::generate(none); });
    }
}

TEST_CASE("a name is read to its end") {
    using namespace std::string_view_literals;
    thrown<pagecrypt::UnknownCipher>([] { (void)pagecrypt::cipher_from_name("aegis256\0x"sv); });
    thrown<pagecrypt::UnknownCipher>([] { (void)pagecrypt::cipher_from_name(""); });
    CHECK(pagecrypt::cipher_from_name("aegis256xyz"sv.substr(0, 8)) == Cipher::aegis256);
    thrown<pagecrypt::UnknownEngine>([] { (void)pagecrypt::engine_from_name("portable\0x"sv); });
}
