//! 65 stored records of an encrypted stream of S2, commands among them.

use std::fs;

use pagecrypt::record::s2::{Command, Envelope, Header, Opened, StoredRecord, StreamId};
use pagecrypt::record::{Place as RecordPlace, RecordCodec};
use pagecrypt::{Cipher, Error};

use crate::records::{COUNT, Records, append, body};
use crate::{Failure, Outcome, Place, compare};

const NAMES: [&[u8]; 2] = [b"h0", b"h1"];

/// The codec, or none where S2 does not have the cipher.
fn codec(place: &Place) -> Result<Option<RecordCodec>, Failure> {
    let has = matches!(place.key.cipher(), Cipher::Aes256Gcm | Cipher::Aegis256);
    match RecordCodec::s2(&place.key, StreamId::of("matrix", "records")?) {
        Ok(_) if !has => Err("the format took a cipher that it does not have".into()),
        Err(Error::UnsupportedFormat(_)) if !has => Ok(None),
        codec => Ok(Some(codec?)),
    }
}

fn command(i: usize) -> Option<Command<'static>> {
    match i {
        7 => Some(Command::Fence("token")),
        _ if i % 8 == 7 => Some(Command::Trim(i as u64)),
        _ => None,
    }
}

/// Record i as it is encoded before it is sealed, with its metered size.
fn envelope(i: usize) -> Result<(Vec<u8>, u64), Failure> {
    let (value, body) = (vec![i as u8; i], body(i));
    let headers = NAMES.iter().take(i % 3).map(|name| Header { name, value: &value }).collect();
    let envelope = Envelope { headers, body: &body };
    Ok((envelope.encode()?, envelope.metered_size()))
}

pub(crate) fn write(place: &Place) -> Result<Outcome, Failure> {
    let Some(codec) = codec(place)? else { return Ok(Outcome::Refused) };
    let mut file = Vec::new();
    for i in 0..COUNT {
        let stored = if let Some(command) = command(i) {
            StoredRecord::Command(command).encode()?
        } else {
            let (envelope, metered_size) = envelope(i)?;
            let at = RecordPlace { sequence: Some(i as u64), ..RecordPlace::default() };
            let record = codec.seal(&envelope, &at)?;
            StoredRecord::Encrypted { metered_size, record: &record }.encode()?
        };
        append(&mut file, &[], &stored)?;
    }
    fs::write(place.path("records-s2", ""), file)?;
    Ok(Outcome::Ok)
}

pub(crate) fn read(place: &Place) -> Result<Outcome, Failure> {
    let Some(codec) = codec(place)? else { return Ok(Outcome::Refused) };
    let file = fs::read(place.path("records-s2", ""))?;
    let mut records = Records::of(&file);
    for (i, stored) in records.section()?.into_iter().enumerate() {
        let decoded = StoredRecord::decode(stored)?;
        match (decoded.open(&codec)?, command(i)) {
            (Opened::Command(got), Some(expected)) if got == expected => {
                // Nothing authenticates it, nor the size before it.
                compare(&format!("record {i}"), stored, &StoredRecord::Command(expected).encode()?)?;
            }
            (Opened::Envelope(got), None) => {
                let (expected, metered_size) = envelope(i)?;
                compare(&format!("record {i}"), &got, &expected)?;
                if decoded.metered_size() != metered_size {
                    return Err(format!("record {i} is metered at {}", decoded.metered_size()).into());
                }
            }
            (got, _) => return Err(format!("record {i} is {got:?}").into()),
        }
    }
    records.require_end()?;
    Ok(Outcome::Ok)
}
