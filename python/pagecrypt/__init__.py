"""Authenticated encryption for database pages, messages and whole SQLite files.

Key holds a secret, PageCodec seals and opens pages and frames of write-ahead logs, Aead messages; encrypt_file,
decrypt_file, verify_file and inspect_file work on whole databases in Turso's format, and PageReader reads one. Every
error is a PagecryptError, and where Python has a fitting class (ValueError, OSError, ...) also that.
"""

from __future__ import annotations

from pagecrypt._enums import (
    ByteOrder,
    Cipher,
    Encoding,
    Engine,
    FileFormat,
    Format,
    LockedBy,
    Unit,
    Way,
    ciphers,
    engines,
)
from pagecrypt._errors import (
    AuthenticationError,
    BufferLengthError,
    CancelledError,
    CipherMismatchError,
    DestinationExistsError,
    ErrorCode,
    FilePermissionsError,
    InputOutputError,
    InternalError,
    InvalidArgumentError,
    IsDirectoryError,
    KeyLengthError,
    KeyRequiredError,
    KeyTextError,
    LockedError,
    MalformedError,
    MessageTooLongError,
    NotDirectoryError,
    NotEncryptedError,
    NotFoundError,
    OverlapError,
    PagecryptError,
    PageNumberError,
    PageSizeError,
    RandomSourceError,
    UnknownCipherError,
    UnknownEngineError,
    UnsupportedFormatError,
    UsageLimitError,
    WrongKeyError,
)
from pagecrypt._file import Inspection, LogInspection, LogReport, NumberRange, Summary, VerifyReport
from pagecrypt._native import (
    PENDING_BYTE,
    TAG_LENGTH,
    WAL_FRAME_HEADER_LENGTH,
    WAL_HEADER_LENGTH,
    Aead,
    Key,
    PageCodec,
    PageReader,
    WalChain,
    __version__,
    decrypt_file,
    encrypt_file,
    inspect_file,
    pending_byte_page,
    verify_file,
)
from pagecrypt._types import CipherLike, EncodingLike, EngineLike, FormatLike
from pagecrypt._wal import TursoHeader, WalFrameHeader, WalHeader

__all__ = [
    "PENDING_BYTE",
    "TAG_LENGTH",
    "WAL_FRAME_HEADER_LENGTH",
    "WAL_HEADER_LENGTH",
    "Aead",
    "AuthenticationError",
    "BufferLengthError",
    "ByteOrder",
    "CancelledError",
    "Cipher",
    "CipherLike",
    "CipherMismatchError",
    "DestinationExistsError",
    "Encoding",
    "EncodingLike",
    "Engine",
    "EngineLike",
    "ErrorCode",
    "FileFormat",
    "FilePermissionsError",
    "Format",
    "FormatLike",
    "InputOutputError",
    "Inspection",
    "InternalError",
    "InvalidArgumentError",
    "IsDirectoryError",
    "Key",
    "KeyLengthError",
    "KeyRequiredError",
    "KeyTextError",
    "LockedBy",
    "LockedError",
    "LogInspection",
    "LogReport",
    "MalformedError",
    "MessageTooLongError",
    "NotDirectoryError",
    "NotEncryptedError",
    "NotFoundError",
    "NumberRange",
    "OverlapError",
    "PageCodec",
    "PageNumberError",
    "PageReader",
    "PageSizeError",
    "PagecryptError",
    "RandomSourceError",
    "Summary",
    "TursoHeader",
    "Unit",
    "UnknownCipherError",
    "UnknownEngineError",
    "UnsupportedFormatError",
    "UsageLimitError",
    "VerifyReport",
    "WalChain",
    "WalFrameHeader",
    "WalHeader",
    "Way",
    "WrongKeyError",
    "__version__",
    "ciphers",
    "decrypt_file",
    "encrypt_file",
    "engines",
    "inspect_file",
    "pending_byte_page",
    "verify_file",
]


def _settle() -> None:
    """Gives what is public the name under which users find it: in messages, in help and in pickles."""
    for name in __all__:
        thing = globals()[name]
        if getattr(thing, "__module__", "").startswith(f"{__name__}."):
            thing.__module__ = __name__


_settle()
