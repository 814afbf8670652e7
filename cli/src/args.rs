//! What the command line takes.

use std::path::PathBuf;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, Command, Parser, ValueEnum, ValueHint};
use clap_complete::Shell;
use pagecrypt::{Cipher, Encoding, Engine, Error};

use crate::help;

pub(crate) mod record;

/// Encrypt, check and decrypt database files in Turso's page format.
#[derive(Debug, Parser)]
#[command(
    name = "pagecrypt",
    bin_name = "pagecrypt",
    version,
    after_long_help = help::ALL,
    after_help = help::ALL_SHORT,
    disable_help_subcommand = true,
    max_term_width = 100
)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) subcommand: Subcommand,
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Subcommand {
    Keygen(Keygen),
    Encrypt(Encrypt),
    Decrypt(Decrypt),
    Verify(Verify),
    Inspect(Inspect),
    Ciphers(Ciphers),
    Record(Box<record::Record>),
    Bench(Bench),
    Completions(Completions),
    Man(Man),
}

impl Subcommand {
    /// Whether results and errors are wanted as JSON.
    pub(crate) fn json(&self) -> bool {
        match self {
            Self::Keygen(args) => args.report.json,
            Self::Encrypt(args) => args.report.json,
            Self::Decrypt(args) => args.report.json,
            Self::Verify(args) => args.report.json,
            Self::Inspect(args) => args.json,
            Self::Ciphers(args) => args.json,
            Self::Record(args) => args.work.report().json,
            Self::Bench(args) => args.report.json,
            Self::Completions(_) | Self::Man(_) => false,
        }
    }
}

/// Make a new key from the operating system's random generator.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::KEYGEN)]
pub(crate) struct Keygen {
    /// Cipher that the key is for: it decides the key's length
    #[arg(long, value_name = "CIPHER", default_value = "aegis256", value_parser = CipherParser::All)]
    pub(crate) cipher: Cipher,
    /// How the key is written
    #[arg(long, value_name = "ENCODING", value_enum, default_value_t = KeyEncoding::Base64)]
    pub(crate) encoding: KeyEncoding,
    /// File to create, readable by its owner only (mode 0600); without it the key goes to standard output
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) out: Option<PathBuf>,
    /// Replace FILE where it exists: the key that it holds is lost
    #[arg(long, requires = "out")]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) report: Report,
}

/// Make an encrypted copy of a plain SQLite database.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::ENCRYPT)]
pub(crate) struct Encrypt {
    /// Plain SQLite database; rows that stand only in its -wal file are taken in
    #[arg(value_name = "SRC", value_hint = ValueHint::FilePath)]
    pub(crate) source: PathBuf,
    /// Encrypted database to create
    #[arg(value_name = "DST", value_hint = ValueHint::FilePath)]
    pub(crate) destination: PathBuf,
    /// Cipher; without it aegis256 for a key of 32 bytes, aegis128l for one of 16
    #[arg(long, value_name = "CIPHER", value_parser = CipherParser::Turso)]
    pub(crate) cipher: Option<Cipher>,
    /// Format of DST
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Turso)]
    pub(crate) format: Format,
    /// Replace DST where it exists
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) key: KeySource,
    #[command(flatten)]
    pub(crate) report: Report,
}

/// Make a plain SQLite copy of an encrypted database.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::DECRYPT)]
pub(crate) struct Decrypt {
    /// Encrypted database; the committed frames of its -wal file are taken in
    #[arg(value_name = "SRC", value_hint = ValueHint::FilePath)]
    pub(crate) source: PathBuf,
    /// Plain SQLite database to create
    #[arg(value_name = "DST", value_hint = ValueHint::FilePath)]
    pub(crate) destination: PathBuf,
    /// Rebuild DST without the bytes that encryption reserves at the end of each page
    #[arg(long)]
    pub(crate) compact: bool,
    /// Replace DST where it exists
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) key: KeySource,
    #[command(flatten)]
    pub(crate) report: Report,
}

/// Authenticate every page and WAL frame of an encrypted database.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::VERIFY)]
pub(crate) struct Verify {
    /// Encrypted database; its -wal file is checked too
    #[arg(value_name = "DB", value_hint = ValueHint::FilePath)]
    pub(crate) database: PathBuf,
    /// Threads to work with; without it as many as there are CPUs
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    #[command(flatten)]
    pub(crate) key: KeySource,
    #[command(flatten)]
    pub(crate) report: Report,
}

/// Tell what can be seen of an encrypted database without its key.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::INSPECT)]
pub(crate) struct Inspect {
    /// Encrypted database
    #[arg(value_name = "DB", value_hint = ValueHint::FilePath)]
    pub(crate) database: PathBuf,
    /// Print one JSON object, also on failure
    #[arg(long)]
    pub(crate) json: bool,
}

/// List the ciphers, their sizes and limits, and the engine that serves each on this CPU.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::CIPHERS)]
pub(crate) struct Ciphers {
    /// Print one JSON object, also on failure
    #[arg(long)]
    pub(crate) json: bool,
}

/// Measure how fast this CPU seals and opens pages and records under each cipher.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::BENCH)]
pub(crate) struct Bench {
    /// Cipher to measure; without it all of them
    #[arg(long, value_name = "CIPHER", value_parser = CipherParser::All)]
    pub(crate) cipher: Option<Cipher>,
    /// Best engine to use; without it the best that this CPU has
    #[arg(long, value_name = "ENGINE", value_parser = EngineParser)]
    pub(crate) engine: Option<Engine>,
    /// How long to measure, all ciphers together
    #[arg(long, value_name = "S", default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=3600))]
    pub(crate) seconds: u16,
    #[command(flatten)]
    pub(crate) report: Report,
}

/// Print a script that completes pagecrypt's arguments in a shell.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::COMPLETIONS)]
pub(crate) struct Completions {
    /// Shell
    #[arg(value_name = "SHELL", value_enum)]
    pub(crate) shell: Shell,
}

/// Write the man pages.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::MAN)]
pub(crate) struct Man {
    /// Folder to write them to; it must exist
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) out: PathBuf,
}

/// Where the key comes from. Never from the command line itself, which other users of the machine can see.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
#[command(next_help_heading = "Key (one of)")]
pub(crate) struct KeySource {
    /// File that holds the key as base64 or hexadecimal text
    #[arg(long = "key-file", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) file: Option<PathBuf>,
    /// Environment variable that holds the key as base64 or hexadecimal text
    #[arg(long = "key-env", value_name = "NAME")]
    pub(crate) environment: Option<String>,
    /// Read the key from standard input as base64 or hexadecimal text
    #[arg(long = "key-stdin")]
    pub(crate) standard_input: bool,
}

/// How the outcome is told.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct Report {
    /// Print one JSON object, also on failure
    #[arg(long)]
    pub(crate) json: bool,
    /// No progress, no report, no warnings: only errors
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum KeyEncoding {
    /// Standard base64 with padding: 24 or 44 characters
    Base64,
    /// Hexadecimal: 32 or 64 characters
    Hex,
}

impl KeyEncoding {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Base64 => "base64",
            Self::Hex => "hex",
        }
    }
}

impl From<KeyEncoding> for Encoding {
    fn from(encoding: KeyEncoding) -> Self {
        match encoding {
            KeyEncoding::Base64 => Self::Base64,
            KeyEncoding::Hex => Self::Hex,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    /// Turso's local encryption, byte for byte
    Turso,
}

/// Reads every spelling of a cipher's name that the library reads; completes the canonical ones.
#[derive(Debug, Clone, Copy)]
enum CipherParser {
    /// The whole catalogue.
    All,
    /// The ciphers that have a number in Turso's files.
    Turso,
}

impl CipherParser {
    fn admits(self, cipher: Cipher) -> bool {
        matches!(self, Self::All) || cipher != Cipher::ChaCha20Poly1305
    }

    fn read(self, text: &str) -> Result<Cipher, Error> {
        let cipher: Cipher = text.parse()?;
        if self.admits(cipher) {
            Ok(cipher)
        } else {
            Err(Error::InvalidArgument("Turso's files have no number for chacha20poly1305"))
        }
    }
}

impl TypedValueParser for CipherParser {
    type Value = Cipher;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Cipher, clap::Error> {
        let parser = *self;
        (move |text: &str| parser.read(text)).parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let admitted = Cipher::ALL.into_iter().filter(|cipher| self.admits(*cipher));
        Some(Box::new(admitted.map(|cipher| PossibleValue::new(cipher.name()))))
    }
}

/// Reads the names of engines that run here; completes all, since scripts and man pages are made for any CPU.
#[derive(Debug, Clone, Copy)]
struct EngineParser;

impl TypedValueParser for EngineParser {
    type Value = Engine;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Engine, clap::Error> {
        (|text: &str| text.parse::<Engine>()).parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(Engine::ALL.into_iter().map(|engine| PossibleValue::new(engine.name()))))
    }
}
