#include <algorithm>

#include <doctest/doctest.h>
#include <pagecrypt.hpp>

#include "vectors.hpp"

using pagecrypt::Key;
using pagecrypt::PageReader;

TEST_CASE("a reader gives the pages that Turso's databases hold, their log applied") {
    const nlohmann::json manifest = vectors::json("turso/manifest.json");
    CHECK(manifest.at("fixtures").size() == 11);
    for (const nlohmann::json &sample : manifest.at("fixtures")) {
        CAPTURE(sample.at("name").get<std::string>());
        const Key key = Key::from_text(sample.at("hexkey").get<std::string>());
        const PageReader reader = PageReader::open(vectors::path("turso/" + sample.at("file").get<std::string>()), key);
        const std::size_t page_size = sample.at("page_size").get<std::size_t>();
        CHECK(name(reader.cipher()) == sample.at("cipher").get<std::string>());
        CHECK(reader.page_size() == page_size);
        CHECK(reader.page_count() == sample.at("page_count").get<std::uint32_t>());
        CHECK(reader.length() == std::uint64_t(page_size) * reader.page_count());
        CHECK((reader.frames_applied() > 0) == (sample.at("files").size() == 2));
        Bytes pages(static_cast<std::size_t>(reader.length()));
        reader.read_pages(1, pages);
        CHECK(vectors::sha256(pages) == sample.at("decrypted_sha256").get<std::string>());
        reader.check_unchanged();

        Bytes again(pages.size() + 10, 0xc3);
        CHECK(reader.read_at(0, again) == pages.size());
        CHECK(std::equal(pages.begin(), pages.end(), again.begin()));
        Bytes some(page_size + 3);
        CHECK(reader.read_at(page_size - 1, some) == some.size());
        CHECK(std::equal(some.begin(), some.end(), pages.begin() + static_cast<std::ptrdiff_t>(page_size - 1)));
        CHECK(reader.read_at(pages.size() - 1, some) == 1);
        CHECK(some[0] == pages.back());
        CHECK(reader.read_at(pages.size(), some) == 0);
        CHECK(reader.read_at(UINT64_MAX, some) == 0);
        CHECK(reader.read_at(0, {}) == 0);
        reader.read_pages(2, pagecrypt::mutable_bytes(some).subview(0, page_size));
        CHECK(std::equal(some.begin(), some.begin() + static_cast<std::ptrdiff_t>(page_size),
                         pages.begin() + static_cast<std::ptrdiff_t>(page_size)));
    }
}

TEST_CASE("a reader refuses pages that there are not, buffers that do not fit and damaged pages") {
    const Folder folder;
    Bytes file = vectors::read(vectors::path("turso/aes128gcm-512-small.db"));
    file[5 * 512] ^= 1;
    vectors::write(folder / "database", file);
    const Key key = Key::from_text("5529036f1f0151fa8e542767a293af52", pagecrypt::Cipher::aes128gcm);
    const PageReader reader = PageReader::open(folder / "database", key);
    Bytes pages(2 * 512, 0xc3);
    thrown<pagecrypt::PageNumber>([&] { reader.read_pages(0, pages); });
    thrown<pagecrypt::PageNumber>([&] { reader.read_pages(64, pages); });
    thrown<pagecrypt::BufferLength>([&] { reader.read_pages(1, pagecrypt::mutable_bytes(pages).subview(0, 513)); });
    const auto error = thrown<pagecrypt::AuthenticationFailed>([&] { reader.read_pages(5, pages); });
    CHECK(error.first() == 6);
    CHECK(pages == Bytes(2 * 512));
    pages.assign(2 * 512, 0xc3);
    thrown<pagecrypt::AuthenticationFailed>([&] { (void)reader.read_at(5 * 512 - 10, pages); });
    CHECK(pages == Bytes(2 * 512));

    file[7 * 512] ^= 1;
    file.push_back(0);
    std::filesystem::last_write_time(folder / "database", std::filesystem::file_time_type::min());
    vectors::write(folder / "database", file);
    CHECK(thrown<pagecrypt::Locked>([&] { reader.check_unchanged(); }).locked_by() == pagecrypt::LockedBy::change);
    thrown<pagecrypt::Io>([&] { (void)PageReader::open(folder / "absent", key); });
    thrown<pagecrypt::NotEncrypted>(
        [&] { (void)PageReader::open(vectors::path("turso/aes128gcm-512-small.plain.db"), key); });
    const Key other = vectors::key(pagecrypt::Cipher::aes128gcm);
    CHECK(!thrown<pagecrypt::WrongKey>([&] {
               (void)PageReader::open(vectors::path("turso/aes128gcm-512-small.db"), other);
           }).only_page());
    file.resize(512);
    file[28] = file[29] = file[30] = 0; // a database of one page
    file[31] = 1;
    vectors::write(folder / "one", file);
    CHECK(thrown<pagecrypt::WrongKey>([&] { (void)PageReader::open(folder / "one", other); }).only_page());
}
