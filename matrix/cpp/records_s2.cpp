// Records of S2: 65, stored, with commands among them.

#include "records.hpp"

#include <array>
#include <variant>

namespace s2 = pagecrypt::s2;
using pagecrypt::bytes_view;

namespace {

// The codec, or none where the format refuses the cipher.
std::optional<pagecrypt::RecordCodec> s2_codec(const Place &place) {
    const bool has = place.key.cipher() == Cipher::aes256gcm || place.key.cipher() == Cipher::aegis256;
    try {
        auto codec = pagecrypt::RecordCodec::s2(place.key, s2::stream_id("matrix", "records"));
        if (!has) {
            throw Failure("the format took a cipher that it does not have");
        }
        return codec;
    } catch (const pagecrypt::UnsupportedFormat &) {
        if (!has) {
            return std::nullopt;
        }
        throw;
    }
}

bool is_command(std::size_t i) {
    return i % 8 == 7;
}

// Headers and body of record i, encoded.
Bytes envelope_of(std::size_t i) {
    const Bytes value(i, static_cast<std::uint8_t>(i)), body = body_of(i);
    const std::array<std::string, 2> names{"h0", "h1"};
    s2::Envelope envelope;
    for (std::size_t header = 0; header < i % 3; ++header) {
        envelope.headers.push_back({names[header], value});
    }
    envelope.body = body;
    return envelope.encode();
}

Bytes stored_record(const pagecrypt::RecordCodec &codec, std::size_t i) {
    if (is_command(i)) {
        return i == 7 ? s2::encode_stored(s2::Fence{"token"}) : s2::encode_stored(s2::Trim{i});
    }
    pagecrypt::Place at;
    at.sequence = i;
    const Bytes envelope = envelope_of(i), record = codec.seal(envelope, at);
    return s2::encode_stored(s2::Encrypted{s2::Envelope::decode(envelope).metered_size(), record});
}

bool is_expected_command(const s2::OpenedRecord &opened, std::size_t i) {
    if (i == 7) {
        const auto *fence = std::get_if<s2::Fence>(&opened);
        return fence != nullptr && fence->token == "token";
    }
    const auto *trim = std::get_if<s2::Trim>(&opened);
    return trim != nullptr && trim->before == i;
}

} // namespace

Outcome write_records_s2(const Place &place) {
    const auto codec = s2_codec(place);
    if (!codec) {
        return Outcome::refused;
    }
    Bytes file;
    for (std::size_t i = 0; i < record_count; ++i) {
        append_record(file, stored_record(*codec, i));
    }
    write_bytes(place.path("records-s2"), file);
    return Outcome::ok;
}

Outcome read_records_s2(const Place &place) {
    const auto codec = s2_codec(place);
    if (!codec) {
        return Outcome::refused;
    }
    const Bytes file = read_bytes(place.path("records-s2"));
    Records records(file);
    for (std::size_t i = 0; i < record_count; ++i) {
        const bytes_view stored = records.next();
        const auto opened = s2::open_stored(*codec, stored);
        if (is_command(i)) {
            if (!is_expected_command(opened, i)) {
                throw Failure(numbered(i) + " is not the command that it was");
            }
            compare(numbered(i), stored, stored_record(*codec, i));
        } else if (const auto *envelope = std::get_if<s2::OpenedEnvelope>(&opened)) {
            compare(numbered(i), envelope->bytes(), envelope_of(i));
        } else {
            throw Failure(numbered(i) + " is a command");
        }
    }
    records.require_end();
    return Outcome::ok;
}
