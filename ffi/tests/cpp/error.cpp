#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <type_traits>

#include <doctest/doctest.h>
#include <pagecrypt.hpp>

#include "vectors.hpp"

using pagecrypt::Status;

namespace {

const std::map<Status, std::string> statuses = {
    {Status::unknown_cipher, "unknown_cipher"},
    {Status::unknown_engine, "unknown_engine"},
    {Status::key_length, "key_length"},
    {Status::key_text, "key_text"},
    {Status::key_required, "key_required"},
    {Status::wrong_key, "wrong_key"},
    {Status::wrong_passphrase, "wrong_passphrase"},
    {Status::unknown_key_id, "unknown_key_id"},
    {Status::wrong_store, "wrong_store"},
    {Status::authentication_failed, "authentication_failed"},
    {Status::not_encrypted, "not_encrypted"},
    {Status::unsupported_format, "unsupported_format"},
    {Status::malformed, "malformed"},
    {Status::cipher_mismatch, "cipher_mismatch"},
    {Status::page_size, "page_size"},
    {Status::page_number, "page_number"},
    {Status::sequence, "sequence"},
    {Status::metered_size, "metered_size"},
    {Status::buffer_length, "buffer_length"},
    {Status::invalid_argument, "invalid_argument"},
    {Status::overlap, "overlap"},
    {Status::message_too_long, "message_too_long"},
    {Status::usage_limit, "usage_limit"},
    {Status::policy, "policy"},
    {Status::invite_expired, "invite_expired"},
    {Status::invite_used, "invite_used"},
    {Status::invite_malformed, "invite_malformed"},
    {Status::file_exists, "file_exists"},
    {Status::file_permissions, "file_permissions"},
    {Status::locked, "locked"},
    {Status::changing, "changing"},
    {Status::cancelled, "cancelled"},
    {Status::random_source, "random_source"},
    {Status::io, "io"},
    {Status::internal, "internal"},
};

} // namespace

TEST_CASE("the statuses are the codes that every language has") {
    const nlohmann::json codes = vectors::json("errors.json").at("codes");
    CHECK(codes.size() == statuses.size());
    for (const nlohmann::json &code : codes) {
        const Status status{code.at("number").get<std::int32_t>()};
        CAPTURE(code.at("name").get<std::string>());
        REQUIRE(statuses.count(status) == 1);
        CHECK(statuses.at(status) == code.at("name").get<std::string>());
        CHECK(name(status) == statuses.at(status));
        CHECK(exit_code(status) == code.at("exit_code").get<int>());
        CHECK(message(status).size() > 5);
    }
    CHECK(name(Status::ok) == "ok");
    CHECK(exit_code(Status::ok) == 0);
    CHECK(name(Status{1000}) == "unknown");
    CHECK(exit_code(Status{1000}) == 1);
}

TEST_CASE("each status is thrown as its own class, or as Error where nothing gives it yet") {
    std::size_t with_class = 0;
    for (const auto &entry : statuses) {
        const Status status = entry.first;
        const std::string &name = entry.second;
        CAPTURE(name);
        try {
            pagecrypt::detail::raise({status, "a sentence", 3, 4, {}});
        } catch (const pagecrypt::Error &error) {
            CHECK(error.status() == status);
            CHECK(error.name() == name);
            CHECK(error.what() == std::string("a sentence"));
            CHECK(error.expected() == 3);
            CHECK(error.got() == 4);
            with_class += typeid(error) != typeid(pagecrypt::Error);
        }
    }
    CHECK(with_class == 27);
}

TEST_CASE("an error without details of its kind has none") {
    const auto error = thrown<pagecrypt::UnknownCipher>([] { (void)pagecrypt::cipher_from_name("rot13"); });
    CHECK(error.status() == Status::unknown_cipher);
    CHECK(error.unit() == pagecrypt::Unit::none);
    CHECK(error.first() == 0);
    CHECK(error.count() == 0);
    CHECK(error.numbers().empty());
    CHECK(error.expected() == 0);
    CHECK(error.got() == 0);
    CHECK(error.locked_by() == pagecrypt::LockedBy::none);
    CHECK(!error.only_page());
    CHECK(error.path().empty());
    CHECK(error.os_code() == 0);
}

TEST_CASE("an error's details live as long as a copy of it") {
    std::unique_ptr<pagecrypt::Error> copy;
    const pagecrypt::PageCodec codec = pagecrypt::PageCodec::turso(vectors::key(pagecrypt::Cipher::aegis256), 512);
    Bytes pages(3 * 512, 1);
    try {
        codec.open_pages(2, pages);
        FAIL("forged pages opened");
    } catch (const pagecrypt::AuthenticationFailed &error) {
        copy = std::make_unique<pagecrypt::Error>(error);
    }
    CHECK(copy->unit() == pagecrypt::Unit::page);
    CHECK(copy->first() == 2);
    CHECK(copy->count() == 3);
    CHECK(std::vector<std::uint64_t>(copy->numbers().begin(), copy->numbers().end()) ==
          std::vector<std::uint64_t>{2, 3, 4});
    CHECK(std::string(copy->what()).find("3 pages") != std::string::npos);
}

TEST_CASE("an error of the system names the file and the system's number") {
    const Folder folder;
    const auto error = thrown<pagecrypt::Io>([&] { (void)pagecrypt::inspect_file(folder / "absent"); });
    CHECK(error.path() == folder / "absent");
    CHECK(error.os_code() == ENOENT);
}

TEST_CASE("a name of two ciphers tells which was expected and which was found") {
    using pagecrypt::Cipher;
    const pagecrypt::PageCodec written = pagecrypt::PageCodec::turso(vectors::key(Cipher::aegis256), 4096);
    const pagecrypt::PageCodec other = pagecrypt::PageCodec::turso(vectors::key(Cipher::aegis256x2), 4096);
    Bytes page = vectors::read(vectors::path("turso/aegis256-4096-small.db"));
    page.resize(4096);
    const auto error = thrown<pagecrypt::CipherMismatch>([&] { other.open_pages(1, page); });
    CHECK(error.expected() == static_cast<std::uint64_t>(Cipher::aegis256x2));
    CHECK(error.got() == static_cast<std::uint64_t>(Cipher::aegis256));
}

TEST_CASE("errors are exceptions that can be thrown without failing") {
    CHECK(std::is_base_of_v<std::runtime_error, pagecrypt::Error>);
    CHECK(std::is_nothrow_copy_constructible_v<pagecrypt::Error>);
    CHECK(std::is_nothrow_copy_constructible_v<pagecrypt::AuthenticationFailed>);
}
