/// \file
/// Engines: the implementations of the ciphers, of which each CPU runs some.
#ifndef PAGECRYPT_ENGINE_HPP
#define PAGECRYPT_ENGINE_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "../pagecrypt.h"
#include "error.hpp"

namespace pagecrypt {

/// An implementation of a cipher.
enum class Engine : std::int32_t {
    portable = PAGECRYPT_ENGINE_PORTABLE,     ///< Constant time without special instructions: runs everywhere.
    rustcrypto = PAGECRYPT_ENGINE_RUSTCRYPTO, ///< The RustCrypto crates, which choose for themselves.
    aesni = PAGECRYPT_ENGINE_AESNI,           ///< x86-64 with AES-NI.
    avx2 = PAGECRYPT_ENGINE_AVX2,             ///< x86-64 with AVX2.
    vaes256 = PAGECRYPT_ENGINE_VAES256,       ///< x86-64 with VAES and AVX2.
    avx512 = PAGECRYPT_ENGINE_AVX512,         ///< x86-64 with AVX-512.
    avx512ifma = PAGECRYPT_ENGINE_AVX512IFMA, ///< x86-64 with AVX-512 and IFMA.
    vaes512 = PAGECRYPT_ENGINE_VAES512,       ///< x86-64 with VAES and AVX-512.
    neon = PAGECRYPT_ENGINE_NEON,             ///< 64-bit ARM.
    armv8 = PAGECRYPT_ENGINE_ARMV8,           ///< 64-bit ARM with the AES instructions.
};

/// Every engine, whether it runs here or not, the better of one architecture after the worse.
[[nodiscard]] inline std::vector<Engine> engines() {
    std::size_t length = 0;
    const pagecrypt_engine *all = pagecrypt_engines(&length);
    std::vector<Engine> engines;
    engines.reserve(length);
    for (std::size_t i = 0; i < length; ++i) {
        engines.push_back(static_cast<Engine>(all[i]));
    }
    return engines;
}

/// The engine's name, for example `vaes512`; empty for a number that is none.
[[nodiscard]] inline std::string_view name(Engine engine) noexcept {
    return detail::text_or_empty(pagecrypt_engine_name(static_cast<pagecrypt_engine>(engine)));
}

/// Whether this CPU runs the engine.
[[nodiscard]] inline bool is_available(Engine engine) noexcept {
    return pagecrypt_engine_is_available(static_cast<pagecrypt_engine>(engine));
}

/// The engine of this name, in any case.
/// \throws UnknownEngine also where this CPU does not run it.
[[nodiscard]] inline Engine engine_from_name(std::string_view name) {
    pagecrypt_engine engine = 0;
    detail::ErrorOut error;
    error.check(pagecrypt_engine_from_name(detail::c_name(name).c_str(), &engine, error.out()));
    return static_cast<Engine>(engine);
}

} // namespace pagecrypt

#endif
