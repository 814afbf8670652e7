// says: deleted
#include <utility>

#include <pagecrypt.hpp>

void assign(pagecrypt::Key &to, pagecrypt::Key &from) {
#ifdef REFUSED
    to = from;
#else
    to = std::move(from);
#endif
}
