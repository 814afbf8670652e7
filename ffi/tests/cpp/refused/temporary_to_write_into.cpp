// says: mutable_bytes
#include <vector>

#include <pagecrypt.hpp>

void seal(const pagecrypt::PageCodec &codec) {
#ifdef REFUSED
    codec.seal_pages(2, std::vector<std::uint8_t>(4096));
#else
    std::vector<std::uint8_t> pages(4096);
    codec.seal_pages(2, pages);
#endif
}
