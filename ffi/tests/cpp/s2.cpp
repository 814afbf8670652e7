// S2's records: what S2 sealed opens, what is sealed here is S2's byte for byte, and every input gets S2's verdict.

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <doctest/doctest.h>
#include <pagecrypt.hpp>

#include "records.hpp"
#include "vectors.hpp"

using namespace std::string_view_literals;
using nlohmann::json;
using pagecrypt::Cipher;
using pagecrypt::Key;
using pagecrypt::RecordCodec;
using pagecrypt::Status;
using pagecrypt::s2::Encrypted;
using pagecrypt::s2::Envelope;
using pagecrypt::s2::Fence;
using pagecrypt::s2::OpenedEnvelope;
using pagecrypt::s2::Plaintext;
using pagecrypt::s2::StoredRecord;
using pagecrypt::s2::Trim;
using records::hex;

namespace {

const pagecrypt::StreamId stream = records::filled<pagecrypt::StreamId>(1);

/// Headers and a body that own their bytes.
struct Content {
    std::vector<std::pair<Bytes, Bytes>> headers;
    Bytes body;

    [[nodiscard]] Envelope envelope() const {
        Envelope envelope;
        for (const auto &[name, value] : headers) {
            envelope.headers.push_back({name, value});
        }
        envelope.body = body;
        return envelope;
    }
    [[nodiscard]] bool operator==(const Content &other) const { return headers == other.headers && body == other.body; }
};

Content content(const Envelope &envelope) {
    Content content;
    for (const auto &header : envelope.headers) {
        content.headers.emplace_back(records::bytes(header.name), records::bytes(header.value));
    }
    content.body = records::bytes(envelope.body);
    return content;
}

Content content(const json &headers, const Bytes &body) {
    Content content;
    for (const json &header : headers) {
        content.headers.emplace_back(vectors::hex(header.at(0).get<std::string>()),
                                     vectors::hex(header.at(1).get<std::string>()));
    }
    content.body = body;
    return content;
}

Cipher cipher(const json &object) {
    return pagecrypt::cipher_from_name(object.at("cipher").get<std::string>());
}

/// What this library says where S2 says that.
std::string our_error(const std::string &debug) {
    const auto begins = [&](const char *with) {
        return debug.rfind(with, 0) == 0;
    };
    const std::string clear = "actual: None }";
    if (debug == "AuthenticationFailed") {
        return "authentication_failed";
    }
    if (debug == R"(InvalidValue("MagicByte", "invalid record type ordinal"))" ||
        debug == R"(InvalidValue("EncryptedRecord", "invalid encrypted record format id"))") {
        return "unsupported_format";
    }
    if (begins("AlgorithmMismatch")) {
        const bool in_clear =
            debug.size() >= clear.size() && debug.compare(debug.size() - clear.size(), clear.size(), clear) == 0;
        return in_clear ? "not_encrypted" : "cipher_mismatch";
    }
    return begins("MeteredSizeMismatch") ? "metered_size" : "malformed";
}

} // namespace

TEST_CASE("every record that S2 sealed opens, and sealing it with its nonce gives S2's bytes") {
    const json all = vectors::json("s2/records.json").at("records");
    CHECK(all.size() == 24);
    for (const json &sample : all) {
        CAPTURE(sample.at("id").get<std::string>());
        const std::uint64_t metered_size = sample.at("metered_size").get<std::uint64_t>();
        const Content expected = content(sample.at("headers_hex"), hex(sample, "body_hex"));
        const Bytes envelope = hex(sample, "envelope_hex"), encrypted = hex(sample, "encrypted_hex"),
                    stored = hex(sample, "stored_hex"), nonce = hex(sample, "nonce_hex");
        const auto id =
            pagecrypt::s2::stream_id(sample.at("basin").get<std::string>(), sample.at("stream").get<std::string>());
        CHECK(Bytes(id.begin(), id.end()) == hex(sample, "aad_hex"));
        CHECK(expected.envelope().encode() == envelope);
        CHECK(expected.envelope().metered_size() == metered_size);
        CHECK(content(Envelope::decode(envelope)) == expected);

        const Key given = pagecrypt::s2::key_from_header(sample.at("key_base64").get<std::string>(), cipher(sample));
        CHECK(given == Key::from_bytes(hex(sample, "key_hex"), cipher(sample)));
        for (const Key &key : vectors::on_every_engine(given)) {
            const RecordCodec codec = RecordCodec::s2(key, id);
            const StoredRecord decoded = pagecrypt::s2::decode_stored(stored);
            const Encrypted &record = std::get<Encrypted>(decoded);
            CHECK(record.metered_size == metered_size);
            CHECK(records::bytes(record.record) == encrypted);
            CHECK(pagecrypt::s2::metered_size(decoded) == metered_size);
            CHECK(codec.open(record.record) == envelope);
            const auto opened = pagecrypt::s2::open_stored(codec, stored);
            CHECK(records::bytes(std::get<OpenedEnvelope>(opened).bytes()) == envelope);
            CHECK(content(std::get<OpenedEnvelope>(opened).envelope()) == expected);
            CHECK(pagecrypt::s2::encode_stored(Encrypted{metered_size, encrypted}) == stored);

            // A record is format id, nonce and one sealed message.
            Bytes sealed(envelope.size()), tag(pagecrypt::tag_length);
            seal_one_assume_unique_nonce(key, nonce, id, envelope, sealed, tag);
            Bytes again = {static_cast<std::uint8_t>(cipher(sample) == Cipher::aegis256 ? 1 : 2)};
            for (const Bytes &part : {nonce, sealed, tag}) {
                again.insert(again.end(), part.begin(), part.end());
            }
            CHECK(again == encrypted);
        }
    }
}

TEST_CASE("commands are S2's, and stay in clear in an encrypted stream") {
    const json all = vectors::json("s2/records.json").at("command_records");
    const std::vector<StoredRecord> commands = {Trim{42}, Fence{""}};
    REQUIRE(all.size() == commands.size());
    for (std::size_t i = 0; i < commands.size(); ++i) {
        const Bytes stored = hex(all[i], "stored_hex");
        CHECK(pagecrypt::s2::encode_stored(commands[i]) == stored);
        CHECK(pagecrypt::s2::metered_size(commands[i]) == all[i].at("metered_size").get<std::uint64_t>());
        for (const Cipher cipher : records::s2_ciphers()) {
            const RecordCodec codec = RecordCodec::s2(records::key(cipher, 1), stream);
            const auto opened = pagecrypt::s2::open_stored(codec, stored);
            const StoredRecord decoded = pagecrypt::s2::decode_stored(stored);
            if (i == 0) {
                CHECK(std::get<Trim>(opened).before == 42);
                CHECK(std::get<Trim>(decoded).before == 42);
            } else {
                CHECK(std::get<Fence>(opened).token.empty());
                CHECK(std::get<Fence>(decoded).token.empty());
            }
        }
    }
    const std::string longest(pagecrypt::s2::max_fencing_token_length, 't');
    const Bytes fence = pagecrypt::s2::encode_stored(Fence{longest});
    CHECK(std::get<Fence>(pagecrypt::s2::decode_stored(fence)).token == longest);
    thrown<pagecrypt::InvalidArgument>([&] { (void)pagecrypt::s2::encode_stored(Fence{longest + "t"}); });
    thrown<pagecrypt::InvalidArgument>([] { (void)pagecrypt::s2::encode_stored(Fence{"\xff"}); });
}

TEST_CASE("every input gets the verdict of S2") {
    const json all = vectors::json("s2/decoder_outcomes.json").at("cases");
    std::map<std::string, int> seen;
    for (const json &entry : all) {
        CAPTURE(entry.at("name").get<std::string>());
        const json &input = entry.at("input"), &outcome = entry.at("outcome");
        const Bytes stored = hex(input, "stored_hex");
        const RecordCodec codec =
            RecordCodec::s2(pagecrypt::s2::key_from_header(input.at("key_b64").get<std::string>(), cipher(input)),
                            records::array<pagecrypt::StreamId>(hex(input, "aad_hex")));
        const bool readable = records::status_of([&] { (void)pagecrypt::s2::decode_stored(stored); }) == Status::ok;
        CHECK(readable != (outcome.value("stage", "") == "decode"));
        const bool ok = outcome.at("ok").get<bool>();
        std::string verdict = "ok";
        try {
            const auto opened = pagecrypt::s2::open_stored(codec, stored);
            const Envelope envelope = std::get<OpenedEnvelope>(opened).envelope();
            REQUIRE(ok);
            CHECK(content(envelope) == content(outcome.at("headers_hex"), hex(outcome, "body_hex")));
            CHECK(envelope.metered_size() == outcome.at("metered_size").get<std::uint64_t>());
        } catch (const pagecrypt::Error &error) {
            verdict = error.name();
        }
        CHECK(verdict == (ok ? "ok" : our_error(outcome.at("debug").get<std::string>())));
        ++seen[verdict];
    }
    CHECK(seen.size() == 6); // ok, and five errors
}

TEST_CASE("a metered size that is not the envelope's is told after opening") {
    const RecordCodec codec = RecordCodec::s2(records::key(Cipher::aegis256, 1), stream);
    const Bytes record = codec.seal(Envelope{{}, "body"sv}.encode());
    for (const std::uint64_t size : {std::uint64_t(0), std::uint64_t(13), pagecrypt::s2::max_metered_size}) {
        const Bytes stored = pagecrypt::s2::encode_stored(Encrypted{size, record});
        const auto error = thrown<pagecrypt::MeteredSize>([&] { (void)pagecrypt::s2::open_stored(codec, stored); });
        CHECK(error.expected() == size);
        CHECK(error.got() == 12);
    }
    thrown<pagecrypt::InvalidArgument>([&] {
        (void)pagecrypt::s2::encode_stored(Encrypted{pagecrypt::s2::max_metered_size + 1, record});
    });
}

TEST_CASE("a stored record with any byte changed does not open as what it was") {
    const RecordCodec codec = RecordCodec::s2(records::key(Cipher::aegis256, 1), stream);
    const Bytes stored = pagecrypt::s2::encode_stored(Encrypted{12, codec.seal(Envelope{{}, "body"sv}.encode())});
    CHECK(std::holds_alternative<OpenedEnvelope>(pagecrypt::s2::open_stored(codec, stored)));
    for (std::size_t at = 1; at < stored.size(); ++at) { // the kind is in clear
        Bytes changed = stored;
        changed[at] ^= 1;
        CHECK(records::status_of([&] { (void)pagecrypt::s2::open_stored(codec, changed); }) != Status::ok);
    }
}

TEST_CASE("an envelope in clear is not taken for one of an encrypted stream") {
    const Bytes stored = pagecrypt::s2::encode_stored(Plaintext{{{{"h"sv, "v"sv}}, "abc"sv}});
    const StoredRecord decoded = pagecrypt::s2::decode_stored(stored);
    const Envelope &envelope = std::get<Plaintext>(decoded).envelope;
    CHECK(content(envelope) == Content{{{Bytes{'h'}, Bytes{'v'}}}, Bytes{'a', 'b', 'c'}});
    CHECK(pagecrypt::s2::metered_size(decoded) == 8 + 4 + 3);
    for (const Cipher cipher : records::s2_ciphers()) {
        const RecordCodec codec = RecordCodec::s2(records::key(cipher, 1), stream);
        thrown<pagecrypt::NotEncrypted>([&] { (void)pagecrypt::s2::open_stored(codec, stored); });
    }
    const RecordCodec bound = RecordCodec::bound(records::key(Cipher::aegis256, 1), records::stream());
    thrown<pagecrypt::InvalidArgument>([&] { (void)pagecrypt::s2::open_stored(bound, stored); });
}

TEST_CASE("an envelope has any number of headers, names that are not empty, and 1 MiB at most") {
    for (const std::size_t count : {0u, 1u, 8u, 9u, 255u, 256u, 70000u}) {
        Content many;
        for (std::size_t i = 0; i < count; ++i) {
            many.headers.emplace_back(Bytes{'n'}, Bytes(i % 3, 'v'));
        }
        many.body = Bytes(3, 5);
        CHECK(content(Envelope::decode(many.envelope().encode())) == many);
    }
    Content wide;
    wide.headers = {{Bytes(300, 'n'), Bytes(70000, 'v')}, {Bytes{'n'}, {}}};
    CHECK(content(Envelope::decode(wide.envelope().encode())) == wide);

    const Bytes largest(static_cast<std::size_t>(pagecrypt::s2::max_metered_size) - 8), larger(largest.size() + 1);
    CHECK(Envelope{{}, largest}.encode().size() == largest.size() + 1);
    CHECK(Envelope{{}, larger}.metered_size() == pagecrypt::s2::max_metered_size + 1);
    thrown<pagecrypt::InvalidArgument>([&] { (void)Envelope{{}, larger}.encode(); });
    thrown<pagecrypt::InvalidArgument>([] { (void)Envelope{{{{}, "v"sv}}, {}}.encode(); });
    thrown<pagecrypt::Malformed>([] { (void)Envelope::decode({}); });
    thrown<pagecrypt::Malformed>([] { (void)Envelope::decode(Bytes{0x10, 0xff}); });
}

TEST_CASE("names of streams and keys are taken as S2 takes them") {
    for (const auto &[basin, name] : {std::pair("basin\0name"sv, "stream"sv), {"basin"sv, "name\0stream"sv}}) {
        thrown<pagecrypt::InvalidArgument>(
            [&, &basin = basin, &name = name] { (void)pagecrypt::s2::stream_id(basin, name); });
    }
    CHECK(pagecrypt::s2::stream_id("a", "b") != pagecrypt::s2::stream_id("ab", ""));
    CHECK(pagecrypt::s2::key_header == "s2-encryption-key");

    const std::string good = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";
    CHECK(pagecrypt::s2::key_from_header(" " + good + "\n", Cipher::aegis256).cipher() == Cipher::aegis256);
    const auto refused = [](std::optional<std::string_view> value, Cipher cipher = Cipher::aegis256) {
        return records::status_of([&] { (void)pagecrypt::s2::key_from_header(value, cipher); });
    };
    thrown<pagecrypt::KeyRequired>([] { (void)pagecrypt::s2::key_from_header(std::nullopt, Cipher::aegis256); });
    CHECK(refused("") == Status::key_text);
    CHECK(refused(std::string_view()) == Status::key_text);
    CHECK(refused(std::string(64, '0')) == Status::key_text); // hexadecimal
    CHECK(refused("AQIDBAUGBwgJCgsMDQ4PEA==") == Status::key_length);
    CHECK(refused(good, Cipher::aegis128l) == Status::unsupported_format);
    CHECK(refused(good, Cipher::aes256gcm) == Status::ok);
    const auto error =
        thrown<pagecrypt::KeyText>([] { (void)pagecrypt::s2::key_from_header("not a key of S2", Cipher::aegis256); });
    CHECK(std::string(error.what()).find("not a key of S2") == std::string::npos);
}

TEST_CASE("each error that a request to S2 can have has S2's answer") {
    const auto answer = pagecrypt::s2::answer(Status::authentication_failed);
    REQUIRE(answer);
    CHECK(answer->documented->http == 400);
    CHECK(answer->documented->code == "decryption_failed");
    CHECK(answer->lite.http == 400);
    CHECK(answer->lite.code == "decryption_failed");
    for (const Status status : {Status::key_required, Status::key_text, Status::key_length}) {
        CHECK(pagecrypt::s2::answer(status)->documented->http == 422);
        CHECK(pagecrypt::s2::answer(status)->documented->code == "invalid");
        CHECK(pagecrypt::s2::answer(status)->lite.http == 400);
        CHECK(pagecrypt::s2::answer(status)->lite.code == "bad_header");
    }
    CHECK(pagecrypt::s2::answer(Status::usage_limit)->lite.code == "invalid");
    CHECK(!pagecrypt::s2::answer(Status::invalid_argument)->documented);
    CHECK(pagecrypt::s2::answer(Status::invalid_argument)->lite.http == 422);
    for (const Status status : {Status::cipher_mismatch, Status::not_encrypted, Status::unsupported_format,
                                Status::malformed, Status::metered_size}) {
        CHECK(!pagecrypt::s2::answer(status)->documented);
        CHECK(pagecrypt::s2::answer(status)->lite.http == 500);
        CHECK(pagecrypt::s2::answer(status)->lite.code == "storage");
    }
    for (const Status status : {Status::ok, Status::io, Status::unknown_key_id, Status{1000}}) {
        CHECK(!pagecrypt::s2::answer(status));
    }
    const auto error = thrown<pagecrypt::KeyLength>(
        [] { (void)pagecrypt::s2::key_from_header("AQIDBAUGBwgJCgsMDQ4PEA==", Cipher::aegis256); });
    CHECK(pagecrypt::s2::answer(error)->lite.code == "bad_header");
}

TEST_CASE("an opened envelope is moved, not copied, and keeps its bytes where they are") {
    CHECK(!std::is_copy_constructible_v<OpenedEnvelope>);
    const RecordCodec codec = RecordCodec::s2(records::key(Cipher::aegis256, 1), stream);
    const auto open = [&](std::string_view body) {
        const Envelope envelope{{{"h"sv, "v"sv}}, body};
        return pagecrypt::s2::open_stored(
            codec, pagecrypt::s2::encode_stored(Encrypted{envelope.metered_size(), codec.seal(envelope.encode())}));
    };
    auto opened = open("one"), other = open("the other");
    const auto at = std::get<OpenedEnvelope>(opened).bytes().data();
    other = std::move(opened);
    CHECK(std::get<OpenedEnvelope>(other).bytes().data() == at);
    CHECK(content(std::get<OpenedEnvelope>(other).envelope()).body == Bytes{'o', 'n', 'e'});
    CHECK_THROWS_AS((void)std::get<OpenedEnvelope>(opened).bytes(), std::out_of_range);
}
