// says: StreamId
#include <pagecrypt.hpp>

pagecrypt::Context context(const pagecrypt::StoreId &store) {
#ifdef REFUSED
    return pagecrypt::Context::stream(store);
#else
    return pagecrypt::Context::store(store);
#endif
}
