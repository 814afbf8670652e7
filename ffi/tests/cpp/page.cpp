#include <string>
#include <utility>

#include <doctest/doctest.h>
#include <pagecrypt.hpp>

#include "vectors.hpp"

using pagecrypt::Cipher;
using pagecrypt::PageCodec;

namespace {

/// Pages as a database has them, from page 2 on: the reserved bytes are zero.
Bytes plain_pages(const PageCodec &codec, std::size_t count) {
    Bytes pages(count * codec.page_size());
    for (std::size_t page = 0; page < count; ++page) {
        for (std::size_t j = 0; j < codec.page_size() - codec.reserved_length(); ++j) {
            pages[page * codec.page_size() + j] = static_cast<std::uint8_t>((page + 2) * 7 + j);
        }
    }
    return pages;
}

} // namespace

TEST_CASE("a codec says what it was made for") {
    for (const Cipher cipher : vectors::turso_ciphers()) {
        const pagecrypt::Key key = vectors::key(cipher);
        const PageCodec codec = PageCodec::turso(key, 1024);
        CHECK(codec.cipher() == cipher);
        CHECK(codec.engine() == key.engine());
        CHECK(codec.format() == pagecrypt::Format::turso);
        CHECK(name(codec.format()) == "turso");
        CHECK(codec.page_size() == 1024);
        CHECK(codec.reserved_length() == reserved_length(cipher));
        CHECK(codec.frame_length() == 1024 + pagecrypt::wal_frame_header_length);
        CHECK(static_cast<bool>(codec));
    }
    CHECK(name(pagecrypt::Format(9)).empty());
}

TEST_CASE("pages are sealed and opened, in place and apart, also when the key is gone") {
    for (const Cipher cipher : vectors::turso_ciphers()) {
        for (const std::size_t page_size : {512u, 4096u, 65536u}) {
            CAPTURE(name(cipher));
            const PageCodec codec = PageCodec::turso(vectors::key(cipher), page_size); // the Key is a temporary
            const Bytes plain = plain_pages(codec, 9);
            Bytes in_place = plain, apart(plain.size()), again(plain.size());
            codec.seal_pages(2, in_place);
            codec.seal_pages_into(2, plain, apart);
            CHECK(in_place != plain);
            CHECK(in_place != apart); // other nonces
            codec.open_pages_into(2, in_place, again);
            CHECK(again == plain);
            codec.open_pages(2, apart);
            CHECK(apart == plain);
        }
    }
}

TEST_CASE("a page that is not authentic is named and zeroed, the others are open") {
    const PageCodec codec = PageCodec::turso(vectors::key(Cipher::aegis256), 512);
    const Bytes plain = plain_pages(codec, 5);
    Bytes sealed = plain, opened(plain.size(), 0xc3);
    codec.seal_pages(10, sealed);
    sealed[512 + 100] ^= 1;
    sealed[3 * 512] ^= 1;
    const Bytes before = sealed;
    for (const bool in_place : {false, true}) {
        const auto error = thrown<pagecrypt::AuthenticationFailed>(
            [&] { in_place ? codec.open_pages(10, sealed) : codec.open_pages_into(10, sealed, opened); });
        CHECK(error.unit() == pagecrypt::Unit::page);
        CHECK(std::vector<std::uint64_t>(error.numbers().begin(), error.numbers().end()) ==
              std::vector<std::uint64_t>{11, 13});
        const Bytes &result = in_place ? sealed : opened;
        for (std::size_t i = 0; i < result.size(); ++i) {
            const bool failed = i / 512 == 1 || i / 512 == 3;
            REQUIRE(result[i] == (failed ? 0 : plain[i]));
        }
        if (!in_place) {
            CHECK(sealed == before);
        }
    }
}

TEST_CASE("buffers that overlap are refused untouched, the same buffer is in place") {
    const PageCodec codec = PageCodec::turso(vectors::key(Cipher::aegis256), 512);
    const Bytes plain = plain_pages(codec, 3);
    Bytes buffer = plain;
    const pagecrypt::mutable_bytes all = buffer;
    thrown<pagecrypt::Overlap>([&] { codec.seal_pages_into(2, all.subview(0, 1024), all.subview(512, 1024)); });
    thrown<pagecrypt::Overlap>([&] { codec.open_pages_into(2, all.subview(0, 1024), all.subview(512, 1024)); });
    CHECK(buffer == plain);
    codec.seal_pages_into(2, all, all);
    CHECK(buffer != plain);
    codec.open_pages_into(2, all, all);
    CHECK(buffer == plain);
}

TEST_CASE("no pages are a run, too") {
    const PageCodec codec = PageCodec::turso(vectors::key(Cipher::aegis256), 512);
    codec.seal_pages(1, {});
    codec.open_pages_into(1, {}, {});
    CHECK(codec.page_size() == 512);
}

TEST_CASE("the page of the locks is where SQLite has it") {
    CHECK(pagecrypt::pending_byte_page(512) == (1 << 30) / 512 + 1);
    CHECK(pagecrypt::pending_byte_page(65536) == (1 << 30) / 65536 + 1);
    for (const std::size_t size : {0u, 256u, 1000u, 131072u}) {
        CHECK(thrown<pagecrypt::PageSize>([&] { (void)pagecrypt::pending_byte_page(size); }).got() == size);
    }
}

TEST_CASE("page 1 says what it is without the key") {
    const nlohmann::json manifest = vectors::json("turso/manifest.json");
    CHECK(manifest.at("fixtures").size() == 11);
    for (const nlohmann::json &sample : manifest.at("fixtures")) {
        const Bytes file = vectors::read(vectors::path("turso/" + sample.at("file").get<std::string>()));
        const auto header = pagecrypt::TursoHeader::parse(pagecrypt::bytes_view(file).subview(0, 100));
        CHECK(header.version == 0);
        CHECK(name(header.cipher) == sample.at("cipher").get<std::string>());
        CHECK(header.page_size == sample.at("page_size").get<std::size_t>());
        CHECK(header.reserved_length == sample.at("reserved_bytes").get<std::size_t>());
    }
}
