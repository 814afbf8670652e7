// says: deleted
#include <utility>

#include <pagecrypt.hpp>

pagecrypt::SecretText another(pagecrypt::SecretText &text) {
#ifdef REFUSED
    return text;
#else
    return std::move(text);
#endif
}
