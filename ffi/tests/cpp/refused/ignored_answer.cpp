// says: nodiscard
#include <pagecrypt.hpp>

bool next(pagecrypt::WalChain &chain, pagecrypt::bytes_view frame) {
#ifdef REFUSED
    chain.accept(frame);
#endif
    return chain.accept(frame);
}
