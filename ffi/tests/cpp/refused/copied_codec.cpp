// says: deleted
#include <utility>

#include <pagecrypt.hpp>

pagecrypt::PageCodec another(pagecrypt::PageCodec &codec) {
#ifdef REFUSED
    return codec;
#else
    return std::move(codec);
#endif
}
