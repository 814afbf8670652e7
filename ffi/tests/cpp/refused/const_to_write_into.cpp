// says: mutable_bytes
#include <vector>

#include <pagecrypt.hpp>

void open(const pagecrypt::PageCodec &codec, const std::vector<std::uint8_t> &sealed, std::vector<std::uint8_t> &to) {
#ifdef REFUSED
    codec.open_pages(2, sealed);
#endif
    codec.open_pages_into(2, sealed, to);
}
