// Entries of a store: what a server is given says nothing of path, type and schema, and opens under its own token only.

#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>
#include <pagecrypt.hpp>

#include "records.hpp"
#include "vectors.hpp"

using namespace std::string_view_literals;
using nlohmann::json;
using pagecrypt::Cipher;
using pagecrypt::Entry;
using pagecrypt::Padding;
using pagecrypt::Status;
using pagecrypt::StoreCodec;
using pagecrypt::TokenKey;
using records::bytes;
using records::hex;

namespace {

TokenKey token_key() {
    return TokenKey::from_bytes(Bytes(32, 0x77));
}

StoreCodec store(Cipher cipher, Padding padding = Padding::none, std::uint8_t key = 1) {
    return StoreCodec(records::key(cipher, key), records::filled<pagecrypt::StoreId>(0x52), token_key(), padding);
}

Entry entry(pagecrypt::bytes_view path, pagecrypt::bytes_view body) {
    return {path, "note"sv, "note.v1"sv, body, {}};
}

bool same(const Entry &left, const Entry &right) {
    return bytes(left.path) == bytes(right.path) && bytes(left.type_name) == bytes(right.type_name) &&
           bytes(left.schema) == bytes(right.schema) && bytes(left.body) == bytes(right.body) &&
           left.clock == right.clock;
}

} // namespace

TEST_CASE("entries that another implementation sealed open") {
    const json all = vectors::json("records.json").at("entries");
    CHECK(all.size() == 36);
    for (const json &vector : all) {
        const Cipher cipher = pagecrypt::cipher_from_name(vector.at("cipher").get<std::string>());
        const auto id = records::array<pagecrypt::StoreId>(hex(vector.at("context"), "store"));
        const auto token = records::array<pagecrypt::Token>(hex(vector, "token"));
        const TokenKey token_key = TokenKey::from_bytes(hex(vector, "token_key"));
        const Padding padding = vector.at("padding").get<std::string>() == "padme" ? Padding::padme : Padding::none;
        const Bytes path = hex(vector, "path"), type = hex(vector, "type"), schema = hex(vector, "schema"),
                    body = hex(vector, "body"), record = hex(vector, "record");
        const Entry entry = {path, type, schema, body, records::number(vector.at("clock"))};
        CHECK(token_key.token(path) == token);
        for (const auto &key : vectors::on_every_engine(pagecrypt::Key::from_bytes(hex(vector, "key"), cipher))) {
            const StoreCodec codec(key, id, token_key, padding);
            CHECK(codec.token(path) == token);
            CHECK(codec.sealed_length(entry) == record.size());
            CHECK(same(codec.open(token, record).entry(), entry));
            const auto sealed = codec.seal(entry);
            CHECK(sealed.token == token);
            CHECK(sealed.record.size() == record.size());
            CHECK(same(codec.open(token, sealed.record).entry(), entry));
        }
    }
}

TEST_CASE("a record opens under the token of its own path only") {
    for (const Cipher cipher : pagecrypt::ciphers()) {
        CAPTURE(name(cipher));
        const StoreCodec codec = store(cipher);
        const auto sealed = codec.seal(entry("a"sv, "content"sv));
        thrown<pagecrypt::AuthenticationFailed>([&] { (void)codec.open(codec.token("b"sv), sealed.record); });
        const StoreCodec other(records::key(cipher, 1), records::filled<pagecrypt::StoreId>(9), token_key());
        thrown<pagecrypt::UnknownKeyId>([&] { (void)other.open(sealed.token, sealed.record); });

        // The record is authentic in its place, and its path is another one's.
        const auto records = pagecrypt::RecordCodec::bound(
            records::key(cipher, 1), pagecrypt::Context::store(records::filled<pagecrypt::StoreId>(0x52)));
        pagecrypt::Place here, there;
        here.token = sealed.token;
        there.token = codec.token("b"sv);
        const Bytes plaintext = records.open(sealed.record, here);
        CHECK(plaintext == bytes("\x01\0a\x04\0note\x07\0note.v1content\x80"sv));
        const Bytes moved = records.seal(plaintext, there);
        thrown<pagecrypt::AuthenticationFailed>([&] { (void)codec.open(*there.token, moved); });
        // What is no entry.
        thrown<pagecrypt::Malformed>([&] { (void)codec.open(*there.token, records.seal(Bytes(20), there)); });
        thrown<pagecrypt::Malformed>([&] { (void)codec.open(*there.token, {}); });
    }
}

TEST_CASE("an entry with any byte of its record changed does not open") {
    const StoreCodec codec = store(Cipher::aegis256, Padding::padme);
    Entry with_clock = entry("a"sv, "content"sv);
    with_clock.clock = 1;
    const auto sealed = codec.seal(with_clock);
    for (std::size_t at = 0; at < sealed.record.size(); ++at) {
        Bytes changed = sealed.record;
        changed[at] ^= 1;
        CHECK(records::status_of([&] { (void)codec.open(sealed.token, changed); }) != Status::ok);
    }
}

TEST_CASE("a batch of entries is sealed, and each opens by itself") {
    for (const Cipher cipher : pagecrypt::ciphers()) {
        CAPTURE(name(cipher));
        const StoreCodec codec = store(cipher, Padding::padme);
        std::vector<std::string> paths;
        for (int i = 0; i < 70; ++i) {
            paths.push_back("notes/" + std::to_string(i));
        }
        const Bytes body(300, 7);
        std::vector<Entry> entries;
        for (std::size_t i = 0; i < paths.size(); ++i) {
            entries.push_back(entry(paths[i], pagecrypt::bytes_view(body).subview(0, i % 5 * 60)));
            entries.back().clock = i % 2 == 0 ? std::optional<std::uint64_t>(i) : std::nullopt;
        }
        auto sealed = codec.seal_batch(entries);
        {
            const auto opened = codec.open_batch(sealed.tokens, sealed.records);
            REQUIRE(opened.size() == entries.size());
            for (std::size_t i = 0; i < entries.size(); ++i) {
                CHECK(same(opened[i], entries[i]));
                CHECK(sealed.tokens[i] == codec.token(paths[i]));
            }
        }
        sealed.records.bytes[sealed.records.offsets[8] - 1] ^= 1; // record 7
        std::swap(sealed.tokens[20], sealed.tokens[21]);          // both
        sealed.records.bytes[sealed.records.offsets[9]] = 0x77;   // no version
        const auto error =
            thrown<pagecrypt::AuthenticationFailed>([&] { (void)codec.open_batch(sealed.tokens, sealed.records); });
        CHECK(error.first() == 7);
        auto first = codec.open_batch_partial(sealed.tokens, sealed.records);
        const auto opened = std::move(first); // what was opened stays where it is
        for (std::size_t i = 0; i < entries.size(); ++i) {
            CAPTURE(i);
            const Status expected = i == 9                         ? Status::unsupported_format
                                    : i == 7 || i == 20 || i == 21 ? Status::authentication_failed
                                                                   : Status::ok;
            CHECK(opened.statuses()[i] == expected);
            CHECK(same(opened[i], expected == Status::ok ? entries[i] : Entry()));
        }
        CHECK_THROWS_AS((void)opened[70], std::out_of_range);

        const std::string long_path(65536, 'p');
        entries.back().path = long_path;
        thrown<pagecrypt::InvalidArgument>([&] { (void)codec.seal_batch(entries); });
        thrown<pagecrypt::InvalidArgument>([&] { (void)codec.sealed_length(entries.back()); });
        entries.back().path = std::string_view(long_path).substr(1);
        CHECK(codec.seal_batch(entries).records.size() == 70);
        thrown<pagecrypt::InvalidArgument>([&] { (void)codec.open_batch({sealed.tokens.data(), 69}, sealed.records); });
        CHECK(codec.seal_batch({}).tokens.empty());
        CHECK(codec.open_batch({}, pagecrypt::RecordBatch()).size() == 0);
    }
}

TEST_CASE("padding hides lengths within a size class") {
    const auto lengths = [](Padding padding) {
        const StoreCodec codec = store(Cipher::aegis256, padding);
        std::set<std::size_t> seen;
        for (std::size_t length = 1000; length < 1030; ++length) {
            const Bytes body(length);
            seen.insert(codec.seal(entry("a"sv, body)).record.size());
        }
        return seen.size();
    };
    CHECK(lengths(Padding::none) == 30);
    CHECK(lengths(Padding::padme) <= 2);
    thrown<pagecrypt::InvalidArgument>([] { (void)store(Cipher::aegis256, Padding{9}); });
}

TEST_CASE("rotation of the data key keeps tokens and content") {
    for (const Cipher cipher : pagecrypt::ciphers()) {
        CAPTURE(name(cipher));
        const StoreCodec old = store(cipher, Padding::padme);
        const StoreCodec now = store(cipher, Padding::padme, 2).with_decrypt_only_key(records::key(cipher, 1));
        Entry written = entry("a"sv, "content"sv);
        written.clock = 3;
        const auto sealed = old.seal(written);
        CHECK(now.token("a"sv) == sealed.token);
        CHECK(now.needs_reseal(sealed.record));
        const Bytes resealed = now.reseal(sealed.token, sealed.record);
        CHECK(!now.needs_reseal(resealed));
        CHECK(same(now.open(sealed.token, resealed).entry(), written));
        CHECK(pagecrypt::compare_writes(resealed, sealed.record) == 1);
        thrown<pagecrypt::UnknownKeyId>([&] { (void)old.open(sealed.token, resealed); });
        thrown<pagecrypt::AuthenticationFailed>([&] { (void)now.reseal(now.token("b"sv), sealed.record); });
    }
}

TEST_CASE("a token key has 32 bytes, and its tokens are HMAC-SHA256") {
    for (const std::size_t length : {0u, 16u, 31u, 33u}) {
        const auto error = thrown<pagecrypt::KeyLength>([&] { (void)TokenKey::from_bytes(Bytes(length, 1)); });
        CHECK(error.expected() == pagecrypt::token_key_length);
        CHECK(error.got() == length);
    }
    const Bytes token = vectors::hex("198a607eb44bfbc69903a0f1cf2bbdc5ba0aa3f3d9ae3c1c7a3b1696a0b68cf7");
    CHECK(TokenKey::from_bytes(Bytes(32, 0x0b)).token("Hi There"sv) == records::array<pagecrypt::Token>(token));
    CHECK(token_key() == token_key());
    CHECK(token_key() != TokenKey::generate());
    Bytes to(32);
    token_key().bytes(to);
    CHECK(to == Bytes(32, 0x77));
    thrown<pagecrypt::BufferLength>([&] { token_key().bytes(pagecrypt::mutable_bytes(to).subview(0, 31)); });
}

TEST_CASE("what was opened is moved, not copied") {
    CHECK(!std::is_copy_constructible_v<pagecrypt::OpenedEntry>);
    CHECK(!std::is_copy_assignable_v<pagecrypt::OpenedEntries>);
    CHECK(std::is_nothrow_move_constructible_v<pagecrypt::OpenedEntries>);
    const StoreCodec codec = store(Cipher::aegis256);
    const auto a = codec.seal(entry("a"sv, "of a"sv)), b = codec.seal(entry("b"sv, "of b"sv));
    auto opened = codec.open(a.token, a.record);
    opened = codec.open(b.token, b.record);
    CHECK(bytes(opened.entry().body) == bytes("of b"sv));
    const auto other = std::move(opened);
    CHECK(bytes(other.entry().path) == bytes("b"sv));
    CHECK_THROWS_AS((void)opened.entry(), std::out_of_range);
}
