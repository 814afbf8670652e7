#include <vector>

#include <doctest/doctest.h>
#include <pagecrypt.hpp>

#include "vectors.hpp"

using pagecrypt::Engine;

TEST_CASE("every engine is listed, and read by its name where this CPU runs it") {
    const std::vector<Engine> all = {Engine::portable, Engine::rustcrypto, Engine::aesni,      Engine::avx2,
                                     Engine::vaes256,  Engine::avx512,     Engine::avx512ifma, Engine::vaes512,
                                     Engine::neon,     Engine::armv8};
    CHECK(pagecrypt::engines() == all);
    const char *const names[] = {"portable", "rustcrypto", "aesni",   "avx2", "vaes256",
                                 "avx512",   "avx512ifma", "vaes512", "neon", "armv8"};
    std::size_t available = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        CHECK(name(all[i]) == names[i]);
        if (is_available(all[i])) {
            ++available;
            CHECK(pagecrypt::engine_from_name(names[i]) == all[i]);
        } else {
            thrown<pagecrypt::UnknownEngine>([&] { (void)pagecrypt::engine_from_name(names[i]); });
            thrown<pagecrypt::UnknownEngine>(
                [&] { (void)vectors::key(pagecrypt::Cipher::aegis256).with_engine(all[i]); });
        }
    }
    CHECK(is_available(Engine::portable));
    CHECK(is_available(Engine::rustcrypto));
    CHECK(available < all.size()); // x86-64 or ARM, not both
    CHECK(name(Engine(0)).empty());
    CHECK(!is_available(Engine(77)));
}
