// Seals and opens two pages through the C++ headers.
#include <pagecrypt.hpp>

#include <cstdint>
#include <iostream>
#include <vector>

int main() {
    const auto key = pagecrypt::Key::generate(pagecrypt::Cipher::aegis256);
    const auto codec = pagecrypt::PageCodec::turso(key, 4096);
    std::vector<std::uint8_t> pages(2 * 4096);
    pages[0] = 'a';
    pages[4096] = 'b';
    codec.seal_pages(2, pages);
    const bool sealed = pages[0] != 'a' || pages[4096] != 'b' || pages[1] != 0;
    codec.open_pages(2, pages);
    const bool ok = sealed && pages[0] == 'a' && pages[4096] == 'b' && pages[1] == 0;
    std::cout << "pagecrypt " << pagecrypt_version() << ", C++: pages " << (ok ? "opened" : "lost") << "\n";
    return !ok;
}
