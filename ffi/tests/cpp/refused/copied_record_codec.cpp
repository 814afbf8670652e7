// says: deleted
#include <utility>

#include <pagecrypt.hpp>

pagecrypt::RecordCodec another(pagecrypt::RecordCodec &codec) {
#ifdef REFUSED
    return codec;
#else
    return std::move(codec);
#endif
}
