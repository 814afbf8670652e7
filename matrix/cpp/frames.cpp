// Frames: a write-ahead log of three.

#include "matrix.hpp"

#include <array>

namespace {

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

} // namespace

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
