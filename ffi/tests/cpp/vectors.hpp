// The shared test data of vectors/, and folders to put files into.
#ifndef PAGECRYPT_TESTS_VECTORS_HPP
#define PAGECRYPT_TESTS_VECTORS_HPP

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>
#include <pagecrypt.hpp>

using Bytes = std::vector<std::uint8_t>;

namespace vectors {

/// A path under vectors/.
std::filesystem::path path(std::string_view name);

nlohmann::json json(std::string_view name);

Bytes read(const std::filesystem::path &path);
void write(const std::filesystem::path &path, const Bytes &bytes);

/// Bytes from hexadecimal text.
Bytes hex(std::string_view text);

/// Lowercase hexadecimal SHA-256 of bytes.
std::string sha256(const Bytes &bytes);

/// Bytes 0, 1, 2, ... as a key of the cipher.
pagecrypt::Key key(pagecrypt::Cipher cipher);

/// `key` on every engine that this CPU runs for its cipher.
std::vector<pagecrypt::Key> on_every_engine(const pagecrypt::Key &key);

/// The ciphers that Turso's format has.
std::vector<pagecrypt::Cipher> turso_ciphers();

} // namespace vectors

/// A new folder that goes away with its content.
class Folder {
public:
    Folder();
    ~Folder();
    Folder(const Folder &) = delete;
    Folder &operator=(const Folder &) = delete;

    [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

    /// Every file with its bytes.
    [[nodiscard]] std::map<std::string, Bytes> content() const;

private:
    std::filesystem::path path_;
};

/// A table that says what an expression throws: its type is checked exactly, and the error is returned.
template <class Expected, class Function>
Expected thrown(Function function) {
    try {
        function();
    } catch (const Expected &error) {
        if (typeid(error) != typeid(Expected)) {
            throw std::logic_error(std::string("threw a subclass of what was expected: ") + typeid(error).name());
        }
        return error;
    }
    throw std::logic_error("nothing was thrown");
}

#endif
