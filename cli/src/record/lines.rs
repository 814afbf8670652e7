//! Lines of JSON, as they are read.

use std::fmt;

use base64ct::{Base64, Encoding as _};
use pagecrypt::Error;
use serde::de::{self, Deserialize, DeserializeOwned, Deserializer, Visitor};
use zeroize::Zeroizing;

use crate::args::record::hexadecimal;

/// The object on a line.
pub(super) fn parse<T: DeserializeOwned>(line: &[u8]) -> Result<T, Error> {
    // What serde_json says of it could repeat a secret.
    serde_json::from_slice(line)
        .map_err(|_| Error::Malformed("the line is not the JSON object that is expected"))
}

/// A body, plaintext or record: base64 in JSON.
pub(super) struct Bytes(pub(super) Zeroizing<Vec<u8>>);

/// A path, type or schema.
pub(super) struct Text(pub(super) Zeroizing<String>);

/// A token: hexadecimal in JSON.
pub(super) struct Token(pub(super) [u8; 32]);

macro_rules! from_text {
    ($name:ident, $expected:literal, $read:expr) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Reader;
                impl Visitor<'_> for Reader {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expected)
                    }

                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$name, E> {
                        let read: fn(&str) -> Option<$name> = $read;
                        read(text).ok_or_else(|| E::custom($expected))
                    }
                }
                deserializer.deserialize_str(Reader)
            }
        }
    };
}

from_text!(Bytes, "standard base64 with padding", |text| {
    let mut bytes = Zeroizing::new(vec![0; text.len() / 4 * 3]);
    let length = Base64::decode(text, &mut bytes).ok()?.len();
    bytes.truncate(length);
    Some(Bytes(bytes))
});
from_text!(Text, "text", |text| Some(Text(Zeroizing::new(text.to_owned()))));
from_text!(Token, "64 hexadecimal digits", |text| hexadecimal(text).ok().map(Token));

/// A sealed record, from a line.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sealed {
    pub(super) record: Bytes,
    pub(super) sequence: Option<u64>,
    pub(super) token: Option<Token>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_canonical_base64_is_read() {
        assert_eq!(*parse::<Bytes>(b"\"AAH/\"").unwrap().0, [0, 1, 255]);
        assert!(parse::<Bytes>(b"\"\"").unwrap().0.is_empty());
        for wrong in ["\"AAH\"", "\"AA==A\"", "\"AB==\"", "\"A A=\"", "\"=\"", "7", "null"] {
            assert!(matches!(parse::<Bytes>(wrong.as_bytes()), Err(Error::Malformed(_))), "{wrong}");
        }
    }

    #[test]
    fn a_sealed_record_has_no_members_that_nobody_knows() {
        assert!(parse::<Sealed>(br#"{"record":"AA=="}"#).is_ok());
        for wrong in
            [r#"{"record":"AA==","plaintext":""}"#, "{}", "[]", "", r#"{"record":"AA==","token":"00"}"#]
        {
            assert!(parse::<Sealed>(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
