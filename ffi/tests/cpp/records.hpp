// What the tests of records share: keys, contexts, places and records of vectors/records.json.
#ifndef PAGECRYPT_TESTS_RECORDS_HPP
#define PAGECRYPT_TESTS_RECORDS_HPP

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <pagecrypt.hpp>

#include "vectors.hpp"

namespace records {

/// A key whose bytes are all `number`.
inline pagecrypt::Key key(pagecrypt::Cipher cipher, std::uint8_t number) {
    return pagecrypt::Key::from_bytes(Bytes(key_length(cipher), number), cipher);
}

/// An array whose bytes are all `number`: an id, or a token.
template <class Array>
Array filled(std::uint8_t number) {
    Array array;
    array.fill(number);
    return array;
}

/// An array of these bytes, which are as many.
template <class Array>
Array array(const Bytes &bytes) {
    Array array = {};
    if (bytes.size() != array.size()) {
        throw std::runtime_error("another number of bytes");
    }
    std::copy(bytes.begin(), bytes.end(), array.begin());
    return array;
}

inline pagecrypt::Context stream(std::uint8_t number = 1) {
    return pagecrypt::Context::stream(filled<pagecrypt::StreamId>(number));
}
inline pagecrypt::Context store(std::uint8_t number = 1) {
    return pagecrypt::Context::store(filled<pagecrypt::StoreId>(number));
}
inline pagecrypt::Context writer(std::uint8_t number = 1, std::uint8_t stream = 1) {
    return pagecrypt::Context::writer(filled<pagecrypt::StreamId>(stream), filled<pagecrypt::WriterId>(number));
}

/// A place that a context can bind, all of which it can bind set.
inline pagecrypt::Place place(const pagecrypt::Context &context) {
    pagecrypt::Place place;
    place.sequence = 7;
    place.clock = 1000;
    if (context.kind() == pagecrypt::ContextKind::store) {
        place.token = filled<pagecrypt::Token>(9);
    }
    return place;
}

/// The ciphers that S2 encrypts records with.
inline std::vector<pagecrypt::Cipher> s2_ciphers() {
    return {pagecrypt::Cipher::aes256gcm, pagecrypt::Cipher::aegis256};
}

inline Bytes bytes(pagecrypt::bytes_view view) {
    return Bytes(view.begin(), view.end());
}

inline Bytes hex(const nlohmann::json &object, const char *field) {
    return vectors::hex(object.at(field).get<std::string>());
}

/// A number of 64 bits, which is written as text, or null.
inline std::optional<std::uint64_t> number(const nlohmann::json &text) {
    return text.is_null() ? std::nullopt : std::optional<std::uint64_t>(std::stoull(text.get<std::string>()));
}

/// The status of what is thrown, Status::ok where nothing is.
template <class Function>
pagecrypt::Status status_of(Function function) {
    try {
        function();
    } catch (const pagecrypt::Error &error) {
        return error.status();
    }
    return pagecrypt::Status::ok;
}

} // namespace records

#endif
