#include <array>

#include <doctest/doctest.h>
#include <pagecrypt.hpp>

#include "vectors.hpp"

using pagecrypt::Cipher;
using pagecrypt::PageCodec;
using pagecrypt::WalChain;
using pagecrypt::WalFrameHeader;
using pagecrypt::WalHeader;

namespace {

WalHeader header_of(pagecrypt::ByteOrder byte_order) {
    return {byte_order, 512, 3, {0x01020304, 0xfffefdfc}};
}

/// Three frames of a log: pages 2, 3 and 2, the last a commit of 3 pages.
Bytes plain_frames(const PageCodec &codec) {
    Bytes frames(3 * codec.frame_length());
    const std::uint8_t pages[] = {2, 3, 2}, commits[] = {0, 0, 3};
    for (std::size_t k = 0; k < 3; ++k) {
        std::uint8_t *frame = frames.data() + k * codec.frame_length();
        frame[3] = pages[k];
        frame[7] = commits[k];
        for (std::size_t j = 0; j < codec.page_size() - codec.reserved_length(); ++j) {
            frame[pagecrypt::wal_frame_header_length + j] = static_cast<std::uint8_t>(k + j);
        }
    }
    return frames;
}

/// Whether the pages of the frames are the same, whatever their headers say.
bool same_pages(const PageCodec &codec, const Bytes &left, const Bytes &right) {
    for (std::size_t i = 0; i < left.size(); ++i) {
        if (i % codec.frame_length() >= pagecrypt::wal_frame_header_length && left[i] != right[i]) {
            return false;
        }
    }
    return left.size() == right.size();
}

} // namespace

TEST_CASE("a log's header is written as SQLite does and read back") {
    for (const auto byte_order : {pagecrypt::ByteOrder::little_endian, pagecrypt::ByteOrder::big_endian}) {
        const auto bytes = header_of(byte_order).to_bytes();
        const bool little = byte_order == pagecrypt::ByteOrder::little_endian;
        const Bytes expected = vectors::hex(std::string("377f068") + (little ? "2" : "3") +
                                            "002de218"
                                            "00000200"
                                            "00000003"
                                            "01020304"
                                            "fffefdfc");
        CHECK(std::equal(expected.begin(), expected.end(), bytes.begin()));
        const WalHeader read = WalHeader::parse(bytes);
        CHECK(read.byte_order == byte_order);
        CHECK(read.page_size == 512);
        CHECK(read.checkpoint == 3);
        CHECK(read.salts == std::array<std::uint32_t, 2>{0x01020304, 0xfffefdfc});
        auto changed = bytes;
        changed[20] ^= 1;
        thrown<pagecrypt::Malformed>([&] { (void)WalHeader::parse(changed); });
        thrown<pagecrypt::Malformed>([&] { (void)WalChain::start(changed); });
        thrown<pagecrypt::Malformed>([&] { (void)WalHeader::parse(pagecrypt::bytes_view(bytes).subview(0, 31)); });
    }
    thrown<pagecrypt::PageSize>([] { (void)WalHeader().to_bytes(); });
    thrown<pagecrypt::InvalidArgument>([] { (void)header_of(pagecrypt::ByteOrder(7)).to_bytes(); });
}

TEST_CASE("frames are sealed into the chain, accepted in their order and opened") {
    for (const Cipher cipher : vectors::turso_ciphers()) {
        CAPTURE(name(cipher));
        const PageCodec codec = PageCodec::turso(vectors::key(cipher), 512);
        const auto header = header_of(pagecrypt::ByteOrder::little_endian).to_bytes();
        const Bytes plain = plain_frames(codec);
        Bytes sealed = plain;
        WalChain chain = WalChain::start(header);
        const auto start = chain.checksum();
        codec.seal_frames(chain, sealed);
        CHECK(chain.checksum() != start);
        CHECK(!same_pages(codec, sealed, plain));

        const pagecrypt::bytes_view frames = sealed;
        const auto frame = [&](std::size_t k) {
            return frames.subview(k * codec.frame_length(), codec.frame_length());
        };
        WalChain reader = WalChain::start(header);
        CHECK(!reader.accept(frame(1)));
        thrown<pagecrypt::BufferLength>([&] { (void)reader.accept(frames.subview(0, 535)); });
        CHECK(reader.checksum() == start);
        for (std::size_t k = 0; k < 3; ++k) {
            CHECK(reader.accept(frame(k)));
            CHECK(reader.checksum() == WalFrameHeader::parse(frame(k)).checksum);
        }
        CHECK(reader.checksum() == chain.checksum());
        WalChain resumed = WalChain::resume(header, WalFrameHeader::parse(frame(0)).checksum);
        CHECK(resumed.accept(frame(1)));

        const WalFrameHeader last = WalFrameHeader::parse(frame(2));
        CHECK(last.page == 2);
        CHECK(last.commit_size == 3);
        CHECK(last.salts == std::array<std::uint32_t, 2>{0x01020304, 0xfffefdfc});
        CHECK(last.checksum == chain.checksum());

        Bytes apart(sealed.size());
        codec.open_frames_into(1, sealed, apart);
        CHECK(same_pages(codec, apart, plain));
        Bytes damaged = sealed;
        codec.open_frames(1, sealed);
        CHECK(same_pages(codec, sealed, plain));

        damaged[codec.frame_length() + 100] ^= 1;
        const auto error = thrown<pagecrypt::AuthenticationFailed>([&] { codec.open_frames(41, damaged); });
        CHECK(error.unit() == pagecrypt::Unit::frame);
        CHECK(error.first() == 42);
        CHECK(error.count() == 1);
    }
}

TEST_CASE("frames that cannot be sealed leave the chain where it was") {
    const PageCodec codec = PageCodec::turso(vectors::key(Cipher::aegis256), 512);
    WalChain chain = WalChain::start(header_of(pagecrypt::ByteOrder::big_endian).to_bytes());
    const auto start = chain.checksum();
    Bytes frames = plain_frames(codec);
    frames.back() = 1; // a reserved byte
    const Bytes before = frames;
    thrown<pagecrypt::Malformed>([&] { codec.seal_frames(chain, frames); });
    CHECK(frames == before);
    CHECK(chain.checksum() == start);
    const PageCodec other = PageCodec::turso(vectors::key(Cipher::aegis256), 1024);
    Bytes large = plain_frames(other);
    thrown<pagecrypt::PageSize>([&] { other.seal_frames(chain, large); });
    CHECK(large == plain_frames(other));
    frames.pop_back();
    thrown<pagecrypt::BufferLength>([&] { codec.seal_frames(chain, frames); });
    thrown<pagecrypt::BufferLength>([] { (void)WalFrameHeader::parse(Bytes(23)); });
}
