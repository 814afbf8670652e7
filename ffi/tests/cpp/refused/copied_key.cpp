// says: deleted
#include <pagecrypt.hpp>

pagecrypt::Key another(const pagecrypt::Key &key) {
#ifdef REFUSED
    return key;
#else
    return key.clone();
#endif
}
