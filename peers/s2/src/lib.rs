//! One record by S2's own code and by ours: what the tests and the measurement here share.

use bytes::Bytes;
use pagecrypt::record::s2::{Envelope, StreamId};
use pagecrypt::record::{Place, RecordCodec, SealRecord};
use pagecrypt::{Cipher, Error, Key};
use s2_common::encryption::EncryptionSpec;
use s2_common::record::{Header, MeteredExt, Record};
use s2_storage::bash::Bash;
use s2_storage::record::{encode_stored_record, encrypt_record};

/// A stream under both.
pub struct Stream {
    pub spec: EncryptionSpec,
    /// S2's associated data.
    pub id: [u8; 32],
    pub codec: RecordCodec,
}

impl Stream {
    /// A stream encrypted by one of S2's two ciphers.
    pub fn new(cipher: Cipher, key: [u8; 32], basin: &str, stream: &str) -> Result<Self, Error> {
        let spec = match cipher {
            Cipher::Aes256Gcm => EncryptionSpec::aes256_gcm(key),
            _ => EncryptionSpec::aegis256(key),
        };
        let id = *Bash::delimited(&[basin.as_bytes(), stream.as_bytes()], 0).as_bytes();
        let codec = RecordCodec::s2(&Key::from_bytes(&key, cipher)?, StreamId::of(basin, stream)?)?;
        Ok(Self { spec, id, codec })
    }

    /// What S2 stores for a record.
    pub fn stored_by_s2(&self, record: Record) -> Bytes {
        encode_stored_record(encrypt_record(record.metered(), &self.spec, &self.id).as_ref())
    }

    /// What we store for envelopes, sealed as one batch.
    pub fn stored_by_us(&self, envelopes: &[Envelope<'_>]) -> Result<Vec<Vec<u8>>, Error> {
        let plaintexts = envelopes.iter().map(Envelope::encode).collect::<Result<Vec<_>, _>>()?;
        let place = Place::default();
        let mut records: Vec<_> =
            plaintexts.iter().map(|text| vec![0; self.codec.sealed_length(text.len(), &place)]).collect();
        let mut batch: Vec<_> = (plaintexts.iter().zip(&mut records))
            .map(|(plaintext, record)| SealRecord { plaintext, place, record })
            .collect();
        self.codec.seal_batch(&mut batch)?;
        (envelopes.iter().zip(&records))
            .map(|(envelope, record)| {
                let metered_size = envelope.metered_size();
                pagecrypt::record::s2::StoredRecord::Encrypted { metered_size, record }.encode()
            })
            .collect()
    }
}

/// A record of S2's types.
pub fn record_of_s2(headers: &[(Vec<u8>, Vec<u8>)], body: &[u8]) -> Record {
    let header = |(name, value): &(Vec<u8>, Vec<u8>)| Header {
        name: Bytes::copy_from_slice(name),
        value: Bytes::copy_from_slice(value),
    };
    let headers = headers.iter().map(header).collect();
    Record::try_from_parts(headers, Bytes::copy_from_slice(body)).expect("names are not empty")
}

/// The same as an envelope of ours.
pub fn envelope<'a>(headers: &'a [(Vec<u8>, Vec<u8>)], body: &'a [u8]) -> Envelope<'a> {
    let headers = headers.iter().map(|(name, value)| pagecrypt::record::s2::Header { name, value }).collect();
    Envelope { headers, body }
}
