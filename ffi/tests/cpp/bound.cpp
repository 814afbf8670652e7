// Bound records: what another implementation sealed, headers, keys that are rotated, and the later of two writes.

#include <limits>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <pagecrypt.hpp>

#include "records.hpp"
#include "vectors.hpp"

using nlohmann::json;
using pagecrypt::Cipher;
using pagecrypt::Context;
using pagecrypt::Key;
using pagecrypt::Place;
using pagecrypt::RecordCodec;
using pagecrypt::RecordHeader;
using records::hex;

namespace {

Context context(const json &named) {
    const std::string kind = named.at("kind").get<std::string>();
    if (kind == "store") {
        return Context::store(records::array<pagecrypt::StoreId>(hex(named, "store")));
    }
    const auto stream = records::array<pagecrypt::StreamId>(hex(named, "stream"));
    if (kind == "stream") {
        return Context::stream(stream);
    }
    REQUIRE(kind == "writer");
    return Context::writer(stream, records::array<pagecrypt::WriterId>(hex(named, "writer")));
}

Place place(const json &vector) {
    Place place;
    place.sequence = records::number(vector.at("sequence"));
    place.clock = records::number(vector.at("clock"));
    place.reseals = vector.at("reseals").get<std::uint32_t>();
    if (!vector.at("token").is_null()) {
        place.token = records::array<pagecrypt::Token>(hex(vector, "token"));
    }
    return place;
}

/// A codec that seals under key 2 and opens what was sealed under key 1, too.
RecordCodec rotated(Cipher cipher, const Context &context) {
    return RecordCodec::bound(records::key(cipher, 2), context).with_decrypt_only_key(records::key(cipher, 1));
}

/// Where two keys, which were found by trying, have the same id.
const Context collision = records::stream(0x51);

Key colliding_key(std::uint32_t number) {
    Bytes bytes(16);
    for (std::size_t i = 0; i < 4; ++i) {
        bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
    }
    return Key::from_bytes(bytes, Cipher::aegis128l);
}

} // namespace

TEST_CASE("what another implementation sealed opens on every engine, and its headers say what was sealed") {
    const json all = vectors::json("records.json").at("records");
    CHECK(all.size() == 144);
    for (const json &vector : all) {
        const Cipher cipher = pagecrypt::cipher_from_name(vector.at("cipher").get<std::string>());
        const Context context = ::context(vector.at("context"));
        const Place place = ::place(vector);
        const Bytes record = hex(vector, "record"), plaintext = hex(vector, "plaintext");
        const auto id = records::array<pagecrypt::KeyId>(hex(vector, "key_id"));
        CAPTURE(name(cipher));
        for (const Key &key : vectors::on_every_engine(Key::from_bytes(hex(vector, "key"), cipher))) {
            CHECK(pagecrypt::key_id(key, context) == id);
            const RecordCodec codec = RecordCodec::bound(key, context);
            CHECK(codec.key_id() == id);
            CHECK(codec.cipher() == cipher);
            CHECK(codec.format() == pagecrypt::RecordFormat::bound);
            CHECK(codec.sealed_length(plaintext.size(), place) == record.size());
            CHECK(codec.opened_length(record) == plaintext.size());
            CHECK(codec.open(record, place) == plaintext);
        }
        const RecordHeader header = RecordHeader::parse(record);
        CHECK(header.cipher == cipher);
        CHECK(header.key_id == id);
        CHECK(header.clock == place.clock);
        CHECK(header.reseals == place.reseals);
        CHECK(header.plaintext_length == plaintext.size());
    }
}

TEST_CASE("what is no bound record has no header") {
    const Bytes record =
        RecordCodec::bound(records::key(Cipher::aegis256, 1), records::stream()).seal(Bytes(), Place());
    const auto with = [&](std::size_t at, std::uint8_t byte) {
        Bytes changed = record;
        changed[at] = byte;
        return changed;
    };
    thrown<pagecrypt::Malformed>([&] { (void)RecordHeader::parse({}); });
    thrown<pagecrypt::Malformed>([&] { (void)RecordHeader::parse({record.data(), record.size() - 1}); });
    thrown<pagecrypt::UnsupportedFormat>([&] { (void)RecordHeader::parse(with(0, 2)); });
    thrown<pagecrypt::UnsupportedFormat>([&] { (void)RecordHeader::parse(with(1, 99)); });
    thrown<pagecrypt::UnsupportedFormat>([&] { (void)RecordHeader::parse(with(2, 2)); });
    thrown<pagecrypt::Malformed>([&] { (void)pagecrypt::compare_writes(record, {}); });
}

TEST_CASE("records under the old key open, and say that they wait for the new one") {
    for (const Cipher cipher : pagecrypt::ciphers()) {
        CAPTURE(name(cipher));
        for (const Context &context : {records::stream(), records::store(), records::writer()}) {
            const RecordCodec old = RecordCodec::bound(records::key(cipher, 1), context);
            const RecordCodec now = rotated(cipher, context);
            const Place place = records::place(context);
            const Bytes text(20, 5), record = old.seal(text, place);
            CHECK(!old.needs_reseal(record));
            CHECK(now.needs_reseal(record));
            CHECK(now.open(record, place) == text);

            const Bytes resealed = now.reseal(record, place);
            CHECK(!now.needs_reseal(resealed));
            CHECK(now.open(resealed, place) == text);
            CHECK(RecordHeader::parse(resealed).clock == place.clock);
            CHECK(RecordHeader::parse(resealed).reseals == 1);
            // Who has not got the new key cannot judge, which is not tampering.
            const auto error = thrown<pagecrypt::UnknownKeyId>([&] { (void)old.open(resealed, place); });
            CHECK(error.status() == pagecrypt::Status::unknown_key_id);
            thrown<pagecrypt::UnknownKeyId>([&] { (void)old.needs_reseal(resealed); });
            thrown<pagecrypt::UnknownKeyId>([&] { (void)old.reseal(resealed, place); });
        }
    }
}

TEST_CASE("a key of another cipher opens history, too") {
    const RecordCodec old = RecordCodec::bound(records::key(Cipher::aes128gcm, 1), records::stream());
    const Bytes record = old.seal(Bytes(3, 5));
    const RecordCodec now = RecordCodec::bound(records::key(Cipher::aegis256, 2), records::stream());
    const auto error = thrown<pagecrypt::CipherMismatch>([&] { (void)now.open(record); });
    CHECK(error.expected() == static_cast<std::uint64_t>(Cipher::aegis256));
    CHECK(error.got() == static_cast<std::uint64_t>(Cipher::aes128gcm));
    const RecordCodec both = now.with_decrypt_only_key(records::key(Cipher::aes128gcm, 1));
    CHECK(both.open(record) == Bytes(3, 5));
    CHECK(RecordHeader::parse(both.reseal(record)).cipher == Cipher::aegis256);
    thrown<pagecrypt::CipherMismatch>([&] { (void)now.open(record); }); // the one it came from stays
}

TEST_CASE("S2's format knows no rotation") {
    const Key key = records::key(Cipher::aegis256, 1);
    const RecordCodec codec = RecordCodec::s2(key, records::filled<pagecrypt::StreamId>(1));
    thrown<pagecrypt::InvalidArgument>([&] { (void)codec.with_decrypt_only_key(records::key(Cipher::aegis256, 2)); });
    thrown<pagecrypt::InvalidArgument>([&] { (void)codec.reseal(codec.seal(Bytes{0})); });
}

TEST_CASE("a resealed record wins over its older form and loses to any later write") {
    const Context context = records::store();
    for (const Cipher cipher : pagecrypt::ciphers()) {
        const RecordCodec old = RecordCodec::bound(records::key(cipher, 1), context), now = rotated(cipher, context);
        Place place = records::place(context), later = place;
        later.clock = *place.clock + 1;
        const Bytes record = old.seal(Bytes(5), place), resealed = now.reseal(record, place);
        const std::vector<Bytes> order = {record, resealed, now.reseal(resealed, place), old.seal(Bytes(5), later)};
        for (std::size_t i = 0; i < order.size(); ++i) {
            for (std::size_t j = 0; j < order.size(); ++j) {
                const int expected = i < j ? -1 : i > j ? 1 : 0;
                CHECK(pagecrypt::compare_writes(order[i], order[j]) == expected);
            }
        }
    }
}

TEST_CASE("a batch is resealed by opening and sealing it where the headers say") {
    const Context context = records::writer();
    const RecordCodec old = RecordCodec::bound(records::key(Cipher::aes256gcm, 1), context);
    const RecordCodec now = rotated(Cipher::aes256gcm, context);
    pagecrypt::RecordBatch texts;
    std::vector<Place> places(10), resealed_places;
    for (std::size_t i = 0; i < places.size(); ++i) {
        texts.append(Bytes(i, 5));
        places[i].sequence = i;
        places[i].clock = i % 2 == 0 ? std::optional<std::uint64_t>(i) : std::nullopt;
    }
    const auto records = old.seal_batch(texts, places);
    for (std::size_t i = 0; i < places.size(); ++i) {
        resealed_places.push_back(RecordHeader::parse(records[i]).resealed(places[i]));
        CHECK(resealed_places[i].reseals == (i % 2 == 0 ? 1 : 0));
    }
    const auto resealed = now.seal_batch(now.open_batch(records, places), resealed_places);
    for (std::size_t i = 0; i < places.size(); ++i) {
        CHECK(RecordHeader::parse(resealed[i]).clock == places[i].clock);
        if (places[i].clock) {
            CHECK(pagecrypt::compare_writes(resealed[i], records[i]) == 1);
        }
    }
    CHECK(now.open_batch(resealed, places).bytes == texts.bytes);

    RecordHeader highest;
    highest.clock = 1;
    highest.reseals = std::numeric_limits<std::uint32_t>::max();
    CHECK(highest.resealed({}).reseals == highest.reseals);
}

TEST_CASE("the key that seals may not have the id of another, and new keys have a free one") {
    const Key one = colliding_key(12790), other = colliding_key(35761);
    const pagecrypt::KeyId id = pagecrypt::key_id(one, collision);
    CHECK(id == pagecrypt::KeyId{0x3d, 0x01, 0xb9, 0x6d});
    CHECK(pagecrypt::key_id(other, collision) == id);
    CHECK(pagecrypt::key_id(one, records::stream(2)) != id);
    thrown<pagecrypt::InvalidArgument>([&] { (void)RecordCodec::bound(one, collision).with_decrypt_only_key(other); });

    // Two keys that only open may have the same.
    const RecordCodec codec = RecordCodec::bound(records::key(Cipher::aegis256, 1), collision)
                                  .with_decrypt_only_key(one)
                                  .with_decrypt_only_key(other);
    for (const Key *sealer : {&one, &other}) {
        const Bytes record = RecordCodec::bound(*sealer, collision).seal(Bytes(9, 9));
        CHECK(codec.open(record) == Bytes(9, 9));
        CHECK(codec.needs_reseal(record));
    }

    const std::vector<pagecrypt::KeyId> taken = {id, pagecrypt::KeyId{1, 2, 3, 4}};
    const Key fresh = pagecrypt::generate_key(Cipher::aegis128l, collision, taken);
    CHECK(fresh.cipher() == Cipher::aegis128l);
    CHECK(pagecrypt::key_id(fresh, collision) != id);
    CHECK(pagecrypt::generate_key(Cipher::aegis256, collision) != pagecrypt::generate_key(Cipher::aegis256, collision));
    thrown<pagecrypt::UnknownCipher>([&] { (void)pagecrypt::generate_key(Cipher{99}, collision); });
}

TEST_CASE("contexts are the same where kind and ids are") {
    CHECK(records::stream() == records::stream());
    CHECK(records::stream() != records::stream(2));
    CHECK(records::writer() != records::writer(2));
    CHECK(records::writer() != records::writer(1, 2));
    CHECK(records::stream() != records::writer());
    CHECK(records::store() == records::store());
    CHECK(records::store().kind() == pagecrypt::ContextKind::store);
}
