// Where rows are: codecs, bytes and files.

#include "matrix.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

std::optional<pagecrypt::PageCodec> Place::codec() const {
    const bool foreign = key.cipher() == Cipher::chacha20poly1305;
    try {
        auto codec = pagecrypt::PageCodec::turso(key, page_size);
        if (foreign) {
            throw Failure("the format took a cipher that it does not have");
        }
        return codec;
    } catch (const pagecrypt::UnsupportedFormat &) {
        if (foreign) {
            return std::nullopt;
        }
        throw;
    }
}

void write_bytes(const fs::path &path, const Bytes &content) {
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char *>(content.data()), static_cast<std::streamsize>(content.size()));
    file.close();
    if (!file) {
        throw Failure(path.string() + ": not written");
    }
}

Bytes read_bytes(const fs::path &path) {
    std::ifstream file(path, std::ios::binary);
    Bytes content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!file) {
        throw Failure(path.string() + ": not read");
    }
    return content;
}

void compare(const std::string &what, pagecrypt::bytes_view got, pagecrypt::bytes_view expected) {
    if (got.size() != expected.size()) {
        throw Failure(what + ": " + std::to_string(got.size()) + " bytes, not " + std::to_string(expected.size()));
    }
    const auto differs = std::mismatch(got.begin(), got.end(), expected.begin()).first;
    if (differs != got.end()) {
        throw Failure(what + ": byte " + std::to_string(differs - got.begin()) + " is another");
    }
}
