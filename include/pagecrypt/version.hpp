/// \file
/// Which library is linked.
#ifndef PAGECRYPT_VERSION_HPP
#define PAGECRYPT_VERSION_HPP

#include <cstdint>
#include <string_view>

#include "../pagecrypt.h"

namespace pagecrypt {

/// The linked library's version, for example `0.1.0`. The headers' version is in PAGECRYPT_VERSION_MAJOR, _MINOR and
/// _PATCH.
[[nodiscard]] inline std::string_view version() noexcept {
    return pagecrypt_version();
}

/// The linked library's version as major << 16 | minor << 8 | patch.
[[nodiscard]] inline std::uint32_t version_number() noexcept {
    return pagecrypt_version_number();
}

/// The number of the linked library's binary interface; the headers' is PAGECRYPT_ABI.
[[nodiscard]] inline std::uint32_t abi() noexcept {
    return pagecrypt_abi();
}

} // namespace pagecrypt

#endif
