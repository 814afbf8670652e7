// says: deleted
#include <utility>

#include <pagecrypt.hpp>

pagecrypt::OpenedEntry another(pagecrypt::OpenedEntry &opened) {
#ifdef REFUSED
    return opened;
#else
    return std::move(opened);
#endif
}
