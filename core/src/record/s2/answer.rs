//! What S2 answers where one of our errors is met.

use crate::error::ErrorCode;

/// An HTTP status and the code in its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// The status, for example 422.
    pub http: u16,
    /// The code, for example `invalid`.
    pub code: &'static str,
}

/// What S2 answers to a request, as it is documented and as its open-source server does it. They differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// As S2's documentation has it; `None` where it does not say.
    pub documented: Option<Status>,
    /// As `s2-lite` 0.43 answers.
    pub lite: Status,
}

/// What S2 answers where sealing, opening or reading a key gives an error of this code; `None` for those that no request to
/// S2 has.
#[must_use]
pub fn answer(code: ErrorCode) -> Option<Answer> {
    const INVALID: Status = Status { http: 422, code: "invalid" };
    const BAD_HEADER: Status = Status { http: 400, code: "bad_header" };
    const DECRYPTION_FAILED: Status = Status { http: 400, code: "decryption_failed" };
    const STORAGE: Status = Status { http: 500, code: "storage" };
    let (documented, lite) = match code {
        ErrorCode::KeyRequired | ErrorCode::KeyText | ErrorCode::KeyLength => (Some(INVALID), BAD_HEADER),
        ErrorCode::AuthenticationFailed => (Some(DECRYPTION_FAILED), DECRYPTION_FAILED),
        ErrorCode::UsageLimit => (Some(INVALID), INVALID),
        // What the request says is checked before anything is sealed.
        ErrorCode::InvalidArgument => (None, INVALID),
        // What lies in storage is not what the server itself has put there.
        ErrorCode::CipherMismatch
        | ErrorCode::NotEncrypted
        | ErrorCode::UnsupportedFormat
        | ErrorCode::Malformed
        | ErrorCode::MeteredSize => (None, STORAGE),
        _ => return None,
    };
    Some(Answer { documented, lite })
}
