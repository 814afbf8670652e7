/// \file
/// The write-ahead log: headers, frames and their checksum chain. None of it needs a key; frames are sealed and opened
/// by a PageCodec (page.hpp).
#ifndef PAGECRYPT_WAL_HPP
#define PAGECRYPT_WAL_HPP

#include <array>
#include <cstddef>
#include <cstdint>

#include "../pagecrypt.h"
#include "error.hpp"
#include "view.hpp"

namespace pagecrypt {

/// Length of a log's header, in bytes.
inline constexpr std::size_t wal_header_length = PAGECRYPT_WAL_HEADER_LENGTH;

/// Length of the header before each frame's page, in bytes.
inline constexpr std::size_t wal_frame_header_length = PAGECRYPT_WAL_FRAME_HEADER_LENGTH;

/// The byte order in which a log's checksums read their words.
enum class ByteOrder : std::int32_t {
    little_endian = PAGECRYPT_LITTLE_ENDIAN, ///< What Turso writes.
    big_endian = PAGECRYPT_BIG_ENDIAN,
};

/// The header of a log. A plain value.
struct WalHeader {
    ByteOrder byte_order = ByteOrder::little_endian;
    std::size_t page_size = 0;               ///< Length of a page, in bytes.
    std::uint32_t checkpoint = 0;            ///< How often the log was checkpointed.
    std::array<std::uint32_t, 2> salts = {}; ///< Numbers that change with every checkpoint.

    /// Reads the first wal_header_length bytes of a log; more are ignored.
    /// \throws Malformed: SQLite takes such a log for an empty one
    [[nodiscard]] static WalHeader parse(bytes_view bytes) {
        WalHeader header;
        pagecrypt_byte_order order = 0;
        detail::ErrorOut error;
        error.check(pagecrypt_wal_header_parse(bytes.data(), bytes.size(), &order, &header.page_size,
                                               &header.checkpoint, &header.salts[0], &header.salts[1], error.out()));
        header.byte_order = static_cast<ByteOrder>(order);
        return header;
    }

    /// The header as it stands in the file, with its checksum.
    /// \throws PageSize, InvalidArgument
    [[nodiscard]] std::array<std::uint8_t, wal_header_length> to_bytes() const {
        std::array<std::uint8_t, wal_header_length> bytes;
        detail::ErrorOut error;
        error.check(pagecrypt_wal_header_new(static_cast<pagecrypt_byte_order>(byte_order), page_size, checkpoint,
                                             salts[0], salts[1], bytes.data(), error.out()));
        return bytes;
    }
};

/// The header of a frame. A plain value.
struct WalFrameHeader {
    std::uint32_t page = 0;                  ///< The page that the frame holds.
    std::uint32_t commit_size = 0;           ///< Of a transaction's last frame: the database's size in pages. Else 0.
    std::array<std::uint32_t, 2> salts = {}; ///< The log's salts when the frame was written.
    std::array<std::uint32_t, 2> checksum = {}; ///< The chain's checksum after this frame.

    /// Reads the first wal_frame_header_length bytes of a frame; more are ignored.
    /// \throws BufferLength where there are fewer
    [[nodiscard]] static WalFrameHeader parse(bytes_view frame) {
        WalFrameHeader header;
        detail::ErrorOut error;
        error.check(pagecrypt_wal_frame_header_parse(frame.data(), frame.size(), &header.page, &header.commit_size,
                                                     &header.salts[0], &header.salts[1], &header.checksum[0],
                                                     &header.checksum[1], error.out()));
        return header;
    }
};

/// The checksum chain over a log: which frames belong to it, in their order. It covers the ciphertext.
///
/// Changed by use: one thread at a time. Once moved from, it throws InvalidArgument.
class WalChain {
public:
    /// The chain before the first frame of the log that begins with this header.
    /// \throws Malformed
    [[nodiscard]] static WalChain start(bytes_view header) {
        pagecrypt_wal_chain *chain = nullptr;
        detail::ErrorOut error;
        error.check(pagecrypt_wal_chain_start(header.data(), header.size(), &chain, error.out()));
        return WalChain(chain);
    }

    /// The chain behind a frame whose header holds `checksum`.
    /// \throws Malformed
    [[nodiscard]] static WalChain resume(bytes_view header, std::array<std::uint32_t, 2> checksum) {
        pagecrypt_wal_chain *chain = nullptr;
        detail::ErrorOut error;
        error.check(
            pagecrypt_wal_chain_resume(header.data(), header.size(), checksum[0], checksum[1], &chain, error.out()));
        return WalChain(chain);
    }

    /// The checksum after the last frame that was accepted or sealed.
    /// \throws InvalidArgument
    [[nodiscard]] std::array<std::uint32_t, 2> checksum() const {
        std::array<std::uint32_t, 2> checksum = {};
        detail::ErrorOut error;
        error.check(pagecrypt_wal_chain_checksum(chain_.get(), &checksum[0], &checksum[1], error.out()));
        return checksum;
    }

    /// Whether `frame` (its header and its sealed page) is the log's next. If so, the chain goes on behind it; if not,
    /// the log ends before it, and the chain stays where it is.
    /// \throws BufferLength where it has another length than a frame; InvalidArgument
    [[nodiscard]] bool accept(bytes_view frame) {
        bool accepted = false;
        detail::ErrorOut error;
        error.check(pagecrypt_wal_chain_accept(chain_.get(), frame.data(), frame.size(), &accepted, error.out()));
        return accepted;
    }

    /// Whether it is not moved from.
    [[nodiscard]] explicit operator bool() const noexcept { return chain_.get_or_null() != nullptr; }

    /// The C handle, for functions of pagecrypt.h. It remains this object's.
    /// \throws InvalidArgument
    [[nodiscard]] pagecrypt_wal_chain *handle() { return chain_.get(); }

private:
    explicit WalChain(pagecrypt_wal_chain *chain) noexcept : chain_(chain) {}

    detail::Handle<pagecrypt_wal_chain, pagecrypt_wal_chain_free> chain_;
};

} // namespace pagecrypt

#endif
