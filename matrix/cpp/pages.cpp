// Pages: 2 to 66 in one call.

#include "matrix.hpp"

namespace {

constexpr std::uint32_t first_page = 2, last_page = 66;

} // namespace

// Appends page `number` in plaintext, `add` added to each byte; the reserved bytes are zero.

void append_page(Bytes &to, const pagecrypt::PageCodec &codec, std::uint32_t number, std::size_t add) {
    const std::size_t reserved = codec.reserved_length();
    for (std::size_t j = 0; j < page_size - reserved; ++j) {
        to.push_back(static_cast<std::uint8_t>(number * 7 + j + add));
    }
    to.insert(to.end(), reserved, 0);
}

namespace {

Bytes make_pages(const pagecrypt::PageCodec &codec) {
    Bytes pages;
    for (std::uint32_t number = first_page; number <= last_page; ++number) {
        append_page(pages, codec, number);
    }
    return pages;
}

} // namespace

Outcome write_pages(const Place &place) {
    const auto codec = place.codec();
    if (!codec) {
        return Outcome::refused;
    }
    Bytes pages = make_pages(*codec);
    codec->seal_pages(first_page, pages);
    write_bytes(place.path("pages"), pages);
    return Outcome::ok;
}

Outcome read_pages(const Place &place) {
    const auto codec = place.codec();
    if (!codec) {
        return Outcome::refused;
    }
    Bytes pages = read_bytes(place.path("pages"));
    codec->open_pages(first_page, pages);
    compare("pages", pages, make_pages(*codec));
    return Outcome::ok;
}
