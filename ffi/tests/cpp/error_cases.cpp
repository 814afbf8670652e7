// The error cases of vectors/errors.json, which every language runs. What the fields mean is in vectors/README.md.

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <typeindex>
#include <vector>

#include <doctest/doctest.h>
#include <pagecrypt.hpp>

#include "vectors.hpp"

using nlohmann::json;
using pagecrypt::Key;
using pagecrypt::PageCodec;

namespace {

/// An object whose fields must all be known: one that is not would be left out of the test unseen.
class Fields {
public:
    Fields(const json &object, const std::set<std::string> &known) : object_(object) {
        for (const auto &[name, value] : object.items()) {
            if (known.count(name) == 0) {
                throw std::runtime_error("unknown field " + name);
            }
        }
    }
    [[nodiscard]] bool has(const char *name) const { return object_.contains(name) && !object_.at(name).is_null(); }
    [[nodiscard]] const json &operator[](const char *name) const { return object_.at(name); }
    [[nodiscard]] std::string text(const char *name) const { return object_.at(name).get<std::string>(); }
    [[nodiscard]] std::size_t size(const char *name) const { return object_.at(name).get<std::size_t>(); }
    [[nodiscard]] bool flag(const char *name) const { return has(name) && object_.at(name).get<bool>(); }
    [[nodiscard]] Bytes hex(const char *name) const { return vectors::hex(text(name)); }
    [[nodiscard]] pagecrypt::Cipher cipher() const { return pagecrypt::cipher_from_name(text("cipher")); }
    [[nodiscard]] Key key() const { return Key::from_bytes(hex("key"), cipher()); }

private:
    const json &object_;
};

Bytes bytes(const json &description) {
    const Fields fields(description, {"hex", "zeros", "file", "offset", "length", "put"});
    Bytes bytes;
    if (fields.has("hex")) {
        bytes = fields.hex("hex");
    } else if (fields.has("zeros")) {
        bytes.resize(fields.size("zeros"));
    } else {
        const Bytes file = vectors::read(vectors::path(fields.text("file")));
        const std::size_t offset = fields.has("offset") ? fields.size("offset") : 0;
        const std::size_t length = fields.has("length") ? fields.size("length") : file.size() - offset;
        const auto part = pagecrypt::bytes_view(file).subview(offset, length);
        bytes.assign(part.begin(), part.end());
    }
    if (fields.has("put")) {
        for (const json &put : fields["put"]) {
            const Bytes over = vectors::hex(put.at(1).get<std::string>());
            const auto at = pagecrypt::mutable_bytes(bytes).subview(put.at(0).get<std::size_t>(), over.size());
            std::copy(over.begin(), over.end(), at.begin());
        }
    }
    return bytes;
}

std::vector<std::uint64_t> failed_pages(const json &entry) {
    return entry.contains("failed_pages") ? entry.at("failed_pages").get<std::vector<std::uint64_t>>()
                                          : std::vector<std::uint64_t>();
}

std::vector<std::uint64_t> numbers(const pagecrypt::Error &error) {
    return {error.numbers().begin(), error.numbers().end()};
}

PageCodec codec(const Fields &input) {
    if (input.text("format") != "turso") {
        throw std::runtime_error("unknown format " + input.text("format"));
    }
    return PageCodec::turso(input.key(), input.size("page_size"));
}

/// After an error nothing has been written, but for pages that are not authentic: they are zero, and named.
void check_pages(const json &entry, const PageCodec &codec, std::uint32_t first, const pagecrypt::Error &error,
                 const Bytes &before, const Bytes &after) {
    if (error.status() != pagecrypt::Status::authentication_failed) {
        CHECK(after == before);
        return;
    }
    const std::vector<std::uint64_t> failed = failed_pages(entry);
    CHECK(numbers(error) == failed);
    CHECK(error.unit() == pagecrypt::Unit::page);
    CHECK(error.count() == failed.size());
    for (std::size_t at = 0; at < after.size(); at += codec.page_size()) {
        const auto page = pagecrypt::bytes_view(after).subview(at, codec.page_size());
        const bool zero = std::all_of(page.begin(), page.end(), [](std::uint8_t byte) { return byte == 0; });
        CHECK(zero == (std::count(failed.begin(), failed.end(), first + at / codec.page_size()) == 1));
    }
}

void pages(const json &entry, bool seal) {
    const Fields input(entry.at("input"), {"key", "cipher", "format", "page_size", "first", "pages", "to_length"});
    const PageCodec codec = ::codec(input);
    const std::uint32_t first = input["first"].get<std::uint32_t>();
    const Bytes from = bytes(input["pages"]);
    if (!input.has("to_length")) {
        Bytes buffer = from;
        std::optional<pagecrypt::Error> failed;
        try {
            seal ? codec.seal_pages(first, buffer) : codec.open_pages(first, buffer);
        } catch (const pagecrypt::Error &error) {
            failed = error;
            check_pages(entry, codec, first, error, from, buffer);
        }
        CHECK(failed.has_value() == !entry.at("error").is_null());
        if (failed && !entry.at("error").is_null()) {
            CHECK(failed->name() == entry.at("error").at("name").get<std::string>());
        }
    }
    const Bytes untouched(input.has("to_length") ? input.size("to_length") : from.size(), 0xc3);
    Bytes to = untouched;
    const Bytes source = from;
    try {
        seal ? codec.seal_pages_into(first, from, to) : codec.open_pages_into(first, from, to);
    } catch (const pagecrypt::Error &error) {
        check_pages(entry, codec, first, error, untouched, to);
        CHECK(from == source);
        throw;
    }
}

void message(const json &entry, bool seal) {
    const Fields input(entry.at("input"), {"key", "cipher", "nonce", "associated_data", "text", "tag", "to_length"});
    const Key key = input.key();
    const Bytes from = bytes(input["text"]);
    const Bytes untouched(input.has("to_length") ? input.size("to_length") : from.size(), 0xc3);
    Bytes to = untouched, tag = seal ? Bytes(pagecrypt::tag_length, 0xc3) : input.hex("tag");
    try {
        if (seal) {
            seal_one_assume_unique_nonce(key, input.hex("nonce"), input.hex("associated_data"), from, to, tag);
        } else {
            open_one(key, input.hex("nonce"), input.hex("associated_data"), from, to, tag);
        }
    } catch (const pagecrypt::AuthenticationFailed &error) {
        CHECK(to == Bytes(to.size()));
        CHECK(error.unit() == pagecrypt::Unit::message);
        CHECK(numbers(error) == std::vector<std::uint64_t>{0});
        throw;
    } catch (const pagecrypt::Error &) {
        CHECK(to == untouched);
        CHECK((!seal || tag == Bytes(pagecrypt::tag_length, 0xc3)));
        throw;
    }
    CHECK(to != untouched);
}

void file(const json &entry, const std::string &operation) {
    const Fields input(entry.at("input"), {"key", "cipher", "database", "database_wal", "database_journal",
                                           "destination", "destination_wal", "force", "cancel"});
    const Folder folder;
    const std::map<const char *, const char *> files = {{"database", "database"},
                                                        {"database_wal", "database-wal"},
                                                        {"database_journal", "database-journal"},
                                                        {"destination", "destination"},
                                                        {"destination_wal", "destination-wal"}};
    for (const auto &[field, name] : files) {
        if (input.has(field)) {
            vectors::write(folder / name, bytes(input[field]));
        }
    }
    const auto before = folder.content();
    const bool go_on = !input.flag("cancel");
    const auto options = pagecrypt::FileOptions()
                             .force(input.flag("force"))
                             .wait(std::chrono::milliseconds(0))
                             .progress([=](std::uint64_t, std::uint64_t) { return go_on; });
    try {
        if (operation == "inspect_file") {
            (void)pagecrypt::inspect_file(folder / "database");
        } else if (operation == "verify_file") {
            pagecrypt::verify_file(folder / "database", input.key(), options).require_intact();
        } else {
            const auto convert = operation == "encrypt_file"           ? pagecrypt::encrypt_file
                                 : operation == "decrypt_file_compact" ? pagecrypt::decrypt_file_compact
                                                                       : pagecrypt::decrypt_file;
            convert(folder / "database", folder / "destination", input.key(), options);
            const std::string begins = operation == "encrypt_file" ? "Turso" : std::string("SQLite format 3\0", 16);
            auto after = folder.content();
            const Bytes &made = after.at("destination");
            REQUIRE(made.size() > begins.size());
            CHECK(std::equal(begins.begin(), begins.end(), made.begin()));
            if (operation == "encrypt_file") {
                CHECK(pagecrypt::verify_file(folder / "destination", input.key(), options).is_intact());
            }
            auto others = before;
            others.erase("destination");
            after.erase("destination");
            CHECK(after == others);
            return;
        }
    } catch (const pagecrypt::Error &error) {
        CHECK(folder.content() == before);
        if (error.status() == pagecrypt::Status::authentication_failed) {
            CHECK(numbers(error) == failed_pages(entry));
        }
        throw;
    }
    CHECK(folder.content() == before);
}

const std::map<std::string, std::function<void(const json &)>> operations = {
    {"cipher_from_name",
     [](const json &entry) {
         (void)pagecrypt::cipher_from_name(Fields(entry.at("input"), {"name"}).text("name"));
     }},
    {"cipher_from_number",
     [](const json &entry) {
         (void)pagecrypt::cipher_from_number(Fields(entry.at("input"), {"number"})["number"].get<std::uint8_t>());
     }},
    {"engine_from_name",
     [](const json &entry) {
         (void)pagecrypt::engine_from_name(Fields(entry.at("input"), {"name"}).text("name"));
     }},
    {"key_from_text",
     [](const json &entry) {
         const Fields input(entry.at("input"), {"text", "cipher"});
         (void)Key::from_text(input.text("text"), input.has("cipher") ? std::optional(input.cipher()) : std::nullopt);
     }},
    {"key_from_bytes",
     [](const json &entry) {
         const Fields input(entry.at("input"), {"bytes", "cipher"});
         (void)Key::from_bytes(bytes(input["bytes"]), input.cipher());
     }},
    {"page_codec_new",
     [](const json &entry) {
         (void)codec(Fields(entry.at("input"), {"key", "cipher", "format", "page_size"}));
     }},
    {"turso_header",
     [](const json &entry) {
         (void)pagecrypt::TursoHeader::parse(bytes(Fields(entry.at("input"), {"bytes"})["bytes"]));
     }},
    {"seal_pages",
     [](const json &entry) {
         pages(entry, true);
     }},
    {"open_pages",
     [](const json &entry) {
         pages(entry, false);
     }},
    {"seal_message",
     [](const json &entry) {
         message(entry, true);
     }},
    {"open_message",
     [](const json &entry) {
         message(entry, false);
     }},
    {"inspect_file",
     [](const json &entry) {
         file(entry, "inspect_file");
     }},
    {"verify_file",
     [](const json &entry) {
         file(entry, "verify_file");
     }},
    {"decrypt_file_compact",
     [](const json &entry) {
         file(entry, "decrypt_file_compact");
     }},
    {"encrypt_file",
     [](const json &entry) {
         file(entry, "encrypt_file");
     }},
    {"decrypt_file",
     [](const json &entry) {
         file(entry, "decrypt_file");
     }},
};

/// Of each code that a case gives: the class that is thrown.
const std::map<std::string, std::type_index> classes = {
    {"unknown_cipher", typeid(pagecrypt::UnknownCipher)},
    {"unknown_engine", typeid(pagecrypt::UnknownEngine)},
    {"key_length", typeid(pagecrypt::KeyLength)},
    {"key_text", typeid(pagecrypt::KeyText)},
    {"wrong_key", typeid(pagecrypt::WrongKey)},
    {"authentication_failed", typeid(pagecrypt::AuthenticationFailed)},
    {"not_encrypted", typeid(pagecrypt::NotEncrypted)},
    {"unsupported_format", typeid(pagecrypt::UnsupportedFormat)},
    {"malformed", typeid(pagecrypt::Malformed)},
    {"cipher_mismatch", typeid(pagecrypt::CipherMismatch)},
    {"page_size", typeid(pagecrypt::PageSize)},
    {"page_number", typeid(pagecrypt::PageNumber)},
    {"buffer_length", typeid(pagecrypt::BufferLength)},
    {"file_exists", typeid(pagecrypt::FileExists)},
    {"locked", typeid(pagecrypt::Locked)},
    {"cancelled", typeid(pagecrypt::Cancelled)},
    {"io", typeid(pagecrypt::Io)},
};

/// A number in a message that a detail of the error gives, too: "expected 16 bytes, got 17".
std::optional<std::uint64_t> number_after(const std::string &text, const std::string &word) {
    const std::size_t at = text.find(word + " ");
    const std::size_t digits = at + word.size() + 1;
    if (at == std::string::npos || text.find_first_of("0123456789", digits) != digits) {
        return std::nullopt;
    }
    return std::stoull(text.substr(digits));
}

} // namespace

TEST_CASE("every case gives its error and no other") {
    const json all = vectors::json("errors.json");
    std::map<std::string, int> run;
    std::set<std::string> given;
    for (const json &entry : all.at("cases")) {
        const Fields fields(entry, {"name", "operation", "input", "error", "says", "failed_pages"});
        const std::string operation = fields.text("operation"), name = fields.text("name");
        CAPTURE(operation);
        CAPTURE(name);
        REQUIRE(operations.count(operation) == 1);
        ++run[operation];
        bool failed = false;
        try {
            operations.at(operation)(entry);
        } catch (const pagecrypt::Error &error) {
            failed = true;
            REQUIRE(fields.has("error"));
            const std::string expected = fields["error"].at("name").get<std::string>();
            CAPTURE(error.what());
            CHECK(error.name() == expected);
            REQUIRE(classes.count(expected) == 1);
            CHECK(std::type_index(typeid(error)) == classes.at(expected));
            CHECK(static_cast<int>(error.status()) == fields["error"].at("number").get<int>());
            CHECK(error.exit_code() == fields["error"].at("exit_code").get<int>());
            given.insert(expected);
            const std::string said = error.what();
            if (fields.has("says")) {
                for (const json &part : fields["says"]) {
                    CAPTURE(part.get<std::string>());
                    CHECK(said.find(part.get<std::string>()) != std::string::npos);
                    for (const auto &[word, detail] :
                         {std::pair("expected", error.expected()), std::pair("got", error.got())}) {
                        if (const auto number = number_after(part.get<std::string>(), word)) {
                            CHECK(detail == *number);
                        }
                    }
                }
            }
        }
        CHECK(failed == fields.has("error"));
    }
    // Every operation has cases, those of the file; no class is there without one.
    CHECK(run.size() == operations.size());
    CHECK(given.size() == classes.size());
    int cases = 0;
    for (const auto &[operation, count] : run) {
        cases += count;
    }
    CHECK(cases == static_cast<int>(all.at("cases").size()));
    CHECK(cases >= 178);
}
