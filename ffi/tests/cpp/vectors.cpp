#include "vectors.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <stdlib.h>

namespace vectors {

std::filesystem::path path(std::string_view name) {
    return std::filesystem::path(PAGECRYPT_VECTORS) / name;
}

nlohmann::json json(std::string_view name) {
    std::ifstream file(path(name));
    return nlohmann::json::parse(file);
}

Bytes read(const std::filesystem::path &path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        throw std::runtime_error("cannot read " + path.string());
    }
    return Bytes(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

void write(const std::filesystem::path &path, const Bytes &bytes) {
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char *>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    file.close();
    if (!file) {
        throw std::runtime_error("cannot write " + path.string());
    }
}

Bytes hex(std::string_view text) {
    if (text.size() % 2 != 0) {
        throw std::runtime_error("half a byte of hexadecimal");
    }
    Bytes bytes;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        bytes.push_back(static_cast<std::uint8_t>(std::stoul(std::string(text.substr(i, 2)), nullptr, 16)));
    }
    return bytes;
}

std::string sha256(const Bytes &bytes) {
    const Folder folder;
    const std::filesystem::path file = folder / "bytes";
    write(file, bytes);
    std::FILE *pipe = popen(("sha256sum '" + file.string() + "'").c_str(), "r");
    std::array<char, 65> line = {};
    const bool read = pipe != nullptr && std::fgets(line.data(), line.size(), pipe) != nullptr;
    if (pipe == nullptr || pclose(pipe) != 0 || !read) {
        throw std::runtime_error("sha256sum failed");
    }
    return line.data();
}

pagecrypt::Key key(pagecrypt::Cipher cipher) {
    Bytes bytes(key_length(cipher));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::uint8_t>(i);
    }
    return pagecrypt::Key::from_bytes(bytes, cipher);
}

std::vector<pagecrypt::Key> on_every_engine(const pagecrypt::Key &key) {
    std::vector<pagecrypt::Key> keys;
    for (const pagecrypt::Engine engine : pagecrypt::engines()) {
        if (!is_available(engine)) {
            continue;
        }
        pagecrypt::Key other = key.with_engine(engine);
        bool known = false;
        for (const pagecrypt::Key &seen : keys) {
            known = known || seen.engine() == other.engine();
        }
        if (!known) {
            keys.push_back(std::move(other));
        }
    }
    return keys;
}

std::vector<pagecrypt::Cipher> turso_ciphers() {
    std::vector<pagecrypt::Cipher> ciphers = pagecrypt::ciphers();
    ciphers.pop_back(); // chacha20poly1305, the last
    return ciphers;
}

} // namespace vectors

Folder::Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "pagecrypt-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
        throw std::runtime_error("cannot make a folder");
    }
    path_ = name;
}

Folder::~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::map<std::string, Bytes> Folder::content() const {
    std::map<std::string, Bytes> content;
    for (const auto &entry : std::filesystem::directory_iterator(path_)) {
        content[entry.path().filename().string()] = vectors::read(entry.path());
    }
    return content;
}
