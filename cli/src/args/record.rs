//! What `pagecrypt record` takes.

use std::path::PathBuf;

use clap::{ValueEnum, ValueHint};
use pagecrypt::Cipher;
use pagecrypt::record::bound::Padding as EntryPadding;

use super::{CipherParser, Report};
use crate::help;

/// Seal or open records, from standard input to standard output.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::RECORD)]
pub(crate) struct Record {
    #[command(subcommand)]
    pub(crate) work: Work,
}

#[derive(Debug, clap::Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum Work {
    Seal(Seal),
    Open(Open),
}

impl Work {
    pub(crate) fn report(&self) -> &Report {
        match self {
            Self::Seal(args) => &args.report,
            Self::Open(args) => &args.report,
        }
    }

    pub(crate) fn records(&self) -> &Records {
        match self {
            Self::Seal(args) => &args.records,
            Self::Open(args) => &args.records,
        }
    }
}

/// Seal the records that standard input has.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::RECORD_SEAL)]
pub(crate) struct Seal {
    #[command(flatten)]
    pub(crate) records: Records,
    /// Type of the entries (store)
    #[arg(long = "type", value_name = "NAME")]
    pub(crate) type_name: Option<String>,
    /// Schema of the entries (store)
    #[arg(long, value_name = "NAME")]
    pub(crate) schema: Option<String>,
    /// How much of an entry's length its record hides (store)
    #[arg(long, value_name = "RULE", value_enum)]
    pub(crate) padding: Option<Padding>,
    #[command(flatten)]
    pub(crate) report: Report,
}

/// Open the records that standard input has.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::RECORD_OPEN)]
pub(crate) struct Open {
    #[command(flatten)]
    pub(crate) records: Records,
    #[command(flatten)]
    pub(crate) report: Report,
}

/// What both take.
#[derive(Debug, clap::Args)]
pub(crate) struct Records {
    /// Format of the records
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub(crate) format: RecordFormat,
    /// Cipher; without it aegis256 for s2, and for bound the one that fits the key: aegis256 or aegis128l
    #[arg(long, value_name = "CIPHER", value_parser = CipherParser::All)]
    pub(crate) cipher: Option<Cipher>,
    /// How records stand in standard input and output
    #[arg(long, value_name = "FRAMING", value_enum, default_value_t = Framing::One)]
    pub(crate) framing: Framing,
    /// Sequence number of the first record; it counts up from there
    #[arg(long, value_name = "N")]
    pub(crate) first_sequence: Option<u64>,
    /// Clock of every record that does not say its own (bound)
    #[arg(long, value_name = "N")]
    pub(crate) clock: Option<u64>,
    #[command(flatten)]
    pub(crate) context: ContextSource,
    #[command(flatten)]
    pub(crate) keys: RecordKeys,
}

/// What the records belong to.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "What the records belong to")]
pub(crate) struct ContextSource {
    /// S2's basin, with --stream (s2)
    #[arg(long, value_name = "NAME", requires = "stream", conflicts_with_all = ["stream_id", "store_id"])]
    pub(crate) basin: Option<String>,
    /// S2's stream, with --basin (s2)
    #[arg(long, value_name = "NAME", requires = "basin")]
    pub(crate) stream: Option<String>,
    /// Stream, by its id: 64 hexadecimal digits
    #[arg(long, value_name = "HEX", value_parser = hexadecimal::<32>, conflicts_with = "store_id")]
    pub(crate) stream_id: Option<[u8; 32]>,
    /// Writer of the stream, whose server assigns the positions: 32 hexadecimal digits (bound)
    #[arg(long, value_name = "HEX", value_parser = hexadecimal::<16>, requires = "stream_id")]
    pub(crate) writer_id: Option<[u8; 16]>,
    /// Store, by its id: 32 hexadecimal digits (bound)
    #[arg(long, value_name = "HEX", value_parser = hexadecimal::<16>, requires = "token_key_file")]
    pub(crate) store_id: Option<[u8; 16]>,
    /// File that holds the store's token key: 32 bytes as base64 or hexadecimal text (store)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "store_id")]
    pub(crate) token_key_file: Option<PathBuf>,
    /// Path of the entries that do not say their own (store)
    #[arg(long, value_name = "PATH", requires = "store_id")]
    pub(crate) path: Option<String>,
}

/// Keys of records. Standard input has the records, so no key comes from there.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Key")]
pub(crate) struct RecordKeys {
    /// File that holds the key as base64 or hexadecimal text (bound)
    #[arg(long = "key-file", value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "key_env")]
    pub(crate) key_file: Option<PathBuf>,
    /// Environment variable that holds the key as base64 or hexadecimal text (bound)
    #[arg(long = "key-env", value_name = "NAME")]
    pub(crate) key_env: Option<String>,
    /// File that holds a key under which records are opened but never sealed; may be given again (bound)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) decrypt_only_key_file: Vec<PathBuf>,
    /// File that holds the stream's key as base64 text; without it $S2_ENCRYPTION_KEY (s2)
    #[arg(
        long,
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        conflicts_with_all = ["key_file", "key_env", "decrypt_only_key_file"]
    )]
    pub(crate) encryption_key_file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RecordFormat {
    /// S2's stored records, byte for byte
    S2,
    /// Records that are bound to their place
    Bound,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Framing {
    /// All of it is one record
    One,
    /// Each record stands behind its length: 4 bytes, big endian
    Length,
    /// Each record is a JSON object on a line of its own
    JsonLines,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Padding {
    /// Nothing
    None,
    /// All but its size class: entries grow by 12 % at most
    Padme,
}

impl From<Padding> for EntryPadding {
    fn from(padding: Padding) -> Self {
        match padding {
            Padding::None => Self::None,
            Padding::Padme => Self::Padme,
        }
    }
}

/// Bytes from twice as many hexadecimal digits.
pub(crate) fn hexadecimal<const LENGTH: usize>(text: &str) -> Result<[u8; LENGTH], String> {
    let expected = || format!("{} hexadecimal digits are expected", 2 * LENGTH);
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len() == 2 * LENGTH).ok_or_else(expected)?;
    let mut bytes = [0; LENGTH];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = pair.iter().fold(0, |byte, digit| byte << 4 | digit);
    }
    Ok(bytes)
}
