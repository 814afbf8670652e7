// Known answers of RFC 10032 and pages that Turso wrote, on every engine that this CPU runs.

#include <array>
#include <string>

#include <doctest/doctest.h>
#include <pagecrypt.hpp>

#include "vectors.hpp"

using pagecrypt::Cipher;
using pagecrypt::Key;

namespace {

Bytes hex(const nlohmann::json &object, const char *field) {
    return vectors::hex(object.at(field).get<std::string>());
}

} // namespace

TEST_CASE("every engine seals and opens the known answers of RFC 10032, and opens none that must fail") {
    std::size_t sealed = 0, refused = 0;
    for (const char *variant : {"128l", "128x2", "128x4", "256", "256x2", "256x4"}) {
        const nlohmann::json file = vectors::json(std::string("aegis/aegis_draft_") + variant + ".json");
        const Cipher cipher = pagecrypt::cipher_from_name(std::string("aegis") + variant);
        for (const nlohmann::json &known : file.at("encrypt")) {
            CAPTURE(known.dump());
            ++sealed;
            const Bytes nonce = hex(known, "nonce"), data = hex(known, "ad"), text = hex(known, "msg");
            for (const Key &key : vectors::on_every_engine(Key::from_bytes(hex(known, "key"), cipher))) {
                Bytes output(text.size()), tag(pagecrypt::tag_length);
                seal_one_assume_unique_nonce(key, nonce, data, text, output, tag);
                CHECK(output == hex(known, "ct"));
                CHECK(tag == hex(known, "tag128"));
                open_one(key, nonce, data, output, output, tag);
                CHECK(output == text);
            }
        }
        for (const nlohmann::json &failing : file.at("decrypt_must_fail")) {
            CAPTURE(failing.dump());
            ++refused;
            for (const Key &key : vectors::on_every_engine(Key::from_bytes(hex(failing, "key"), cipher))) {
                const Bytes text = hex(failing, "ct");
                Bytes output(text.size(), 0xc3);
                thrown<pagecrypt::AuthenticationFailed>([&] {
                    open_one(key, hex(failing, "nonce"), hex(failing, "ad"), text, output, hex(failing, "tag128"));
                });
                CHECK(output == Bytes(text.size()));
            }
        }
    }
    CHECK(sealed == 18);
    CHECK(refused == 8);
}

TEST_CASE("every engine opens the pages that Turso stored, and what it seals opens on every other") {
    const nlohmann::json pages = vectors::json("turso/page_vectors.json");
    CHECK(pages.size() == 16);
    for (const nlohmann::json &vector : pages) {
        const Cipher cipher = pagecrypt::cipher_from_name(vector.at("cipher").get<std::string>());
        const std::uint32_t number = vector.at("page_no").get<std::uint32_t>();
        CAPTURE(name(cipher));
        CAPTURE(number);
        const Bytes sealed = hex(vector, "encrypted_page"), plain = hex(vector, "plain_page");
        const auto keys = vectors::on_every_engine(Key::from_bytes(hex(vector, "hexkey"), cipher));
        CHECK(keys.size() >= 1);
        for (const Key &key : keys) {
            const auto codec = pagecrypt::PageCodec::turso(key, vector.at("page_size").get<std::size_t>());
            Bytes page = sealed;
            codec.open_pages(number, page);
            CHECK(page == plain);
            for (const Key &other : keys) {
                codec.seal_pages(number, page);
                CHECK(page != sealed); // a fresh nonce
                pagecrypt::PageCodec::turso(other, codec.page_size()).open_pages(number, page);
                CHECK(page == plain);
            }
            // Page 2 is one message: with the stored nonce, the stored bytes come back.
            if (number == 2) {
                const std::size_t body = plain.size() - codec.reserved_length(), tag_at = body;
                const pagecrypt::bytes_view stored = sealed;
                Bytes text(body), tag(pagecrypt::tag_length);
                seal_one_assume_unique_nonce(key, stored.subview(body + tag.size(), nonce_length(cipher)), {},
                                             pagecrypt::bytes_view(plain).subview(0, body), text, tag);
                CHECK(std::equal(text.begin(), text.end(), sealed.begin()));
                CHECK(std::equal(tag.begin(), tag.end(), sealed.begin() + static_cast<std::ptrdiff_t>(tag_at)));
            }
        }
    }
}
