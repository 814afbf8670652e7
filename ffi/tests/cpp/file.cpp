#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

#include <doctest/doctest.h>
#include <pagecrypt.hpp>

#include "vectors.hpp"

using pagecrypt::Cipher;
using pagecrypt::FileOptions;
using pagecrypt::Key;

namespace {

Key sample_key(const char *sample) {
    const nlohmann::json manifest = vectors::json("turso/manifest.json");
    for (const nlohmann::json &fixture : manifest.at("fixtures")) {
        if (fixture.at("name") == sample) {
            return Key::from_text(fixture.at("hexkey").get<std::string>(),
                                  pagecrypt::cipher_from_name(fixture.at("cipher").get<std::string>()));
        }
    }
    throw std::runtime_error(std::string("no sample ") + sample);
}

/// A sample of vectors/turso in a folder of its own, as `database` (and `database-wal`).
void put(const Folder &folder, const std::string &sample) {
    vectors::write(folder / "database", vectors::read(vectors::path("turso/" + sample + ".db")));
    const auto log = vectors::path("turso/" + sample + ".db-wal");
    if (std::filesystem::exists(log)) {
        vectors::write(folder / "database-wal", vectors::read(log));
    }
}

bool begins_as_sqlite(const Bytes &file) {
    return std::string(file.begin(), file.begin() + 16) == std::string("SQLite format 3\0", 16);
}

} // namespace

TEST_CASE("a database is encrypted, verified, inspected, decrypted and decrypted compactly") {
    for (const Cipher cipher : vectors::turso_ciphers()) {
        CAPTURE(name(cipher));
        const Folder folder;
        const Key key = vectors::key(cipher);
        const auto plain = vectors::path("turso/aegis256-4096-small.plain.db");
        const auto encrypted = pagecrypt::encrypt_file(plain, folder / "encrypted", key);
        CHECK(encrypted.cipher() == cipher);
        CHECK(encrypted.engine() == key.engine());
        CHECK(encrypted.way() == pagecrypt::Way::rebuilt); // the plain file has no reserved bytes
        CHECK(encrypted.source_page_size() == 4096);
        CHECK(encrypted.page_size() == 4096);
        CHECK(encrypted.bytes() == std::filesystem::file_size(folder / "encrypted"));
        CHECK(encrypted.bytes() == encrypted.pages() * std::uint64_t(4096));
        CHECK(encrypted.frames_applied() == 0);

        const auto report = pagecrypt::verify_file(folder / "encrypted", key);
        CHECK(report.is_intact());
        CHECK(report.status() == pagecrypt::Status::ok);
        report.require_intact();
        CHECK(report.cipher() == cipher);
        CHECK(report.engine() == key.engine());
        CHECK(report.page_size() == 4096);
        CHECK(report.pages() == encrypted.pages());
        CHECK(report.pages_checked() == encrypted.pages());
        CHECK(report.trailing_bytes() == 0);
        CHECK(report.findings().empty());
        CHECK(report.damaged_header().empty());
        CHECK(report.damaged_pages().empty());
        CHECK(report.missing_pages().empty());
        CHECK(report.surplus_pages().empty());
        CHECK(report.foreign_pages().empty());
        CHECK(!report.log());

        const auto decrypted = pagecrypt::decrypt_file(folder / "encrypted", folder / "decrypted", key);
        CHECK(decrypted.way() == pagecrypt::Way::opened);
        CHECK(decrypted.pages() == encrypted.pages());
        CHECK(begins_as_sqlite(vectors::read(folder / "decrypted")));
        const auto compact = pagecrypt::decrypt_file_compact(folder / "encrypted", folder / "compact", key);
        CHECK(compact.way() == pagecrypt::Way::repacked);
        CHECK(begins_as_sqlite(vectors::read(folder / "compact")));
        CHECK(vectors::read(folder / "compact")[20] == 0); // no reserved bytes
        CHECK(vectors::read(folder / "decrypted")[20] == reserved_length(cipher));

        const auto inspection = pagecrypt::inspect_file(folder / "encrypted");
        CHECK(inspection.format() == pagecrypt::FileFormat::turso);
        CHECK(inspection.version() == std::optional<std::uint8_t>(0));
        CHECK(inspection.cipher() == cipher);
        CHECK(inspection.page_size() == std::optional<std::size_t>(4096));
        CHECK(inspection.reserved_length() == reserved_length(cipher));
        CHECK(inspection.length() == encrypted.bytes());
        CHECK(inspection.pages() == encrypted.pages());
        CHECK(inspection.header_pages() == encrypted.pages());
        CHECK(inspection.trailing_bytes() == 0);
        CHECK(!inspection.problem());
        CHECK(!inspection.hot_journal());
        CHECK(!inspection.log());
    }
    CHECK(name(pagecrypt::FileFormat::turso) == "turso");
    CHECK(name(pagecrypt::FileFormat::sqlite) == "sqlite");
    CHECK(name(pagecrypt::FileFormat::unknown) == "unknown");
    CHECK(name(pagecrypt::FileFormat(9)).empty());
}

TEST_CASE("a plain and a foreign file are told from an encrypted one") {
    const auto plain = pagecrypt::inspect_file(vectors::path("turso/aegis256-4096-small.plain.db"));
    CHECK(plain.format() == pagecrypt::FileFormat::sqlite);
    CHECK(!plain.version());
    CHECK(!plain.cipher());
    CHECK(plain.reserved_length() == std::optional<std::size_t>(0));
    const Folder folder;
    vectors::write(folder / "other", Bytes(100, 'x'));
    const auto other = pagecrypt::inspect_file(folder / "other");
    CHECK(other.format() == pagecrypt::FileFormat::unknown);
    CHECK(!other.page_size());
    CHECK(!other.reserved_length());
    CHECK(!other.header_pages());
    CHECK(other.length() == 100);
    CHECK(other.pages() == 0);
}

TEST_CASE("a write-ahead log is taken in, reported and inspected") {
    const Folder folder;
    put(folder, "aegis256-4096-walmixed");
    const Key key = sample_key("aegis256-4096-walmixed");
    const std::uint64_t frames = (std::filesystem::file_size(folder / "database-wal") - 32) / (24 + 4096);
    const auto report = pagecrypt::verify_file(folder / "database", key);
    report.require_intact();
    REQUIRE(report.log());
    const pagecrypt::LogReport log = *report.log();
    CHECK(log.frames == frames);
    CHECK(log.committed + log.uncommitted + log.stale == frames);
    CHECK(log.committed > 0);
    CHECK(log.torn_bytes == 0);
    CHECK(log.damaged.empty());
    CHECK(!log.problem);
    const auto inspected = pagecrypt::inspect_file(folder / "database").log();
    REQUIRE(inspected);
    CHECK(inspected->length == std::filesystem::file_size(folder / "database-wal"));
    CHECK(inspected->frames == frames);
    CHECK(inspected->committed == log.committed);
    CHECK(inspected->stale == log.stale);
    CHECK(inspected->torn_bytes == 0);
    CHECK(inspected->committed_pages == 24);
    CHECK(!inspected->problem);
    CHECK(pagecrypt::decrypt_file(folder / "database", folder / "plain", key).frames_applied() == log.committed);

    // A damaged frame is named.
    Bytes damaged = vectors::read(folder / "database-wal");
    damaged[32 + 24 + 100] ^= 1;
    vectors::write(folder / "database-wal", damaged);
    const auto worse = pagecrypt::verify_file(folder / "database", key);
    CHECK(!worse.is_intact());
    REQUIRE(worse.log());
    REQUIRE(worse.log()->damaged.size() == 1);
    CHECK(worse.log()->damaged[0].first == 1);
    CHECK(worse.log()->damaged[0].last == 1);
}

TEST_CASE("a report of damage names the pages, and throws what the damage comes to when asked") {
    const Folder folder;
    put(folder, "aegis256-4096-small");
    const Key key = sample_key("aegis256-4096-small");
    Bytes file = vectors::read(folder / "database");
    file[2 * 4096] ^= 1;
    file[3 * 4096] ^= 1;
    file[9 * 4096] ^= 1;
    file[60] ^= 1; // page 1's header
    file.push_back(1);
    vectors::write(folder / "database", file);
    pagecrypt::VerifyReport report = pagecrypt::verify_file(folder / "database", key);
    CHECK(!report.is_intact());
    CHECK(report.status() == pagecrypt::Status::authentication_failed);
    const auto error = thrown<pagecrypt::AuthenticationFailed>([&] { report.require_intact(); });
    CHECK(error.unit() == pagecrypt::Unit::page);
    CHECK(std::vector<std::uint64_t>(error.numbers().begin(), error.numbers().end()) ==
          std::vector<std::uint64_t>{1, 3, 4, 10});
    const auto pages = report.damaged_pages();
    REQUIRE(pages.size() == 3);
    CHECK(pages[1].first == 3);
    CHECK(pages[1].last == 4);
    CHECK(report.trailing_bytes() == 1);
    CHECK(report.findings().size() >= 2);

    // The report goes on telling when it was moved, and the error when the report is gone.
    pagecrypt::VerifyReport moved = std::move(report);
    thrown<pagecrypt::AuthenticationFailed>([&] { moved.require_intact(); });
    CHECK(moved.damaged_pages().data() == pages.data());
    thrown<pagecrypt::InvalidArgument>([&] { report.require_intact(); });
    thrown<pagecrypt::InvalidArgument>([&] { (void)report.status(); });
    moved = pagecrypt::verify_file(vectors::path("turso/aegis256-4096-small.db"), key);
    moved.require_intact();
    CHECK(error.count() == 4);

    // Page 1's cipher byte is put right.
    file = vectors::read(vectors::path("turso/aegis256-4096-small.db"));
    file[6] = static_cast<std::uint8_t>(Cipher::aegis256x2);
    vectors::write(folder / "database", file);
    CHECK(pagecrypt::verify_file(folder / "database", key).damaged_header().size() == 1);
    // Pages that are missing.
    file = vectors::read(vectors::path("turso/aegis256-4096-small.db"));
    file.resize(27 * 4096);
    vectors::write(folder / "database", file);
    const auto cut = pagecrypt::verify_file(folder / "database", key);
    REQUIRE(cut.missing_pages().size() == 1);
    CHECK(cut.missing_pages()[0].first == 28);
    CHECK(cut.missing_pages()[0].last == 30);
}

TEST_CASE("an existing destination is replaced only by force") {
    const Folder folder;
    put(folder, "aegis256-4096-small");
    vectors::write(folder / "plain", Bytes(10, 1));
    const Key key = sample_key("aegis256-4096-small");
    const auto before = folder.content();
    thrown<pagecrypt::FileExists>([&] { pagecrypt::decrypt_file(folder / "database", folder / "plain", key); });
    thrown<pagecrypt::FileExists>([&] { pagecrypt::decrypt_file_compact(folder / "database", folder / "plain", key); });
    thrown<pagecrypt::FileExists>(
        [&] { pagecrypt::encrypt_file(vectors::path("turso/aegis256-4096-small.plain.db"), folder / "plain", key); });
    CHECK(folder.content() == before);
    pagecrypt::decrypt_file(folder / "database", folder / "plain", key, FileOptions().force(true));
    CHECK(begins_as_sqlite(vectors::read(folder / "plain")));
}

TEST_CASE("progress is told on the calling thread, up to all of the bytes") {
    const Folder folder;
    put(folder, "aegis256-4096-small");
    const Key key = sample_key("aegis256-4096-small");
    const auto plain = vectors::path("turso/aegis256-4096-small.plain.db");
    const std::thread::id here = std::this_thread::get_id();
    std::uint64_t calls = 0, last = 0, total = 0;
    const FileOptions options = FileOptions().threads(2).progress([&](std::uint64_t done, std::uint64_t of) {
        CHECK(std::this_thread::get_id() == here);
        CHECK(done >= last);
        CHECK(done <= of);
        ++calls;
        last = done;
        total = of;
        return true;
    });
    const auto complete = [&](auto operation) {
        calls = last = total = 0;
        operation();
        CHECK(calls > 0);
        CHECK(last == total);
        CHECK(total > 0);
    };
    complete([&] { pagecrypt::verify_file(folder / "database", key, options).require_intact(); });
    complete([&] { pagecrypt::decrypt_file(folder / "database", folder / "plain", key, options); });
    complete([&] { pagecrypt::decrypt_file_compact(folder / "database", folder / "compact", key, options); });
    complete([&] { pagecrypt::encrypt_file(plain, folder / "encrypted", key, options); });
}

TEST_CASE("a progress function that asks to stop or throws ends the work and leaves nothing behind") {
    struct Own {
        int number;
    };
    const Folder folder;
    put(folder, "aegis256-4096-small");
    const Key key = sample_key("aegis256-4096-small");
    const auto plain = vectors::path("turso/aegis256-4096-small.plain.db");
    const auto before = folder.content();
    int calls = 0;
    const auto stop = FileOptions().progress([&](std::uint64_t, std::uint64_t) {
        ++calls;
        return false;
    });
    const auto fail = FileOptions().progress([&](std::uint64_t, std::uint64_t) -> bool {
        ++calls;
        throw Own{42};
    });
    const auto each = [&](const FileOptions &options, auto check) {
        for (int operation = 0; operation < 4; ++operation) {
            CAPTURE(operation);
            calls = 0;
            check([&] {
                switch (operation) {
                case 0:
                    (void)pagecrypt::verify_file(folder / "database", key, options);
                    break;
                case 1:
                    pagecrypt::decrypt_file(folder / "database", folder / "new", key, options);
                    break;
                case 2:
                    pagecrypt::decrypt_file_compact(folder / "database", folder / "new", key, options);
                    break;
                default:
                    pagecrypt::encrypt_file(plain, folder / "new", key, options);
                    break;
                }
            });
            CHECK(calls == 1); // it is not asked again
            CHECK(folder.content() == before);
        }
    };
    each(stop, [](auto operation) { thrown<pagecrypt::Cancelled>(operation); });
    each(fail, [](auto operation) {
        try {
            operation();
            FAIL("nothing was thrown");
        } catch (const Own &own) {
            CHECK(own.number == 42);
        }
    });
}

TEST_CASE("options are values with the library's defaults") {
    FileOptions options;
    CHECK(!options.force());
    CHECK(options.wait() == std::chrono::seconds(5));
    CHECK(options.threads() == 0);
    CHECK(!options.progress());
    const FileOptions copy = options.force(true).wait(std::chrono::milliseconds(7)).threads(3);
    CHECK(copy.force());
    CHECK(copy.wait() == std::chrono::milliseconds(7));
    CHECK(copy.threads() == 3);
    thrown<pagecrypt::InvalidArgument>([&] { options.wait(std::chrono::milliseconds(-1)); });
    CHECK(options.wait() == std::chrono::milliseconds(7));
}

TEST_CASE("a path with a zero byte is refused, not cut") {
    const Folder folder;
    put(folder, "aegis256-4096-small");
    const Key key = sample_key("aegis256-4096-small");
    const std::string path = (folder / "database").string() + std::string("\0x", 2);
    thrown<pagecrypt::InvalidArgument>([&] { (void)pagecrypt::inspect_file(path); });
    thrown<pagecrypt::InvalidArgument>([&] { (void)pagecrypt::verify_file(path, key); });
    thrown<pagecrypt::InvalidArgument>([&] { (void)pagecrypt::PageReader::open(path, key); });
    thrown<pagecrypt::InvalidArgument>([&] { pagecrypt::decrypt_file(path, folder / "new", key); });
    thrown<pagecrypt::InvalidArgument>([&] { pagecrypt::decrypt_file(folder / "database", path, key); });
}
