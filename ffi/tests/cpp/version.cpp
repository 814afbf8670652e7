#include <string>

#include <doctest/doctest.h>
#include <pagecrypt.hpp>

TEST_CASE("the library is the one that the headers belong to") {
    const std::string version = std::to_string(PAGECRYPT_VERSION_MAJOR) + "." +
                                std::to_string(PAGECRYPT_VERSION_MINOR) + "." + std::to_string(PAGECRYPT_VERSION_PATCH);
    CHECK(pagecrypt::version() == version);
    CHECK(pagecrypt::version_number() ==
          (PAGECRYPT_VERSION_MAJOR << 16 | PAGECRYPT_VERSION_MINOR << 8 | PAGECRYPT_VERSION_PATCH));
    CHECK(pagecrypt::abi() == PAGECRYPT_ABI);
}
