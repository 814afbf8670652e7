// File: a whole database, encrypted, verified, read and decrypted in both ways.

#include "matrix.hpp"

#include <algorithm>
#include <cstdlib>

#include <stdlib.h> // mkdtemp

namespace {

constexpr const char *source = "turso/aegis256-4096-small.plain.db";

} // namespace

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

namespace {

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

} // namespace

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
