//! The facts of the nine ciphers and of the errors, written down a second time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pagecrypt::{Cipher, Engine, Error};

struct Facts {
    cipher: Cipher,
    number: u8,
    name: &'static str,
    hyphenated: &'static str,
    key: usize,
    nonce: usize,
    reserved: usize,
    max_message: u64,
    max_random_seals: Option<u64>,
}

const GCM_MESSAGE: u64 = 68_719_476_704; // 2^36 - 32
const AEGIS_MESSAGE: u64 = 2_305_843_009_213_693_951; // 2^61 - 1
const CHACHA_MESSAGE: u64 = 274_877_906_880; // 2^38 - 64
const SEALS_96: Option<u64> = Some(4_294_967_296); // 2^32
const SEALS_128: Option<u64> = Some(281_474_976_710_656); // 2^48

#[rustfmt::skip]
const FACTS: [Facts; 9] = [
    Facts { cipher: Cipher::Aes128Gcm, number: 1, name: "aes128gcm", hyphenated: "aes-128-gcm", key: 16, nonce: 12, reserved: 28, max_message: GCM_MESSAGE, max_random_seals: SEALS_96 },
    Facts { cipher: Cipher::Aes256Gcm, number: 2, name: "aes256gcm", hyphenated: "aes-256-gcm", key: 32, nonce: 12, reserved: 28, max_message: GCM_MESSAGE, max_random_seals: SEALS_96 },
    Facts { cipher: Cipher::Aegis256, number: 3, name: "aegis256", hyphenated: "aegis-256", key: 32, nonce: 32, reserved: 48, max_message: AEGIS_MESSAGE, max_random_seals: None },
    Facts { cipher: Cipher::Aegis256x2, number: 4, name: "aegis256x2", hyphenated: "aegis-256x2", key: 32, nonce: 32, reserved: 48, max_message: AEGIS_MESSAGE, max_random_seals: None },
    Facts { cipher: Cipher::Aegis256x4, number: 5, name: "aegis256x4", hyphenated: "aegis-256x4", key: 32, nonce: 32, reserved: 48, max_message: AEGIS_MESSAGE, max_random_seals: None },
    Facts { cipher: Cipher::Aegis128l, number: 6, name: "aegis128l", hyphenated: "aegis-128l", key: 16, nonce: 16, reserved: 32, max_message: AEGIS_MESSAGE, max_random_seals: SEALS_128 },
    Facts { cipher: Cipher::Aegis128x2, number: 7, name: "aegis128x2", hyphenated: "aegis-128x2", key: 16, nonce: 16, reserved: 32, max_message: AEGIS_MESSAGE, max_random_seals: SEALS_128 },
    Facts { cipher: Cipher::Aegis128x4, number: 8, name: "aegis128x4", hyphenated: "aegis-128x4", key: 16, nonce: 16, reserved: 32, max_message: AEGIS_MESSAGE, max_random_seals: SEALS_128 },
    Facts { cipher: Cipher::ChaCha20Poly1305, number: 9, name: "chacha20poly1305", hyphenated: "chacha20-poly1305", key: 32, nonce: 12, reserved: 28, max_message: CHACHA_MESSAGE, max_random_seals: SEALS_96 },
];

#[test]
fn the_catalogue_holds_the_nine_ciphers_with_these_facts() {
    assert_eq!(Cipher::ALL.map(Cipher::number), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for facts in FACTS {
        let cipher = facts.cipher;
        assert_eq!(cipher.number(), facts.number);
        assert_eq!(Cipher::from_number(facts.number).unwrap(), cipher);
        assert_eq!(cipher.name(), facts.name);
        assert_eq!(cipher.to_string(), facts.name);
        assert_eq!(cipher.hyphenated_name(), facts.hyphenated);
        assert_eq!(cipher.key_length(), facts.key, "{cipher}");
        assert_eq!(cipher.nonce_length(), facts.nonce, "{cipher}");
        assert_eq!(cipher.tag_length(), 16, "{cipher}");
        assert_eq!(cipher.reserved_length(), facts.reserved, "{cipher}");
        assert_eq!(cipher.max_message_length(), facts.max_message, "{cipher}");
        assert_eq!(cipher.max_random_seals(), facts.max_random_seals, "{cipher}");
    }
}

#[test]
fn names_are_read_in_any_case_joined_hyphenated_or_underscored() {
    for cipher in Cipher::ALL {
        let hyphenated = cipher.hyphenated_name();
        let underscored = hyphenated.replace('-', "_");
        let mixed = hyphenated.replacen('-', "_", 1);
        let half = hyphenated.replacen('-', "", 1);
        for name in [cipher.name(), hyphenated, &underscored, &mixed, &half] {
            assert_eq!(name.parse::<Cipher>().unwrap(), cipher, "{name}");
            assert_eq!(name.to_uppercase().parse::<Cipher>().unwrap(), cipher, "{name}");
        }
    }
}

#[test]
fn other_names_and_numbers_are_unknown_and_the_error_lists_what_there_is() {
    #[rustfmt::skip]
    let names = [
        "", " ", "aes", "aes256", "gcm", "aegis", "aegis-128", "aegis128", "aegis256x", "aegis256x3", "aegis-256-x2", "aegis--256",
        "-aegis256", "aegis256-", " aegis256", "aegis256 ", "aegis 256", "aes.256.gcm", "aes192gcm", "xchacha20poly1305",
        "chacha20", "ae-gis256", "a-e-s256gcm", "aegis256\0", "aegis２５６",
    ];
    for name in names {
        let Err(error) = name.parse::<Cipher>() else { panic!("{name:?} is a cipher") };
        assert!(matches!(error, Error::UnknownCipher), "{name:?}: {error}");
        assert!(Cipher::ALL.iter().all(|cipher| error.to_string().contains(cipher.name())), "{error}");
    }
    for number in [0, 10, 11, 128, 255] {
        assert!(matches!(Cipher::from_number(number), Err(Error::UnknownCipher)), "{number}");
    }
}

#[test]
fn the_default_cipher_follows_from_the_keys_length() {
    assert_eq!(Cipher::default_for_key_length(16).unwrap(), Cipher::Aegis128l);
    assert_eq!(Cipher::default_for_key_length(32).unwrap(), Cipher::Aegis256);
    for (got, nearest) in [(0, 16), (1, 16), (15, 16), (17, 16), (24, 32), (31, 32), (33, 32), (64, 32)] {
        let outcome = Cipher::default_for_key_length(got);
        assert!(
            matches!(outcome, Err(Error::KeyLength { expected, got: length }) if (expected, length) == (nearest, got)),
            "{got}: {outcome:?}"
        );
    }
}

#[test]
fn the_portable_engine_runs_everywhere_and_names_are_read_back() {
    let available: Vec<Engine> = pagecrypt::available_engines().collect();
    assert!(available.contains(&Engine::Portable) && available.contains(&Engine::RustCrypto));
    assert_eq!(
        Engine::ALL.map(Engine::name),
        [
            "portable",
            "rustcrypto",
            "aesni",
            "avx2",
            "vaes256",
            "avx512",
            "avx512ifma",
            "vaes512",
            "neon",
            "armv8"
        ]
    );
    for engine in Engine::ALL {
        assert_eq!(engine.is_available(), available.contains(&engine), "{engine}");
        for name in [engine.name().to_owned(), engine.name().to_uppercase()] {
            match name.parse::<Engine>() {
                Ok(read) => assert!(read == engine && engine.is_available(), "{name}"),
                Err(error) => {
                    assert!(
                        matches!(error, Error::UnknownEngine) && !engine.is_available(),
                        "{name}: {error}"
                    );
                }
            }
        }
    }
    for name in ["", "warp9", "aes-ni", "vaes", " portable", "portable "] {
        let Err(error) = name.parse::<Engine>() else { panic!("{name:?} is an engine") };
        assert!(matches!(error, Error::UnknownEngine), "{name:?}: {error}");
        assert!(available.iter().all(|engine| error.to_string().contains(engine.name())), "{error}");
    }
}
