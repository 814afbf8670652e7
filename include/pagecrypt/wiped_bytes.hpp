/// \file
/// Buffers of plaintext that are overwritten before their memory is given back.
#ifndef PAGECRYPT_WIPED_BYTES_HPP
#define PAGECRYPT_WIPED_BYTES_HPP

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "view.hpp"

namespace pagecrypt::detail {

/// Overwrites bytes with zeros.
inline void wipe(mutable_bytes bytes) noexcept {
    // What is called through a volatile pointer is not left out, although nobody reads the zeros.
    void *(*volatile const set)(void *, int, std::size_t) = std::memset;
    if (!bytes.empty()) {
        set(bytes.data(), 0, bytes.size());
    }
}

/// Bytes with one owner, which wipes them. They stay where they are when they are moved.
class WipedBytes {
public:
    explicit WipedBytes(std::size_t length = 0) : bytes_(length) {}
    explicit WipedBytes(std::vector<std::uint8_t> &&bytes) noexcept : bytes_(std::move(bytes)) {}
    WipedBytes(WipedBytes &&other) noexcept : bytes_(std::move(other.bytes_)) { other.bytes_.clear(); }
    WipedBytes &operator=(WipedBytes &&other) noexcept {
        if (this != &other) {
            wipe(bytes_);
            bytes_ = std::move(other.bytes_);
            other.bytes_.clear();
        }
        return *this;
    }
    WipedBytes(const WipedBytes &) = delete;
    WipedBytes &operator=(const WipedBytes &) = delete;
    ~WipedBytes() { wipe(bytes_); }

    [[nodiscard]] mutable_bytes writable() noexcept { return bytes_; }
    [[nodiscard]] bytes_view view() const noexcept { return bytes_; }

private:
    std::vector<std::uint8_t> bytes_;
};

} // namespace pagecrypt::detail

#endif
