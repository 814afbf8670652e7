// C++'s program of the cross-language matrix.
//
// matrix-cpp write FOLDER VECTORS writes, matrix-cpp read FOLDER VECTORS reads what any language wrote.
// One line a row: "CAPABILITY CIPHER ok", "... refused" or "... FAILED: why".

#include <pagecrypt.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <stdlib.h> // mkdtemp

namespace fs = std::filesystem;
using pagecrypt::Cipher;
using Bytes = std::vector<std::uint8_t>;

namespace {

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
    std::optional<pagecrypt::PageCodec> codec() const {
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
};

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

// ---- messages: 65 of 0 to 2368 bytes in one batch; ciphertexts one after the other, then the tags

constexpr std::size_t message_count = 65;

struct Messages {
    Bytes nonces, associated_data, text;
    std::vector<std::size_t> associated_data_offsets{0}, offsets{0};

    explicit Messages(std::size_t nonce_length) {
        for (std::size_t i = 0; i < message_count; ++i) {
            nonces.insert(nonces.end(), nonce_length, static_cast<std::uint8_t>(i));
            associated_data.insert(associated_data.end(), i, static_cast<std::uint8_t>(i));
            for (std::size_t j = 0; j < 37 * i; ++j) {
                text.push_back(static_cast<std::uint8_t>(i + j));
            }
            associated_data_offsets.push_back(associated_data.size());
            offsets.push_back(text.size());
        }
    }
};

Outcome write_messages(const Place &place) {
    Messages messages(nonce_length(place.key.cipher()));
    Bytes tags(message_count * pagecrypt::tag_length);
    pagecrypt::SealBatch batch;
    batch.nonces = messages.nonces;
    batch.associated_data = messages.associated_data;
    batch.associated_data_offsets = messages.associated_data_offsets;
    batch.from = messages.text;
    batch.to = messages.text;
    batch.offsets = messages.offsets;
    batch.tags = tags;
    seal_batch_assume_unique_nonces(place.key, batch);
    messages.text.insert(messages.text.end(), tags.begin(), tags.end());
    write_bytes(place.path("messages"), messages.text);
    return Outcome::ok;
}

Outcome read_messages(const Place &place) {
    const Messages expected(nonce_length(place.key.cipher()));
    const Bytes file = read_bytes(place.path("messages"));
    const std::size_t length = expected.text.size();
    if (file.size() != length + message_count * pagecrypt::tag_length) {
        throw Failure(std::to_string(file.size()) + " bytes");
    }
    const pagecrypt::bytes_view whole = file;
    Bytes text(length), opened(message_count);
    pagecrypt::OpenBatch batch;
    batch.nonces = expected.nonces;
    batch.associated_data = expected.associated_data;
    batch.associated_data_offsets = expected.associated_data_offsets;
    batch.from = whole.subview(0, length);
    batch.to = text;
    batch.offsets = expected.offsets;
    batch.tags = whole.subview(length, file.size() - length);
    batch.opened = opened;
    open_batch(place.key, batch);
    if (std::count(opened.begin(), opened.end(), 1) != static_cast<std::ptrdiff_t>(message_count)) {
        throw Failure("not every message is said to be open");
    }
    compare("messages", text, expected.text);
    return Outcome::ok;
}

// ---- pages: 2 to 66 in one call

constexpr std::uint32_t first_page = 2, last_page = 66;

// Appends page `number` in plaintext, `add` added to each byte; the reserved bytes are zero.
void append_page(Bytes &to, const pagecrypt::PageCodec &codec, std::uint32_t number, std::size_t add = 0) {
    const std::size_t reserved = codec.reserved_length();
    for (std::size_t j = 0; j < page_size - reserved; ++j) {
        to.push_back(static_cast<std::uint8_t>(number * 7 + j + add));
    }
    to.insert(to.end(), reserved, 0);
}

Bytes make_pages(const pagecrypt::PageCodec &codec) {
    Bytes pages;
    for (std::uint32_t number = first_page; number <= last_page; ++number) {
        append_page(pages, codec, number);
    }
    return pages;
}

Outcome write_pages(const Place &place) {
    const auto codec = place.codec();
    if (!codec) {
        return Outcome::refused;
    }
    Bytes pages = make_pages(*codec);
    codec->seal_pages(first_page, pages);
    write_bytes(place.path("pages"), pages);
    return Outcome::ok;
}

Outcome read_pages(const Place &place) {
    const auto codec = place.codec();
    if (!codec) {
        return Outcome::refused;
    }
    Bytes pages = read_bytes(place.path("pages"));
    codec->open_pages(first_page, pages);
    compare("pages", pages, make_pages(*codec));
    return Outcome::ok;
}

// ---- frames: a write-ahead log of three

struct Frame {
    std::uint32_t page, commit_size;
};
constexpr std::array<Frame, 3> frames{{{2, 0}, {3, 0}, {2, 3}}};
constexpr std::array<std::uint32_t, 2> salts{0x01020304, 0x05060708};

void append_word(Bytes &to, std::uint32_t word) {
    for (int shift = 24; shift >= 0; shift -= 8) {
        to.push_back(static_cast<std::uint8_t>(word >> shift));
    }
}

Outcome write_frames(const Place &place) {
    const auto codec = place.codec();
    if (!codec) {
        return Outcome::refused;
    }
    pagecrypt::WalHeader header;
    header.byte_order = pagecrypt::ByteOrder::little_endian;
    header.page_size = page_size;
    header.checkpoint = 1;
    header.salts = salts;
    const auto head = header.to_bytes();
    Bytes sealed;
    for (std::size_t k = 0; k < frames.size(); ++k) {
        append_word(sealed, frames[k].page);
        append_word(sealed, frames[k].commit_size);
        sealed.insert(sealed.end(), 16, 0); // salts and checksum, which sealing writes
        append_page(sealed, *codec, frames[k].page, k);
    }
    auto chain = pagecrypt::WalChain::start(head);
    codec->seal_frames(chain, sealed);
    sealed.insert(sealed.begin(), head.begin(), head.end());
    write_bytes(place.path("frames"), sealed);
    return Outcome::ok;
}

Outcome read_frames(const Place &place) {
    const auto codec = place.codec();
    if (!codec) {
        return Outcome::refused;
    }
    Bytes file = read_bytes(place.path("frames"));
    const auto header = pagecrypt::WalHeader::parse(file);
    if (header.byte_order != pagecrypt::ByteOrder::little_endian || header.page_size != page_size ||
        header.checkpoint != 1 || header.salts != salts) {
        throw Failure("the log's header is another");
    }
    if (file.size() != pagecrypt::wal_header_length + frames.size() * codec->frame_length()) {
        throw Failure(std::to_string(file.size()) + " bytes");
    }
    const pagecrypt::mutable_bytes whole = file;
    const auto log = whole.subview(pagecrypt::wal_header_length, file.size() - pagecrypt::wal_header_length);
    auto chain = pagecrypt::WalChain::start(file);
    for (std::size_t k = 0; k < frames.size(); ++k) {
        const auto frame = log.subview(k * codec->frame_length(), codec->frame_length());
        if (!chain.accept(frame)) {
            throw Failure("frame " + std::to_string(k + 1) + " is not the log's next");
        }
        const auto head = pagecrypt::WalFrameHeader::parse(frame);
        if (head.page != frames[k].page || head.commit_size != frames[k].commit_size ||
            head.checksum != chain.checksum()) {
            throw Failure("the header of frame " + std::to_string(k + 1) + " is another");
        }
    }
    codec->open_frames(1, log);
    for (std::size_t k = 0; k < frames.size(); ++k) {
        Bytes expected;
        append_page(expected, *codec, frames[k].page, k);
        const auto at = k * codec->frame_length() + pagecrypt::wal_frame_header_length;
        compare("frame " + std::to_string(k + 1), log.subview(at, page_size), expected);
    }
    return Outcome::ok;
}

// ---- file: a whole database, encrypted, verified, read and decrypted in both ways

constexpr const char *source = "turso/aegis256-4096-small.plain.db";

Outcome write_file(const Place &place) {
    const fs::path destination = place.path("file", ".db");
    const auto options = pagecrypt::FileOptions().force(true);
    try {
        const auto summary = pagecrypt::encrypt_file(place.vectors / source, destination, place.key, options);
        if (place.key.cipher() == Cipher::chacha20poly1305) {
            throw Failure("encrypt_file took a cipher that the format does not have");
        }
        if (fs::file_size(destination) != summary.bytes()) {
            throw Failure("encrypt_file reports another length than the file has");
        }
        return Outcome::ok;
    } catch (const pagecrypt::UnsupportedFormat &) {
        if (place.key.cipher() == Cipher::chacha20poly1305 && !fs::exists(destination)) {
            return Outcome::refused;
        }
        throw;
    }
}

// A folder that is gone when the work is done.
class TemporaryFolder {
public:
    TemporaryFolder() : path_((fs::temp_directory_path() / "matrix-XXXXXX").string()) {
        if (mkdtemp(path_.data()) == nullptr) {
            throw Failure("no temporary folder");
        }
    }
    TemporaryFolder(const TemporaryFolder &) = delete;
    TemporaryFolder &operator=(const TemporaryFolder &) = delete;
    ~TemporaryFolder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    fs::path path() const { return path_; }

private:
    std::string path_;
};

void check_database(const std::string &made_by, const Bytes &database, std::uint64_t reported) {
    static const std::string magic("SQLite format 3\0", 16);
    if (database.size() < magic.size() || !std::equal(magic.begin(), magic.end(), database.begin())) {
        throw Failure("what " + made_by + " made is no SQLite database");
    }
    if (database.size() != reported) {
        throw Failure(made_by + " reports another length than the file has");
    }
}

Outcome read_file(const Place &place) {
    if (!place.codec()) {
        return Outcome::refused;
    }
    const TemporaryFolder temporary;
    const char *kept = std::getenv("MATRIX_OUT");
    const fs::path folder = kept != nullptr ? fs::path(kept) : temporary.path();
    const fs::path path = place.path("file", ".db");
    const std::string cipher(name(place.key.cipher()));
    const auto options = pagecrypt::FileOptions().force(true);

    const auto report = pagecrypt::verify_file(path, place.key);
    if (!report.is_intact()) {
        throw Failure(report.findings().front());
    }
    const fs::path plain_path = folder / ("file-" + cipher + ".plain.db");
    const auto summary = pagecrypt::decrypt_file(path, plain_path, place.key, options);
    const Bytes plain = read_bytes(plain_path);
    check_database("decrypt_file", plain, summary.bytes());

    const auto reader = pagecrypt::PageReader::open(path, place.key);
    Bytes text(static_cast<std::size_t>(reader.length()));
    if (reader.read_at(0, text) != text.size()) {
        throw Failure("read_at gave fewer bytes than the database has");
    }
    compare("what the reader gives and decrypt_file", text, plain);
    const auto pages = fs::file_size(path) / page_size;
    if (reader.page_count() != pages || plain.size() != pages * page_size) {
        throw Failure(std::to_string(pages) + " pages became " + std::to_string(reader.page_count()));
    }
    const fs::path compact_path = folder / ("file-" + cipher + ".compact.db");
    const auto repacked = pagecrypt::decrypt_file_compact(path, compact_path, place.key, options);
    check_database("decrypt_file_compact", read_bytes(compact_path), repacked.bytes());
    return Outcome::ok;
}

// ---- what every language does; a new one is a row here and a row in each other program

struct Capability {
    const char *name;
    Outcome (*write)(const Place &);
    Outcome (*read)(const Place &);
};
constexpr std::array<Capability, 4> capabilities{{
    {"messages", write_messages, read_messages},
    {"pages", write_pages, read_pages},
    {"frames", write_frames, read_frames},
    {"file", write_file, read_file},
}};

pagecrypt::Key key_of(Cipher cipher) {
    Bytes bytes(key_length(cipher));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::uint8_t>(i);
    }
    return pagecrypt::Key::from_bytes(bytes, cipher);
}

} // namespace

int main(int count, char **arguments) {
    const std::vector<std::string> given(arguments + 1, arguments + count);
    if (given.size() != 3 || (given[0] != "write" && given[0] != "read")) {
        std::cerr << "usage: matrix-cpp write|read FOLDER VECTORS\n";
        return 2;
    }
    bool failed = false;
    for (const Capability &capability : capabilities) {
        for (const Cipher cipher : pagecrypt::ciphers()) {
            std::cout << capability.name << ' ' << name(cipher) << ' ';
            try {
                const Place place{given[1], given[2], key_of(cipher)};
                const Outcome outcome = (given[0] == "read" ? capability.read : capability.write)(place);
                std::cout << (outcome == Outcome::ok ? "ok" : "refused");
            } catch (const std::exception &error) {
                failed = true;
                std::cout << "FAILED: " << error.what();
            }
            std::cout << '\n';
        }
    }
    return failed ? 1 : 0;
}
