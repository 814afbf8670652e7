/// \file
/// The closed list of outcomes, by number and name.
#ifndef PAGECRYPT_STATUS_HPP
#define PAGECRYPT_STATUS_HPP

#include <cstdint>
#include <string_view>

#include "../pagecrypt.h"

namespace pagecrypt {

/// The closed list of outcomes. Numbers and names are fixed for ever and the same in every language; numbers that are
/// not listed here may come from a newer library.
enum class Status : std::int32_t {
    ok = PAGECRYPT_OK,
    unknown_cipher = PAGECRYPT_ERROR_UNKNOWN_CIPHER,
    unknown_engine = PAGECRYPT_ERROR_UNKNOWN_ENGINE,
    key_length = PAGECRYPT_ERROR_KEY_LENGTH,
    key_text = PAGECRYPT_ERROR_KEY_TEXT,
    key_required = PAGECRYPT_ERROR_KEY_REQUIRED,
    wrong_key = PAGECRYPT_ERROR_WRONG_KEY,
    wrong_passphrase = PAGECRYPT_ERROR_WRONG_PASSPHRASE,
    unknown_key_id = PAGECRYPT_ERROR_UNKNOWN_KEY_ID,
    wrong_store = PAGECRYPT_ERROR_WRONG_STORE,
    authentication_failed = PAGECRYPT_ERROR_AUTHENTICATION_FAILED,
    not_encrypted = PAGECRYPT_ERROR_NOT_ENCRYPTED,
    unsupported_format = PAGECRYPT_ERROR_UNSUPPORTED_FORMAT,
    malformed = PAGECRYPT_ERROR_MALFORMED,
    cipher_mismatch = PAGECRYPT_ERROR_CIPHER_MISMATCH,
    page_size = PAGECRYPT_ERROR_PAGE_SIZE,
    page_number = PAGECRYPT_ERROR_PAGE_NUMBER,
    sequence = PAGECRYPT_ERROR_SEQUENCE,
    metered_size = PAGECRYPT_ERROR_METERED_SIZE,
    buffer_length = PAGECRYPT_ERROR_BUFFER_LENGTH,
    invalid_argument = PAGECRYPT_ERROR_INVALID_ARGUMENT,
    overlap = PAGECRYPT_ERROR_OVERLAP,
    message_too_long = PAGECRYPT_ERROR_MESSAGE_TOO_LONG,
    usage_limit = PAGECRYPT_ERROR_USAGE_LIMIT,
    policy = PAGECRYPT_ERROR_POLICY,
    invite_expired = PAGECRYPT_ERROR_INVITE_EXPIRED,
    invite_used = PAGECRYPT_ERROR_INVITE_USED,
    invite_malformed = PAGECRYPT_ERROR_INVITE_MALFORMED,
    file_exists = PAGECRYPT_ERROR_FILE_EXISTS,
    file_permissions = PAGECRYPT_ERROR_FILE_PERMISSIONS,
    locked = PAGECRYPT_ERROR_LOCKED,
    changing = PAGECRYPT_ERROR_CHANGING,
    cancelled = PAGECRYPT_ERROR_CANCELLED,
    random_source = PAGECRYPT_ERROR_RANDOM_SOURCE,
    io = PAGECRYPT_ERROR_IO,
    internal = PAGECRYPT_ERROR_INTERNAL,
};

/// The status's name, for example `wrong_key`; `unknown` for a number that is not in the list.
[[nodiscard]] inline std::string_view name(Status status) noexcept {
    return pagecrypt_status_name(static_cast<pagecrypt_status>(status));
}

/// A sentence about the status in general; Error::what() says more.
[[nodiscard]] inline std::string_view message(Status status) noexcept {
    return pagecrypt_status_message(static_cast<pagecrypt_status>(status));
}

/// What the command line ends with for this status, 0 to 8.
[[nodiscard]] inline int exit_code(Status status) noexcept {
    return pagecrypt_status_exit_code(static_cast<pagecrypt_status>(status));
}

} // namespace pagecrypt

#endif
