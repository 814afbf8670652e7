/* What the ABI fixes, as a compiler sees it: nothing here runs. */
#include <pagecrypt.h>

#define HOLDS(name, condition) typedef char name[(condition) ? 1 : -1]

#define NUMBER(type) HOLDS(type##_has_4_signed_bytes, sizeof(type) == 4 && (type)-1 < 0)
NUMBER(pagecrypt_status);
NUMBER(pagecrypt_unit);
NUMBER(pagecrypt_locked_by);
NUMBER(pagecrypt_cipher);
NUMBER(pagecrypt_engine);
NUMBER(pagecrypt_encoding);
NUMBER(pagecrypt_format);
NUMBER(pagecrypt_byte_order);
NUMBER(pagecrypt_way);
NUMBER(pagecrypt_file_format);
NUMBER(pagecrypt_context_kind);
NUMBER(pagecrypt_record_format);
NUMBER(pagecrypt_padding);
NUMBER(pagecrypt_s2_kind);

HOLDS(a_range_has_8_bytes, sizeof(pagecrypt_range) == 8);
HOLDS(a_range_begins_with_the_first, offsetof(pagecrypt_range, first) == 0 && sizeof(((pagecrypt_range *)0)->first) == 4);
HOLDS(a_range_ends_with_the_last, offsetof(pagecrypt_range, last) == 4 && sizeof(((pagecrypt_range *)0)->last) == 4);
HOLDS(a_place_begins_with_the_sequence_and_the_clock, offsetof(pagecrypt_place, sequence) == 0 && offsetof(pagecrypt_place, clock) == 8);
HOLDS(a_place_s_token_is_the_third, offsetof(pagecrypt_place, token) == 16);
HOLDS(a_place_ends_with_reseals_and_given, sizeof(pagecrypt_place) == 24 + sizeof(void *) &&
                                               offsetof(pagecrypt_place, reseals) + 4 == offsetof(pagecrypt_place, given));
HOLDS(a_context_has_52_bytes, sizeof(pagecrypt_context) == 52 && offsetof(pagecrypt_context, id) == 4 &&
                                  offsetof(pagecrypt_context, writer) == 36);
HOLDS(a_record_header_s_clock_is_at_16, offsetof(pagecrypt_record_header, clock) == 16);
HOLDS(an_entry_has_eight_words_a_clock_and_a_flag, offsetof(pagecrypt_entry, clock) == 8 * sizeof(void *) &&
                                                       sizeof(pagecrypt_entry) == 8 * sizeof(void *) + 16);
HOLDS(a_header_of_s2_has_four_words, sizeof(pagecrypt_s2_header) == 4 * sizeof(void *));
HOLDS(a_stored_record_s_payload_is_at_24, offsetof(pagecrypt_s2_stored_record, payload) == 24);
HOLDS(progress_is_a_function, sizeof(pagecrypt_progress) == sizeof(void (*)(void)));

/* They are compared with the library's own at run time. */
HOLDS(version_parts_fit_their_number, PAGECRYPT_VERSION_MAJOR < 256 && PAGECRYPT_VERSION_MINOR < 256 && PAGECRYPT_VERSION_PATCH < 256);
#if PAGECRYPT_VERSION_MAJOR < 0 || PAGECRYPT_VERSION_MINOR < 0 || PAGECRYPT_VERSION_PATCH < 0 || PAGECRYPT_ABI < 0
#error "the preprocessor has to be able to compare versions"
#endif

HOLDS(the_longest_key_is_32, PAGECRYPT_MAX_KEY_LENGTH == 32);
HOLDS(the_longest_nonce_is_32, PAGECRYPT_MAX_NONCE_LENGTH == 32);
HOLDS(tags_have_16, PAGECRYPT_TAG_LENGTH == 16);
HOLDS(key_texts_have_64, PAGECRYPT_MAX_KEY_TEXT_LENGTH == 2 * PAGECRYPT_MAX_KEY_LENGTH);
HOLDS(pages_are_of_512_to_65536, PAGECRYPT_MIN_PAGE_SIZE == 512 && PAGECRYPT_MAX_PAGE_SIZE == 65536);
HOLDS(page_numbers_fit_32_bits, PAGECRYPT_MAX_PAGE_NUMBER == 0xfffffffe);
HOLDS(headers_are_as_on_disk, PAGECRYPT_TURSO_HEADER_LENGTH == 100 && PAGECRYPT_WAL_HEADER_LENGTH == 32 &&
                                  PAGECRYPT_WAL_FRAME_HEADER_LENGTH == 24);

/* Fixed for ever. */
HOLDS(ok_is_0, PAGECRYPT_OK == 0);
HOLDS(errors_go_from_1_to_35, PAGECRYPT_ERROR_UNKNOWN_CIPHER == 1 && PAGECRYPT_ERROR_INTERNAL == 35);
HOLDS(ciphers_are_the_numbers_on_disk, PAGECRYPT_AES128GCM == 1 && PAGECRYPT_AES256GCM == 2 && PAGECRYPT_AEGIS256 == 3 &&
                                           PAGECRYPT_AEGIS256X2 == 4 && PAGECRYPT_AEGIS256X4 == 5 && PAGECRYPT_AEGIS128L == 6 &&
                                           PAGECRYPT_AEGIS128X2 == 7 && PAGECRYPT_AEGIS128X4 == 8 &&
                                           PAGECRYPT_CHACHA20POLY1305 == 9);
HOLDS(engines_keep_theirs, PAGECRYPT_ENGINE_PORTABLE == 1 && PAGECRYPT_ENGINE_RUSTCRYPTO == 2 && PAGECRYPT_ENGINE_AESNI == 3 &&
                               PAGECRYPT_ENGINE_VAES256 == 4 && PAGECRYPT_ENGINE_VAES512 == 5 && PAGECRYPT_ENGINE_ARMV8 == 6 &&
                               PAGECRYPT_ENGINE_AVX2 == 7 && PAGECRYPT_ENGINE_AVX512 == 8 &&
                               PAGECRYPT_ENGINE_AVX512IFMA == 9 && PAGECRYPT_ENGINE_NEON == 10);
HOLDS(units_keep_theirs, PAGECRYPT_UNIT_NONE == 0 && PAGECRYPT_UNIT_MESSAGE == 1 && PAGECRYPT_UNIT_PAGE == 2 &&
                             PAGECRYPT_UNIT_FRAME == 3);
HOLDS(locks_keep_theirs, PAGECRYPT_LOCKED_BY_NONE == 0 && PAGECRYPT_LOCKED_BY_WRITER == 1 && PAGECRYPT_LOCKED_BY_CHANGE == 2 &&
                             PAGECRYPT_LOCKED_BY_JOURNAL == 3 && PAGECRYPT_LOCKED_BY_LEFTOVER == 4 &&
                             PAGECRYPT_LOCKED_BY_THIS_PROCESS == 5);
HOLDS(encodings_keep_theirs, PAGECRYPT_BASE64 == 1 && PAGECRYPT_HEX == 2);
HOLDS(formats_keep_theirs, PAGECRYPT_FORMAT_TURSO == 1);
HOLDS(byte_orders_keep_theirs, PAGECRYPT_LITTLE_ENDIAN == 1 && PAGECRYPT_BIG_ENDIAN == 2);
HOLDS(ways_keep_theirs, PAGECRYPT_WAY_SEALED == 1 && PAGECRYPT_WAY_OPENED == 2 && PAGECRYPT_WAY_REBUILT == 3 &&
                            PAGECRYPT_WAY_REPACKED == 4);
HOLDS(file_formats_keep_theirs, PAGECRYPT_FILE_UNKNOWN == 0 && PAGECRYPT_FILE_TURSO == 1 && PAGECRYPT_FILE_SQLITE == 2);
