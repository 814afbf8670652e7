// Records of both formats: sealed and opened in their place, and in no other.

#include <limits>
#include <vector>

#include <doctest/doctest.h>
#include <pagecrypt.hpp>

#include "records.hpp"
#include "vectors.hpp"

using pagecrypt::Cipher;
using pagecrypt::Context;
using pagecrypt::Place;
using pagecrypt::RecordBatch;
using pagecrypt::RecordCodec;
using pagecrypt::RecordFormat;
using pagecrypt::Status;
using records::filled;
using records::status_of;

namespace {

/// Codecs of every format, cipher and kind of context, each with a place that it can bind.
struct Case {
    RecordCodec codec;
    Place place;
};

std::vector<Case> cases() {
    std::vector<Case> cases;
    for (const Cipher cipher : records::s2_ciphers()) {
        cases.push_back({RecordCodec::s2(records::key(cipher, 1), filled<pagecrypt::StreamId>(1)), {}});
    }
    for (const Cipher cipher : pagecrypt::ciphers()) {
        for (const Context &context : {records::stream(), records::store(), records::writer()}) {
            cases.push_back({RecordCodec::bound(records::key(cipher, 1), context), records::place(context)});
        }
    }
    return cases;
}

/// Plaintexts of mixed lengths. Each is an envelope without headers, so that S2's format takes it, too.
RecordBatch plaintexts(std::size_t count) {
    RecordBatch batch;
    for (std::size_t i = 0; i < count; ++i) {
        Bytes one(i % 4 == 0 ? 1 : 37 * i + 1, static_cast<std::uint8_t>(i));
        one[0] = 0;
        batch.append(one);
    }
    return batch;
}

bool zeros(pagecrypt::bytes_view bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

} // namespace

TEST_CASE("formats have names and overheads") {
    CHECK(name(RecordFormat::s2) == "s2");
    CHECK(name(RecordFormat::bound) == "bound");
    CHECK(name(RecordFormat{99}).empty());
    CHECK(pagecrypt::record_overhead(Cipher::aegis256, RecordFormat::s2) == 49);
    CHECK(pagecrypt::record_overhead(Cipher::aes256gcm, RecordFormat::s2) == 29);
    CHECK(!pagecrypt::record_overhead(Cipher::aegis128l, RecordFormat::s2));
    CHECK(pagecrypt::record_overhead(Cipher::aegis256, RecordFormat::bound) == 7 + 32 + 16);
    CHECK(pagecrypt::record_overhead(Cipher::aegis128l, RecordFormat::bound) == 7 + 16 + 16);
    CHECK(pagecrypt::record_overhead(Cipher::chacha20poly1305, RecordFormat::bound) == 7 + 24 + 16);
    CHECK(!pagecrypt::record_overhead(Cipher{99}, RecordFormat::bound));
    CHECK(!pagecrypt::record_overhead(Cipher::aegis256, RecordFormat{99}));
}

TEST_CASE("records are sealed and opened, one by one and together, by each engine what another sealed") {
    const RecordBatch texts = plaintexts(70);
    for (const Case &each : cases()) {
        const RecordCodec &codec = each.codec;
        CAPTURE(name(codec.format()));
        CAPTURE(name(codec.cipher()));
        const std::vector<Place> places(texts.size(), each.place);
        const RecordBatch sealed = codec.seal_batch(texts, places);
        REQUIRE(sealed.size() == texts.size());
        const RecordBatch opened = codec.open_batch(sealed, places);
        CHECK(opened.bytes == texts.bytes);
        CHECK(opened.offsets == texts.offsets);
        for (std::size_t i = 0; i < texts.size(); ++i) {
            const Bytes one = codec.seal(texts[i], each.place);
            CHECK(one.size() == codec.sealed_length(texts[i].size(), each.place));
            CHECK(one.size() == sealed[i].size());
            CHECK(one != records::bytes(sealed[i])); // a fresh nonce
            CHECK(codec.opened_length(one) == texts[i].size());
            CHECK(codec.open(one, each.place) == records::bytes(texts[i]));
            CHECK(codec.open(sealed[i], each.place) == records::bytes(texts[i]));
        }
    }
    for (const Cipher cipher : pagecrypt::ciphers()) {
        const auto keys = vectors::on_every_engine(records::key(cipher, 1));
        for (const auto &sealer : keys) {
            const Bytes record = RecordCodec::bound(sealer, records::stream()).seal(texts[5]);
            for (const auto &opener : keys) {
                const RecordCodec codec = RecordCodec::bound(opener, records::stream());
                CHECK(codec.engine() == opener.engine());
                CHECK(codec.open(record) == records::bytes(texts[5]));
            }
        }
    }
}

TEST_CASE("a batch may have no records") {
    for (const Case &each : cases()) {
        const RecordBatch sealed = each.codec.seal_batch(RecordBatch());
        CHECK(sealed.size() == 0);
        CHECK(each.codec.open_batch(sealed).size() == 0);
        CHECK(each.codec.open_batch_partial(sealed).statuses.empty());
    }
}

TEST_CASE("a record with any byte changed, or cut anywhere, does not open") {
    for (const Case &each : cases()) {
        CAPTURE(name(each.codec.format()));
        CAPTURE(name(each.codec.cipher()));
        const Bytes record = each.codec.seal(plaintexts(3)[2], each.place);
        RecordBatch forged;
        for (std::size_t at = 0; at < record.size(); ++at) {
            for (const int bit : {0, 3, 7}) {
                Bytes changed = record;
                changed[at] = static_cast<std::uint8_t>(changed[at] ^ (1 << bit));
                forged.append(changed);
            }
            forged.append(pagecrypt::bytes_view(record).subview(0, at));
        }
        const std::vector<Place> places(forged.size(), each.place);
        const auto opened = each.codec.open_batch_partial(forged, places);
        CHECK(zeros(opened.plaintexts.bytes));
        for (std::size_t i = 0; i < forged.size(); ++i) {
            CAPTURE(i);
            const Status status = opened.statuses[i];
            CHECK((status == Status::authentication_failed || status == Status::malformed ||
                   status == Status::unsupported_format || status == Status::cipher_mismatch ||
                   status == Status::unknown_key_id));
            CHECK(status_of([&] { (void)each.codec.open(forged[i], each.place); }) == status);
        }
        // Whatever stands behind the header is authenticated by the tag, and by nothing else.
        CHECK(opened.statuses[forged.size() - 2] == Status::authentication_failed);
    }
}

TEST_CASE("a bound record opens in its own place only") {
    for (const Cipher cipher : pagecrypt::ciphers()) {
        CAPTURE(name(cipher));
        const auto key = records::key(cipher, 1);
        const auto status = [&](const Context &from, const Place &sealed_at, const Context &to,
                                const Place &opened_at) {
            const Bytes record = RecordCodec::bound(key, from).seal(Bytes(20, 5), sealed_at);
            return status_of([&] { (void)RecordCodec::bound(key, to).open(record, opened_at); });
        };
        const Context stream = records::stream(), store = records::store(), writer = records::writer();
        Place at = records::place(stream), without_clock = at;
        without_clock.clock = std::nullopt;
        CHECK(status(stream, at, stream, at) == Status::ok);
        CHECK(status(stream, at, stream, without_clock) == Status::ok); // the record says its clock itself
        CHECK(status(stream, at, records::stream(2), at) == Status::unknown_key_id);
        CHECK(status(stream, at, writer, at) == Status::authentication_failed); // keys of a stream are its writers'
        CHECK(status(writer, at, stream, at) == Status::authentication_failed);
        CHECK(status(writer, at, records::writer(2), at) == Status::authentication_failed);
        CHECK(status(writer, at, records::writer(1, 2), at) == Status::unknown_key_id);

        Place elsewhere = at;
        elsewhere.sequence = 8;
        CHECK(status(stream, at, stream, elsewhere) == Status::authentication_failed);
        elsewhere.sequence = std::nullopt;
        CHECK(status(stream, at, stream, elsewhere) == Status::authentication_failed);
        elsewhere = at;
        elsewhere.clock = 1001;
        CHECK(status(stream, at, stream, elsewhere) == Status::authentication_failed);
        CHECK(status(stream, without_clock, stream, at) == Status::authentication_failed);

        const Place of_path = records::place(store);
        Place other_path = of_path;
        other_path.token = filled<pagecrypt::Token>(10);
        CHECK(status(store, of_path, store, of_path) == Status::ok);
        CHECK(status(store, of_path, store, other_path) == Status::authentication_failed);
        CHECK(status(store, of_path, records::store(2), of_path) == Status::unknown_key_id);
    }
}

TEST_CASE("a record of S2 is bound to its stream and its cipher") {
    const auto key = records::key(Cipher::aegis256, 1);
    const RecordCodec codec = RecordCodec::s2(key, filled<pagecrypt::StreamId>(1));
    const RecordCodec other = RecordCodec::s2(key, filled<pagecrypt::StreamId>(2));
    const RecordCodec gcm = RecordCodec::s2(key.with_cipher(Cipher::aes256gcm), filled<pagecrypt::StreamId>(1));
    const Bytes record = codec.seal(Bytes{0, 5});
    thrown<pagecrypt::AuthenticationFailed>([&] { (void)other.open(record); });
    const auto error = thrown<pagecrypt::CipherMismatch>([&] { (void)gcm.open(record); });
    CHECK(error.expected() == static_cast<std::uint64_t>(Cipher::aes256gcm));
    CHECK(error.got() == static_cast<std::uint64_t>(Cipher::aegis256));
    CHECK(!codec.key_id());
    CHECK(!codec.needs_reseal(record));
    for (const Cipher cipher : pagecrypt::ciphers()) {
        if (cipher != Cipher::aegis256 && cipher != Cipher::aes256gcm) {
            thrown<pagecrypt::UnsupportedFormat>(
                [&] { (void)RecordCodec::s2(records::key(cipher, 1), filled<pagecrypt::StreamId>(1)); });
        }
    }
}

TEST_CASE("of a batch, the records that do not open are named and zeroed, the others are open") {
    const RecordBatch texts = plaintexts(70);
    for (const Case &each : cases()) {
        const std::vector<Place> places(texts.size(), each.place);
        const RecordBatch good = each.codec.seal_batch(texts, places);
        RecordBatch sealed = good;
        for (const std::size_t index : {3u, 67u}) {
            sealed.bytes[sealed.offsets[index + 1] - 1] ^= 1;
        }
        const auto error =
            thrown<pagecrypt::AuthenticationFailed>([&] { (void)each.codec.open_batch(sealed, places); });
        CHECK(error.unit() == pagecrypt::Unit::message);
        CHECK(std::vector<std::uint64_t>(error.numbers().begin(), error.numbers().end()) ==
              std::vector<std::uint64_t>{3, 67});

        sealed.bytes[sealed.offsets[9]] = 0x77; // no version, and no format id
        auto opened = each.codec.open_batch_partial(sealed, places);
        for (std::size_t i = 0; i < texts.size(); ++i) {
            CAPTURE(i);
            if (i == 9) {
                CHECK(opened.statuses[i] == Status::unsupported_format);
                CHECK(opened.plaintexts[i].empty());
            } else if (i == 3 || i == 67) {
                CHECK(opened.statuses[i] == Status::authentication_failed);
                CHECK(opened.plaintexts[i].size() == texts[i].size());
                CHECK(zeros(opened.plaintexts[i]));
            } else {
                CHECK(opened.statuses[i] == Status::ok);
                CHECK(records::bytes(opened.plaintexts[i]) == records::bytes(texts[i]));
            }
        }

        // The error is that of the first.
        sealed = good;
        sealed.bytes[sealed.offsets[2]] = 0x77;
        sealed.bytes[sealed.offsets[4] - 1] ^= 1;
        thrown<pagecrypt::UnsupportedFormat>([&] { (void)each.codec.open_batch(sealed, places); });
    }
}

TEST_CASE("a place that a format cannot bind is refused") {
    const auto key = records::key(Cipher::aes256gcm, 1);
    const RecordCodec s2 = RecordCodec::s2(key, filled<pagecrypt::StreamId>(1));
    const RecordCodec stream = RecordCodec::bound(key, records::stream());
    const RecordCodec store = RecordCodec::bound(key, records::store());
    const Bytes text(3); // also an envelope
    const auto refused = [&](const RecordCodec &codec, const Place &place) {
        thrown<pagecrypt::InvalidArgument>([&] { (void)codec.seal(text, place); });
        const std::vector<Place> places = {codec.format() == RecordFormat::s2 ? Place() : place, place};
        thrown<pagecrypt::InvalidArgument>([&] { (void)codec.seal_batch(plaintexts(2), places); });
    };
    Place with_sequence, with_highest, with_clock, with_token, with_reseals;
    with_sequence.sequence = 1;
    with_highest.sequence = std::numeric_limits<std::uint64_t>::max();
    with_clock.clock = 1;
    with_token.token = filled<pagecrypt::Token>(1);
    with_reseals.reseals = 1;
    refused(s2, with_clock);
    refused(s2, with_token);
    refused(s2, with_reseals);
    refused(stream, with_token);
    refused(stream, with_highest);
    refused(stream, with_reseals); // without a clock
    refused(store, Place());
    refused(store, with_sequence); // without a token

    // Who expects a record of S2 at a place must not be told that it is there.
    const Bytes record = s2.seal(text, with_sequence);
    thrown<pagecrypt::InvalidArgument>([&] { (void)s2.open(record, with_sequence); });
    CHECK(s2.open(record) == text);
    const std::vector<Place> places = {Place(), with_sequence};
    const auto opened = s2.open_batch_partial(s2.seal_batch(plaintexts(2)), places);
    CHECK(opened.statuses == std::vector<Status>{Status::ok, Status::invalid_argument});

    // Under aes256gcm S2 counts a stream's records.
    with_sequence.sequence = pagecrypt::s2::max_aes256gcm_sequence;
    CHECK(s2.seal(text, with_sequence).size() == text.size() + 29);
    with_sequence.sequence = pagecrypt::s2::max_aes256gcm_sequence + 1;
    thrown<pagecrypt::UsageLimit>([&] { (void)s2.seal(text, with_sequence); });
    const RecordCodec aegis = RecordCodec::s2(key.with_cipher(Cipher::aegis256), filled<pagecrypt::StreamId>(1));
    CHECK(aegis.open(aegis.seal(text, with_sequence)) == text);
    thrown<pagecrypt::Malformed>([&] { (void)aegis.seal(Bytes{0xff}); }); // no envelope
    thrown<pagecrypt::Malformed>([&] { (void)aegis.seal(Bytes()); });
}

TEST_CASE("a batch is sealed and opened in buffers of the caller") {
    const RecordBatch texts = plaintexts(10);
    for (const Case &each : cases()) {
        const std::vector<Place> places(texts.size(), each.place);
        Bytes sealed(texts.bytes.size() + texts.size() * pagecrypt::max_record_overhead);
        std::vector<std::size_t> offsets(texts.size() + 1), opened_offsets = offsets;
        each.codec.seal_batch_into(texts, places, sealed, offsets);
        Bytes opened(sealed.size());
        std::vector<Status> statuses(texts.size(), Status::internal);
        each.codec.open_batch_into({sealed, offsets}, places, opened, opened_offsets, statuses);
        CHECK(opened_offsets == texts.offsets);
        opened.resize(opened_offsets.back());
        CHECK(opened == texts.bytes);
        CHECK(statuses == std::vector<Status>(texts.size(), Status::ok));

        // Too little room says how much is needed, and that much suffices.
        Bytes little(offsets.back() - 1, 0xc3);
        const Bytes untouched = little;
        const auto error =
            thrown<pagecrypt::BufferLength>([&] { each.codec.seal_batch_into(texts, places, little, opened_offsets); });
        CHECK(error.expected() == offsets.back());
        CHECK(error.got() == little.size());
        CHECK(little == untouched);
        Bytes exact(offsets.back());
        each.codec.seal_batch_into(texts, places, exact, opened_offsets);
        CHECK(opened_offsets == offsets);
        Bytes short_of(texts.bytes.size() - 1);
        const auto too_short = thrown<pagecrypt::BufferLength>([&] {
            each.codec.open_batch_into({exact, offsets}, places, short_of, opened_offsets);
        });
        CHECK(too_short.expected() == texts.bytes.size());
    }
}

TEST_CASE("a batch whose parts do not fit together is refused") {
    const RecordCodec codec = RecordCodec::bound(records::key(Cipher::aegis256, 1), records::stream());
    const RecordBatch texts = plaintexts(4);
    const std::vector<Place> few(3);
    Bytes to(1000, 0xc3);
    const Bytes untouched = to;
    std::vector<std::size_t> offsets(5), short_offsets(4), beyond = texts.offsets, descending = texts.offsets;
    std::vector<Status> statuses(3);
    beyond.back() += 1;
    std::swap(descending[1], descending[3]);

    thrown<pagecrypt::InvalidArgument>([&] { (void)codec.seal_batch(texts, few); });
    thrown<pagecrypt::InvalidArgument>([&] { (void)codec.open_batch(texts, few); });
    thrown<pagecrypt::InvalidArgument>([&] { (void)codec.open_batch_partial(texts, few); });
    thrown<pagecrypt::InvalidArgument>([&] { (void)codec.seal_batch({texts.bytes, {}}); });
    thrown<pagecrypt::InvalidArgument>([&] { (void)codec.open_batch({texts.bytes, {}}); });
    thrown<pagecrypt::InvalidArgument>([&] { codec.seal_batch_into(texts, {}, to, short_offsets); });
    thrown<pagecrypt::InvalidArgument>([&] { codec.open_batch_into(texts, {}, to, short_offsets); });
    thrown<pagecrypt::InvalidArgument>([&] { codec.open_batch_into(texts, {}, to, offsets, statuses); });
    for (const auto &wrong : {beyond, descending}) {
        CHECK(status_of([&] { (void)codec.seal_batch({texts.bytes, wrong}); }) == Status::invalid_argument);
        CHECK(status_of([&] { (void)codec.open_batch({texts.bytes, wrong}); }) == Status::invalid_argument);
        CHECK(status_of([&] { (void)codec.open_batch_partial({texts.bytes, wrong}); }) == Status::invalid_argument);
    }
    Bytes all = to;
    thrown<pagecrypt::Overlap>([&] {
        const pagecrypt::mutable_bytes view = all;
        codec.seal_batch_into({view.subview(0, texts.bytes.size()), texts.offsets}, {}, view.subview(1, 900), offsets);
    });
    CHECK(to == untouched);
    CHECK(all == untouched);
}

TEST_CASE("records are put one behind the other, and found again") {
    RecordBatch batch;
    CHECK(batch.size() == 0);
    batch.append(Bytes{1, 2});
    batch.append({});
    batch.append(Bytes{3});
    CHECK(batch.size() == 3);
    CHECK(records::bytes(batch[0]) == Bytes{1, 2});
    CHECK(batch[1].empty());
    CHECK(records::bytes(batch[2]) == Bytes{3});
    CHECK_THROWS_AS((void)batch[3], std::out_of_range);
    RecordBatch other = std::move(batch);
    CHECK(other.size() == 3);
    batch = RecordBatch();
    batch.offsets.clear(); // as moving may leave it
    CHECK(batch.size() == 0);
    batch.append(Bytes{4});
    CHECK(records::bytes(batch[0]) == Bytes{4});
}
