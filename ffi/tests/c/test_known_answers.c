/* Answers known from elsewhere: the RFCs' vectors, Turso's pages, and another library's. */
#include "suites.h"

#include <stdio.h>
#include <string.h>

#include <nettle/chacha-poly1305.h>
#include <nettle/gcm.h>

#include "samples.h"

static void check_sealing(pagecrypt_cipher cipher, const json_t *vector) {
    bytes raw = bytes_of_member(vector, "key"), nonce = bytes_of_member(vector, "nonce"), data = bytes_of_member(vector, "ad");
    bytes text = bytes_of_member(vector, "msg"), expected = bytes_of_member(vector, "ct");
    bytes tag = bytes_of_member(vector, "tag128");
    pagecrypt_key *key = NULL;
    SUCCEEDS(pagecrypt_key_new(raw.at, raw.length, cipher, &key, E));
    REQUIRE(text.length == expected.length && tag.length == 16);
    bytes sealed = bytes_new(text.length, 0xee), opened = bytes_new(text.length, 0xee);
    uint8_t got[16];
    SUCCEEDS(pagecrypt_seal_one_assume_unique_nonce(key, nonce.at, nonce.length, data.at, data.length, text.at, text.length,
                                                    sealed.at, sealed.length, got, E));
    CHECK_BYTES(expected.at, sealed.at, sealed.length);
    CHECK_BYTES(tag.at, got, 16);
    SUCCEEDS(pagecrypt_open_one(key, nonce.at, nonce.length, data.at, data.length, expected.at, expected.length, opened.at,
                                opened.length, tag.at, E));
    CHECK_BYTES(text.at, opened.at, text.length);
    pagecrypt_key_free(key);
    bytes *all[] = {&raw, &nonce, &data, &text, &expected, &tag, &sealed, &opened};
    for (size_t i = 0; i < LENGTH(all); i++) {
        bytes_free(all[i]);
    }
}

static void check_refusal(pagecrypt_cipher cipher, const json_t *vector) {
    bytes raw = bytes_of_member(vector, "key"), nonce = bytes_of_member(vector, "nonce"), data = bytes_of_member(vector, "ad");
    bytes sealed = bytes_of_member(vector, "ct"), tag = bytes_of_member(vector, "tag128");
    bytes opened = bytes_new(sealed.length, 0xee);
    pagecrypt_key *key = NULL;
    SUCCEEDS(pagecrypt_key_new(raw.at, raw.length, cipher, &key, E));
    FAILS(PAGECRYPT_ERROR_AUTHENTICATION_FAILED,
          pagecrypt_open_one(key, nonce.at, nonce.length, data.at, data.length, sealed.at, sealed.length, opened.at,
                             opened.length, tag.at, E));
    CHECK_FILLED(0, opened.at, opened.length);
    pagecrypt_key_free(key);
    bytes *all[] = {&raw, &nonce, &data, &sealed, &tag, &opened};
    for (size_t i = 0; i < LENGTH(all); i++) {
        bytes_free(all[i]);
    }
}

static void aegis_is_that_of_rfc_10032(void) {
    static const struct {
        const char *variant, *cipher;
        size_t sealings, refusals;
    } files[] = {
        {"128l", "aegis128l", 5, 4}, {"128x2", "aegis128x2", 2, 0}, {"128x4", "aegis128x4", 2, 0},
        {"256", "aegis256", 5, 4},   {"256x2", "aegis256x2", 2, 0}, {"256x4", "aegis256x4", 2, 0},
    };
    for (size_t f = 0; f < LENGTH(files); f++) {
        char name[64];
        snprintf(name, sizeof name, "aegis/aegis_draft_%s.json", files[f].variant);
        json_t *file = vectors_json(name);
        const json_t *sealings = json_object_get(file, "encrypt"), *refusals = json_object_get(file, "decrypt_must_fail");
        CHECK_EQUAL(files[f].sealings, json_array_size(sealings));
        CHECK_EQUAL(files[f].refusals, json_array_size(refusals));
        pagecrypt_cipher cipher = cipher_named(files[f].cipher);
        size_t i;
        const json_t *vector;
        json_array_foreach(sealings, i, vector) {
            check_context("%s, %s", files[f].cipher, text_of_member(vector, "name"));
            check_sealing(cipher, vector);
        }
        json_array_foreach(refusals, i, vector) {
            check_context("%s, %s", files[f].cipher, text_of_member(vector, "name"));
            check_refusal(cipher, vector);
        }
        json_decref(file);
    }
}

/* Section 2.8.2 of RFC 8439. */
static void chacha20poly1305_is_that_of_rfc_8439(void) {
    static const char text[] = "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
                               "sunscreen would be it.";
    bytes raw = bytes_from_hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
    bytes nonce = bytes_from_hex("070000004041424344454647"), data = bytes_from_hex("50515253c0c1c2c3c4c5c6c7");
    bytes expected = bytes_from_hex("d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92"
                                    "728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b"
                                    "4831d7bc3ff4def08e4b7a9de576d26586cec64b6116");
    bytes tag = bytes_from_hex("1ae10b594f09e26a7e902ecbd0600691");
    pagecrypt_key *key = NULL;
    uint8_t sealed[114], got[16];
    REQUIRE(strlen(text) == sizeof sealed && expected.length == sizeof sealed);
    SUCCEEDS(pagecrypt_key_new(raw.at, 32, PAGECRYPT_CHACHA20POLY1305, &key, E));
    SUCCEEDS(pagecrypt_seal_one_assume_unique_nonce(key, nonce.at, 12, data.at, data.length, (const uint8_t *)text, sizeof sealed,
                                                    sealed, sizeof sealed, got, E));
    CHECK_BYTES(expected.at, sealed, sizeof sealed);
    CHECK_BYTES(tag.at, got, 16);
    pagecrypt_key_free(key);
    bytes *all[] = {&raw, &nonce, &data, &expected, &tag};
    for (size_t i = 0; i < LENGTH(all); i++) {
        bytes_free(all[i]);
    }
}

/* The same by Nettle. */
static void seal_by_nettle(pagecrypt_cipher cipher, const uint8_t *key, const uint8_t *nonce, bytes data, bytes text, uint8_t *to,
                           uint8_t *tag) {
    if (cipher == PAGECRYPT_CHACHA20POLY1305) {
        struct chacha_poly1305_ctx context;
        chacha_poly1305_set_key(&context, key);
        chacha_poly1305_set_nonce(&context, nonce);
        chacha_poly1305_update(&context, data.length, data.at);
        chacha_poly1305_encrypt(&context, text.length, to, text.at);
        chacha_poly1305_digest(&context, 16, tag);
    } else if (cipher == PAGECRYPT_AES128GCM) {
        struct gcm_aes128_ctx context;
        gcm_aes128_set_key(&context, key);
        gcm_aes128_set_iv(&context, 12, nonce);
        gcm_aes128_update(&context, data.length, data.at);
        gcm_aes128_encrypt(&context, text.length, to, text.at);
        gcm_aes128_digest(&context, 16, tag);
    } else {
        struct gcm_aes256_ctx context;
        gcm_aes256_set_key(&context, key);
        gcm_aes256_set_iv(&context, 12, nonce);
        gcm_aes256_update(&context, data.length, data.at);
        gcm_aes256_encrypt(&context, text.length, to, text.at);
        gcm_aes256_digest(&context, 16, tag);
    }
}

static void aes_gcm_and_chacha20poly1305_are_those_of_nettle(void) {
    const pagecrypt_cipher ciphers[] = {PAGECRYPT_AES128GCM, PAGECRYPT_AES256GCM, PAGECRYPT_CHACHA20POLY1305};
    const size_t lengths[] = {0, 1, 15, 16, 17, 63, 64, 65, 127, 255, 256, 511, 1000, 4048, 65508};
    for (size_t c = 0; c < LENGTH(ciphers); c++) {
        uint8_t raw[32];
        for (size_t i = 0; i < sizeof raw; i++) {
            raw[i] = (uint8_t)i;
        }
        pagecrypt_key *key = sample_key(ciphers[c]);
        for (size_t i = 0; i < LENGTH(lengths); i++) {
            check_context("%s, %zu bytes", pagecrypt_cipher_name(ciphers[c]), lengths[i]);
            bytes text = sample_bytes(lengths[i], 1), data = sample_bytes(lengths[LENGTH(lengths) - 1 - i] % 300, 2);
            bytes expected = bytes_new(text.length, 0), sealed = bytes_new(text.length, 0);
            uint8_t nonce[12], tag[16], got[16];
            fill_pattern(nonce, sizeof nonce, (uint8_t)i);
            seal_by_nettle(ciphers[c], raw, nonce, data, text, expected.at, tag);
            SUCCEEDS(pagecrypt_seal_one_assume_unique_nonce(key, nonce, 12, data.at, data.length, text.at, text.length, sealed.at,
                                                            sealed.length, got, E));
            CHECK_BYTES(expected.at, sealed.at, sealed.length);
            CHECK_BYTES(tag, got, 16);
            bytes *all[] = {&text, &data, &expected, &sealed};
            for (size_t j = 0; j < LENGTH(all); j++) {
                bytes_free(all[j]);
            }
        }
        pagecrypt_key_free(key);
    }
}

static void pages_are_turso_s(void) {
    json_t *vectors = vectors_json("turso/page_vectors.json");
    CHECK_EQUAL(16, json_array_size(vectors));
    size_t index;
    const json_t *vector;
    json_array_foreach(vectors, index, vector) {
        const char *cipher = text_of_member(vector, "cipher");
        uint32_t number = (uint32_t)size_of_member(vector, "page_no");
        size_t size = size_of_member(vector, "page_size");
        check_context("%s, page %lu", cipher, (unsigned long)number);
        pagecrypt_key *key = key_from_hex(text_of_member(vector, "hexkey"), cipher);
        pagecrypt_page_codec *codec = NULL;
        SUCCEEDS(pagecrypt_page_codec_new_turso(key, size, &codec, E));
        bytes stored = bytes_of_member(vector, "encrypted_page"), plain = bytes_of_member(vector, "plain_page");
        REQUIRE(stored.length == size && plain.length == size);
        bytes opened = bytes_new(size, 0xee);
        SUCCEEDS(pagecrypt_open_pages_into(codec, number, stored.at, size, opened.at, size, E));
        CHECK_BYTES(plain.at, opened.at, size);

        /* Sealed as a message under the stored nonce, the plaintext gives the stored page. */
        size_t nonce = pagecrypt_cipher_nonce_length(cipher_named(cipher)), clear = number == 1 ? 100 : 0;
        size_t text = size - nonce - 16 - clear;
        SUCCEEDS(pagecrypt_seal_one_assume_unique_nonce(key, stored.at + size - nonce, nonce, stored.at, clear, plain.at + clear,
                                                        text, opened.at, text, opened.at + text, E));
        CHECK_BYTES(stored.at + clear, opened.at, text + 16);
        bytes_free(&stored);
        bytes_free(&plain);
        bytes_free(&opened);
        pagecrypt_page_codec_free(codec);
        pagecrypt_key_free(key);
    }
    json_decref(vectors);
}

static const check_test tests[] = {
    TEST(aegis_is_that_of_rfc_10032),
    TEST(chacha20poly1305_is_that_of_rfc_8439),
    TEST(aes_gcm_and_chacha20poly1305_are_those_of_nettle),
    TEST(pages_are_turso_s),
};
const check_suite known_answers_suite = SUITE("known_answers", tests);
