// says: Cipher
#include <pagecrypt.hpp>

pagecrypt::Key key() {
#ifdef REFUSED
    return pagecrypt::Key::generate(3);
#else
    return pagecrypt::Key::generate(pagecrypt::Cipher::aegis256);
#endif
}
