/// \file
/// S2's records: stream ids, keys, envelopes, and records as S2 stores them.
///
/// RecordCodec::s2() seals and opens encrypted records, whose plaintext is an encoded Envelope; a StoredRecord is the
/// frame around them, with the size that S2 bills, and the commands that stay in clear. A record is bound to its stream
/// and to nothing else: whoever can write the storage can put records of one stream into another order, repeat them, or
/// leave some out.
#ifndef PAGECRYPT_S2_HPP
#define PAGECRYPT_S2_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "../pagecrypt.h"
#include "cipher.hpp"
#include "error.hpp"
#include "key.hpp"
#include "place.hpp"
#include "record.hpp"
#include "status.hpp"
#include "view.hpp"
#include "wiped_bytes.hpp"

namespace pagecrypt::s2 {

/// The name of the header that a request's key is in.
inline constexpr std::string_view key_header = "s2-encryption-key";

/// The largest metered size of a record, in bytes.
inline constexpr std::uint64_t max_metered_size = PAGECRYPT_S2_MAX_METERED_SIZE;

/// The longest fencing token, in bytes.
inline constexpr std::size_t max_fencing_token_length = PAGECRYPT_S2_MAX_FENCING_TOKEN_LENGTH;

/// The highest sequence number of a record under aes256gcm; under aegis256 any is allowed.
inline constexpr std::uint64_t max_aes256gcm_sequence = PAGECRYPT_S2_MAX_AES256GCM_SEQUENCE;

/// The id that S2 gives the stream of this name: what RecordCodec::s2() binds its records to.
/// \throws InvalidArgument for a name with a zero byte, which S2 does not have
[[nodiscard]] inline StreamId stream_id(std::string_view basin, std::string_view stream) {
    if (basin.find('\0') != std::string_view::npos || stream.find('\0') != std::string_view::npos) {
        detail::raise_invalid_argument("a name of S2 has no zero byte");
    }
    StreamId id = {};
    detail::ErrorOut error;
    error.check(
        pagecrypt_s2_stream_id(std::string(basin).c_str(), std::string(stream).c_str(), id.data(), error.out()));
    return id;
}

/// A key for a stream of this cipher from the value of the header key_header: 32 bytes in standard base64 with padding;
/// white space around it does not count. Without a value, the header is not there. Keys that Key::from_text() takes, in
/// hexadecimal for example, are refused, as S2 refuses them.
/// \throws KeyRequired, KeyText, KeyLength; UnsupportedFormat for a cipher that S2 does not have; UnknownEngine (for
/// what PAGECRYPT_ENGINE says). None carries the text.
[[nodiscard]] inline Key key_from_header(std::optional<std::string_view> value, Cipher cipher) {
    const char *text = !value ? nullptr : value->empty() ? "" : value->data();
    return detail::NewKey::make(pagecrypt_s2_key_from_header, text, value ? value->size() : 0,
                                static_cast<pagecrypt_cipher>(cipher));
}

/// A header of an envelope. Owns nothing.
struct Header {
    bytes_view name = {};  ///< Not empty.
    bytes_view value = {}; ///< Any bytes.
};

} // namespace pagecrypt::s2

namespace pagecrypt::detail {

[[nodiscard]] inline std::vector<pagecrypt_s2_header> c_headers(const std::vector<s2::Header> &headers) {
    std::vector<pagecrypt_s2_header> c(headers.size());
    for (std::size_t i = 0; i < headers.size(); ++i) {
        c[i].name = headers[i].name.data();
        c[i].name_length = headers[i].name.size();
        c[i].value = headers[i].value.data();
        c[i].value_length = headers[i].value.size();
    }
    return c;
}

} // namespace pagecrypt::detail

namespace pagecrypt::s2 {

/// Headers and body of a record: the plaintext of an encrypted one. Owns the list of headers, not their bytes.
///
/// Names may repeat, and the order is kept.
struct Envelope {
    std::vector<Header> headers{};
    bytes_view body = {};

    /// Reads an encoded envelope, also one that another writer could have written shorter. The result points into
    /// `bytes`, which must outlive it.
    /// \throws Malformed
    [[nodiscard]] static Envelope decode(bytes_view bytes) {
        std::vector<pagecrypt_s2_header> c_headers(8); // few have more, which takes a second round
        Envelope envelope;
        std::size_t count = 0;
        for (;;) {
            const std::uint8_t *body = nullptr;
            std::size_t body_length = 0;
            detail::ErrorOut error;
            const pagecrypt_status status =
                pagecrypt_s2_envelope_decode(bytes.data(), bytes.size(), c_headers.data(), c_headers.size(), &count,
                                             &body, &body_length, error.out());
            if (status != PAGECRYPT_ERROR_BUFFER_LENGTH || count <= c_headers.size()) {
                error.check(status);
                envelope.body = {body, body_length};
                break;
            }
            c_headers.resize(count);
        }
        for (std::size_t i = 0; i < count; ++i) {
            const pagecrypt_s2_header &c = c_headers[i];
            envelope.headers.push_back({{c.name, c.name_length}, {c.value, c.value_length}});
        }
        return envelope;
    }

    /// Writes the envelope in its shortest form, as S2 does.
    /// \throws InvalidArgument for an empty name, or a metered size above max_metered_size
    [[nodiscard]] std::vector<std::uint8_t> encode() const {
        // A flag, a count and two lengths of each header: numbers of a sealable envelope take 3 bytes at most.
        std::size_t room = 4 + body.size();
        for (const Header &header : headers) {
            room += 6 + header.name.size() + header.value.size();
        }
        const auto c_headers = detail::c_headers(headers);
        std::vector<std::uint8_t> bytes(room);
        std::size_t written = 0;
        detail::ErrorOut error;
        error.check(pagecrypt_s2_envelope_encode(c_headers.data(), c_headers.size(), body.data(), body.size(),
                                                 bytes.data(), bytes.size(), &written, error.out()));
        bytes.resize(written);
        return bytes;
    }

    /// What S2 counts for a record with this envelope, encrypted or not, in bytes.
    [[nodiscard]] std::uint64_t metered_size() const {
        const auto c_headers = detail::c_headers(headers);
        return pagecrypt_s2_metered_size(c_headers.data(), c_headers.size(), body.size());
    }
};

/// A command: sets the token that appends have to give; an empty one takes it away. It stands in clear in every stream,
/// encrypted or not, and is authenticated by nothing.
struct Fence {
    std::string token{}; ///< UTF-8, at most max_fencing_token_length bytes.
};

/// A command: gives up all records before a sequence number. As Fence, in clear and authenticated by nothing.
struct Trim {
    std::uint64_t before = 0; ///< The sequence number.
};

/// An envelope of a stream that is not encrypted.
struct Plaintext {
    Envelope envelope{};
};

/// An encrypted envelope. Owns nothing.
struct Encrypted {
    /// The metered size of the envelope, in bytes. Not authenticated: open_stored() compares it.
    std::uint64_t metered_size = 0;
    bytes_view record = {}; ///< What RecordCodec seals and opens.
};

/// A record as S2 stores it.
using StoredRecord = std::variant<Fence, Trim, Plaintext, Encrypted>;

/// An envelope that was opened. It owns its bytes, and wipes them when it is destroyed; it is moved, not copied.
class OpenedEnvelope {
public:
    /// Headers and body. They point into this object, also once it was moved elsewhere.
    [[nodiscard]] Envelope envelope() const { return Envelope::decode(bytes()); }

    /// The same, encoded: the plaintext of the record. Valid as long as this object, or the one that it is moved to.
    /// \throws std::out_of_range once moved from
    [[nodiscard]] bytes_view bytes() const { return plaintext_.view().subview(start_, length_); }

private:
    friend std::variant<Fence, Trim, OpenedEnvelope> open_stored(const RecordCodec &, bytes_view);

    OpenedEnvelope(detail::WipedBytes plaintext, std::size_t start, std::size_t length) noexcept
        : plaintext_(std::move(plaintext)), start_(start), length_(length) {}

    detail::WipedBytes plaintext_;
    std::size_t start_;
    std::size_t length_;
};

/// What a stored record of an encrypted stream holds.
using OpenedRecord = std::variant<Fence, Trim, OpenedEnvelope>;

/// What S2 counts for a stored record, in bytes: of a command, as much as for the header and body that its clients
/// write it as; of an encrypted record, what it says itself.
[[nodiscard]] inline std::uint64_t metered_size(const StoredRecord &stored) {
    const auto command = [](std::string_view name, std::size_t body_length) {
        pagecrypt_s2_header header = {};
        header.value = bytes_view(name).data();
        header.value_length = name.size();
        return pagecrypt_s2_metered_size(&header, 1, body_length);
    };
    if (const Fence *fence = std::get_if<Fence>(&stored)) {
        return command("fence", fence->token.size());
    }
    if (std::holds_alternative<Trim>(stored)) {
        return command("trim", sizeof(std::uint64_t));
    }
    if (const Plaintext *plaintext = std::get_if<Plaintext>(&stored)) {
        return plaintext->envelope.metered_size();
    }
    return std::get<Encrypted>(stored).metered_size;
}

/// Reads a stored record, and of an encrypted one the form only. The result points into `bytes`, which must outlive it.
/// As in S2, the metered size before a record in clear is not compared with its own. \throws Malformed;
/// UnsupportedFormat for kinds, formats and commands that S2 does not have
[[nodiscard]] inline StoredRecord decode_stored(bytes_view bytes) {
    pagecrypt_s2_stored_record c = {};
    detail::ErrorOut error;
    error.check(pagecrypt_s2_stored_record_decode(bytes.data(), bytes.size(), &c, error.out()));
    const bytes_view payload(c.payload, c.payload_length);
    switch (c.kind) {
    case PAGECRYPT_S2_FENCE:
        return Fence{std::string(payload.begin(), payload.end())};
    case PAGECRYPT_S2_TRIM:
        return Trim{c.trim_point};
    case PAGECRYPT_S2_PLAINTEXT:
        return Plaintext{Envelope::decode(payload)};
    default:
        return Encrypted{c.metered_size, payload};
    }
}

/// Writes a stored record.
/// \throws InvalidArgument for a fencing token that is too long or not UTF-8, for an empty name of a header, and for a
/// metered size above max_metered_size; Malformed, UnsupportedFormat for the form of an encrypted record
[[nodiscard]] inline std::vector<std::uint8_t> encode_stored(const StoredRecord &stored) {
    pagecrypt_s2_stored_record c = {};
    detail::WipedBytes encoded; // of an envelope
    bytes_view payload;
    if (const Fence *fence = std::get_if<Fence>(&stored)) {
        c.kind = PAGECRYPT_S2_FENCE;
        payload = fence->token;
    } else if (const Trim *trim = std::get_if<Trim>(&stored)) {
        c.kind = PAGECRYPT_S2_TRIM;
        c.trim_point = trim->before;
    } else if (const Plaintext *plaintext = std::get_if<Plaintext>(&stored)) {
        c.kind = PAGECRYPT_S2_PLAINTEXT;
        encoded = detail::WipedBytes(plaintext->envelope.encode());
        payload = encoded.view();
    } else {
        c.kind = PAGECRYPT_S2_ENCRYPTED;
        c.metered_size = std::get<Encrypted>(stored).metered_size;
        payload = std::get<Encrypted>(stored).record;
    }
    c.payload = payload.data();
    c.payload_length = payload.size();
    // Before the payload stand the kind and a size of 3 bytes at most; that of a command begins with a byte, and a trim
    // point has 8.
    std::vector<std::uint8_t> bytes(payload.size() + 16);
    std::size_t written = 0;
    detail::ErrorOut error;
    error.check(pagecrypt_s2_stored_record_encode(&c, bytes.data(), bytes.size(), &written, error.out()));
    bytes.resize(written);
    return bytes;
}

/// Reads and opens a record of an encrypted stream, as S2 does on reading: commands pass, envelopes in clear do not,
/// and the metered size is compared. \throws as decode_stored(); NotEncrypted for an envelope in clear;
/// AuthenticationFailed, CipherMismatch, MeteredSize; Malformed where what was sealed is not an envelope;
/// InvalidArgument for a codec of another format
[[nodiscard]] inline OpenedRecord open_stored(const RecordCodec &codec, bytes_view stored) {
    detail::WipedBytes plaintext(stored.size());
    const mutable_bytes to = plaintext.writable();
    pagecrypt_s2_stored_record c = {};
    detail::ErrorOut error;
    error.check(pagecrypt_s2_stored_record_open(codec.handle(), stored.data(), stored.size(), to.data(), to.size(), &c,
                                                error.out()));
    switch (c.kind) {
    case PAGECRYPT_S2_FENCE:
        return Fence{std::string(c.payload, c.payload + c.payload_length)};
    case PAGECRYPT_S2_TRIM:
        return Trim{c.trim_point};
    default:
        return OpenedEnvelope(std::move(plaintext), static_cast<std::size_t>(c.payload - to.data()), c.payload_length);
    }
}

/// An HTTP status and the code in its body. A plain value.
struct HttpAnswer {
    int http = 0;            ///< For example 422.
    std::string_view code{}; ///< For example `invalid`.
};

/// What S2 answers to a request, as it is documented and as its open-source server does it. They differ. A plain value.
struct Answer {
    std::optional<HttpAnswer> documented{}; ///< None where the documentation does not say.
    HttpAnswer lite{};                      ///< As `s2-lite` answers.
};

/// What S2 answers where sealing, opening or reading a key has this status; none for those that no request to S2 has.
[[nodiscard]] inline std::optional<Answer> answer(Status status) noexcept {
    pagecrypt_s2_answer c = {};
    if (!pagecrypt_s2_answer_to(static_cast<pagecrypt_status>(status), &c)) {
        return std::nullopt;
    }
    Answer answer;
    if (c.documented_http != 0) {
        answer.documented = HttpAnswer{c.documented_http, detail::text_or_empty(c.documented_code)};
    }
    answer.lite = {c.lite_http, detail::text_or_empty(c.lite_code)};
    return answer;
}

/// What S2 answers where sealing, opening or reading a key throws this error.
[[nodiscard]] inline std::optional<Answer> answer(const Error &error) noexcept {
    return answer(error.status());
}

} // namespace pagecrypt::s2

#endif
