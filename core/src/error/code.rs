//! Stable numbers of the errors.

use core::fmt;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $text:literal, exit $exit:literal;)*) => {
        /// An error's stable number and name. A number is never reused; those without a matching
        /// [`Error`](crate::Error) variant are reserved for capabilities to come.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #[repr(u16)]
        pub enum ErrorCode { $($(#[$doc])* $name = $number,)* }

        impl ErrorCode {
            /// Every code, in the order of the numbers.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The name that every language and `--json` use, for example `wrong_key`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The exit code of the command line.
            #[must_use]
            pub const fn exit_code(self) -> u8 {
                match self { $(Self::$name => $exit,)* }
            }

            /// The stable number.
            #[must_use]
            pub const fn number(self) -> u16 {
                self as u16
            }
        }
    };
}

codes! {
    /// No such cipher.
    UnknownCipher = 1, "unknown_cipher", exit 2;
    /// No such engine, or not on this CPU.
    UnknownEngine = 2, "unknown_engine", exit 2;
    /// Wrong length of a key.
    KeyLength = 3, "key_length", exit 6;
    /// Text that is not a key.
    KeyText = 4, "key_text", exit 6;
    /// Encrypted, and no key given.
    KeyRequired = 5, "key_required", exit 7;
    /// Another key.
    WrongKey = 6, "wrong_key", exit 3;
    /// Another passphrase.
    WrongPassphrase = 7, "wrong_passphrase", exit 3;
    /// A key id that the keyring does not know.
    UnknownKeyId = 8, "unknown_key_id", exit 3;
    /// A key of another store.
    WrongStore = 9, "wrong_store", exit 3;
    /// Damaged or forged pages, frames or messages.
    AuthenticationFailed = 10, "authentication_failed", exit 4;
    /// Plain data.
    NotEncrypted = 11, "not_encrypted", exit 5;
    /// A format or version from elsewhere or from the future.
    UnsupportedFormat = 12, "unsupported_format", exit 5;
    /// Data without the form its format demands.
    Malformed = 13, "malformed", exit 4;
    /// Sealed with another cipher.
    CipherMismatch = 14, "cipher_mismatch", exit 4;
    /// Not a page size.
    PageSize = 15, "page_size", exit 2;
    /// Not a page number.
    PageNumber = 16, "page_number", exit 2;
    /// A record at another sequence number.
    Sequence = 17, "sequence", exit 4;
    /// A record of another metered size.
    MeteredSize = 18, "metered_size", exit 4;
    /// A buffer of the wrong length.
    BufferLength = 19, "buffer_length", exit 2;
    /// A null pointer or an argument out of range.
    InvalidArgument = 20, "invalid_argument", exit 2;
    /// Source and destination overlap.
    Overlap = 21, "overlap", exit 2;
    /// Longer than the cipher allows.
    MessageTooLong = 22, "message_too_long", exit 2;
    /// The key is used up.
    UsageLimit = 23, "usage_limit", exit 6;
    /// Not allowed by the caller's policy.
    Policy = 24, "policy", exit 2;
    /// An invite past its date.
    InviteExpired = 25, "invite_expired", exit 6;
    /// An invite that was answered before.
    InviteUsed = 26, "invite_used", exit 6;
    /// A text that is not an invite.
    InviteMalformed = 27, "invite_malformed", exit 6;
    /// The destination is there already.
    FileExists = 28, "file_exists", exit 1;
    /// Not permitted by the operating system, or a key file that others may read.
    FilePermissions = 29, "file_permissions", exit 1;
    /// In use by another program, or waiting for recovery.
    Locked = 30, "locked", exit 8;
    /// An unfinished conversion.
    Changing = 31, "changing", exit 8;
    /// Stopped on the caller's wish.
    Cancelled = 32, "cancelled", exit 1;
    /// No randomness from the operating system.
    RandomSource = 33, "random_source", exit 1;
    /// Reading or writing failed.
    Io = 34, "io", exit 1;
    /// A defect of this library.
    Internal = 35, "internal", exit 1;
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
