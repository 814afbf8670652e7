// What the parts of C++'s program of the matrix share.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <pagecrypt.hpp>

namespace fs = std::filesystem;
using pagecrypt::Cipher;
using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t page_size = 4096;

enum class Outcome { ok, refused };

struct Failure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Where a row's files are, and its key.
struct Place {
    fs::path folder;
    fs::path vectors;
    pagecrypt::Key key;

    // The row's file, for example "pages-aegis256".
    fs::path path(const std::string &capability, const std::string &ending = "") const {
        return folder / (capability + "-" + std::string(name(key.cipher())) + ending);
    }

    // The codec, or none where the format refuses the cipher.
    std::optional<pagecrypt::PageCodec> codec() const;
};

void write_bytes(const fs::path &path, const Bytes &content);
Bytes read_bytes(const fs::path &path);
void compare(const std::string &what, pagecrypt::bytes_view got, pagecrypt::bytes_view expected);

// Appends page `number` in plaintext, `add` added to each byte; the reserved bytes are zero. In pages.cpp.
void append_page(Bytes &to, const pagecrypt::PageCodec &codec, std::uint32_t number, std::size_t add = 0);

// The capabilities: each in the file of its name.
Outcome write_messages(const Place &place);
Outcome read_messages(const Place &place);
Outcome write_pages(const Place &place);
Outcome read_pages(const Place &place);
Outcome write_frames(const Place &place);
Outcome read_frames(const Place &place);
Outcome write_file(const Place &place);
Outcome read_file(const Place &place);
Outcome write_records_s2(const Place &place);
Outcome read_records_s2(const Place &place);
Outcome write_records_bound(const Place &place);
Outcome read_records_bound(const Place &place);
