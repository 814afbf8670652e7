"""Exceptions: one class for each error of libpagecrypt's closed list that can occur."""

from __future__ import annotations

import enum
import errno
import os
from typing import ClassVar, Self

from pagecrypt import _native
from pagecrypt._enums import Cipher, LockedBy, Unit

_EXIT_CODES = {number: exit_code for _, number, exit_code in _native.error_rows()}


class ErrorCode(enum.IntEnum):
    """The stable numbers of errors, the same in every language."""

    UNKNOWN_CIPHER = 1
    UNKNOWN_ENGINE = 2
    KEY_LENGTH = 3
    KEY_TEXT = 4
    KEY_REQUIRED = 5
    WRONG_KEY = 6
    WRONG_PASSPHRASE = 7
    UNKNOWN_KEY_ID = 8
    WRONG_STORE = 9
    AUTHENTICATION_FAILED = 10
    NOT_ENCRYPTED = 11
    UNSUPPORTED_FORMAT = 12
    MALFORMED = 13
    CIPHER_MISMATCH = 14
    PAGE_SIZE = 15
    PAGE_NUMBER = 16
    SEQUENCE = 17
    METERED_SIZE = 18
    BUFFER_LENGTH = 19
    INVALID_ARGUMENT = 20
    OVERLAP = 21
    MESSAGE_TOO_LONG = 22
    USAGE_LIMIT = 23
    POLICY = 24
    INVITE_EXPIRED = 25
    INVITE_USED = 26
    INVITE_MALFORMED = 27
    FILE_EXISTS = 28
    FILE_PERMISSIONS = 29
    LOCKED = 30
    CHANGING = 31
    CANCELLED = 32
    RANDOM_SOURCE = 33
    IO = 34
    INTERNAL = 35

    exit_code: int
    """The exit code of the command line."""

    def __new__(cls, value: int) -> Self:
        code = int.__new__(cls, value)
        code._value_ = value
        code.exit_code = _EXIT_CODES[value]
        return code


class PagecryptError(Exception):
    """What went wrong. Never holds key material or plaintext."""

    code: ClassVar[ErrorCode]
    """The stable number."""
    name: ClassVar[str]
    """The name that every language uses, for example wrong_key."""

    def __init_subclass__(cls, code: ErrorCode | None = None) -> None:
        super().__init_subclass__()
        if code is not None:
            cls.code = code
            cls.name = code.name.lower()
            CLASSES[code] = cls

    def __init__(self, message: str = "") -> None:
        super().__init__(message)


CLASSES: dict[int, type[PagecryptError]] = {}
"""The class of each code; the native module looks here."""


class UnknownCipherError(PagecryptError, ValueError, code=ErrorCode.UNKNOWN_CIPHER):
    """No cipher has this name or number."""


class UnknownEngineError(PagecryptError, ValueError, code=ErrorCode.UNKNOWN_ENGINE):
    """No engine has this name, or it does not run on this CPU."""


class _LengthError(PagecryptError, ValueError):
    expected: int
    """The length that was needed, in bytes."""
    got: int
    """The length that was given, in bytes."""

    def __init__(self, message: str = "", *, expected: int = 0, got: int = 0) -> None:
        super().__init__(message)
        self.expected = expected
        self.got = got


class KeyLengthError(_LengthError, code=ErrorCode.KEY_LENGTH):
    """The key has another length than its cipher needs."""


class KeyTextError(PagecryptError, ValueError, code=ErrorCode.KEY_TEXT):
    """The text is not a key in base64 or hexadecimal; for S2, in base64."""

    got: int | None
    """How many characters there were, where no key has so many."""

    def __init__(self, message: str = "", *, got: int | None = None) -> None:
        super().__init__(message)
        self.got = got


class KeyRequiredError(PagecryptError, code=ErrorCode.KEY_REQUIRED):
    """The data is encrypted, and no key was given."""


class WrongKeyError(PagecryptError, code=ErrorCode.WRONG_KEY):
    """The key does not belong to the file."""

    only_page: bool
    """Whether the file has one page only, which may be damaged instead."""

    def __init__(self, message: str = "", *, only_page: bool = False) -> None:
        super().__init__(message)
        self.only_page = only_page


class UnknownKeyIdError(PagecryptError, code=ErrorCode.UNKNOWN_KEY_ID):
    """No key that was given has the id that the record names: its key is unknown, which says nothing of the record."""


class AuthenticationError(PagecryptError, code=ErrorCode.AUTHENTICATION_FAILED):
    """Pages, frames or messages are damaged, forged, out of their place, or sealed under another key."""

    unit: Unit
    """What is counted."""
    numbers: tuple[int, ...]
    """Those that failed, ascending. Functions over whole files list the first 65536, and all in a report."""
    first: int
    """The first that failed."""
    count: int
    """How many failed."""

    def __init__(
        self,
        message: str = "",
        *,
        unit: Unit | str = Unit.MESSAGE,
        numbers: tuple[int, ...] = (),
        first: int = 0,
        count: int = 0,
    ) -> None:
        super().__init__(message)
        self.unit = Unit(unit)
        self.numbers = numbers
        self.first = first
        self.count = count

    @property
    def page(self) -> int | None:
        """The first page that failed, from 1, where pages are counted."""
        return self.first if self.unit is Unit.PAGE else None

    @property
    def frame(self) -> int | None:
        """The first frame that failed, from 1, where frames are counted."""
        return self.first if self.unit is Unit.FRAME else None

    @property
    def index(self) -> int | None:
        """The first message that failed, from 0, where messages are counted."""
        return self.first if self.unit is Unit.MESSAGE else None


class NotEncryptedError(PagecryptError, code=ErrorCode.NOT_ENCRYPTED):
    """The data is plain."""


class UnsupportedFormatError(PagecryptError, code=ErrorCode.UNSUPPORTED_FORMAT):
    """The format or its version is not supported."""


class MalformedError(PagecryptError, code=ErrorCode.MALFORMED):
    """The data does not have the form that its format demands."""


class CipherMismatchError(PagecryptError, code=ErrorCode.CIPHER_MISMATCH):
    """The data was sealed with another cipher than the key's."""

    expected: Cipher | None
    """The key's cipher."""
    got: Cipher | None
    """The cipher that the data names."""

    def __init__(self, message: str = "", *, expected: Cipher | None = None, got: Cipher | None = None) -> None:
        super().__init__(message)
        self.expected = expected
        self.got = got


class PageSizeError(PagecryptError, ValueError, code=ErrorCode.PAGE_SIZE):
    """Not a page size: a power of two from 512 to 65536 bytes."""

    got: int
    """What was given."""

    def __init__(self, message: str = "", *, got: int = 0) -> None:
        super().__init__(message)
        self.got = got


class PageNumberError(PagecryptError, ValueError, code=ErrorCode.PAGE_NUMBER):
    """Page numbers start at 1 and end at 4294967294, or where the database ends."""


class MeteredSizeError(PagecryptError, code=ErrorCode.METERED_SIZE):
    """A record of S2 was opened, and is metered at another size than was stored beside it."""

    stored: int
    """The size that was stored, unauthenticated, in bytes."""
    actual: int
    """The size of what was opened, in bytes."""

    def __init__(self, message: str = "", *, stored: int = 0, actual: int = 0) -> None:
        super().__init__(message)
        self.stored = stored
        self.actual = actual


class BufferLengthError(_LengthError, code=ErrorCode.BUFFER_LENGTH):
    """A buffer has another length than the operation needs; for a run of pages, `expected` is the page size."""


class InvalidArgumentError(PagecryptError, ValueError, code=ErrorCode.INVALID_ARGUMENT):
    """An argument has a value that the operation cannot take."""


class OverlapError(PagecryptError, ValueError, code=ErrorCode.OVERLAP):
    """Buffers overlap; they have to begin with the same byte, or be apart."""


class MessageTooLongError(PagecryptError, ValueError, code=ErrorCode.MESSAGE_TOO_LONG):
    """The message is longer than the cipher allows."""


class UsageLimitError(PagecryptError, code=ErrorCode.USAGE_LIMIT):
    """The key has sealed as many messages as its cipher allows under random nonces."""


class _SystemError(PagecryptError, OSError):
    """What the operating system refused: `errno` (None where it gave none), `strerror`, `filename`."""

    def __init__(
        self,
        number: int | None = None,
        text: str | None = None,
        filename: str | None = None,
        *,
        message: str | None = None,
    ) -> None:
        OSError.__init__(self, number, text, filename)
        self._message = message

    def __str__(self) -> str:
        return OSError.__str__(self) if self._message is None else self._message

    @classmethod
    def _of_system(cls, number: int | None, text: str, filename: str, *, message: str) -> _SystemError:
        made = _KINDS.get(number, cls) if cls is InputOutputError else cls
        return made(number, text if number is None else os.strerror(number), filename, message=message)


class DestinationExistsError(_SystemError, FileExistsError, code=ErrorCode.FILE_EXISTS):
    """The destination is there already."""


class FilePermissionsError(_SystemError, PermissionError, code=ErrorCode.FILE_PERMISSIONS):
    """The operating system does not permit it."""


class LockedError(PagecryptError, code=ErrorCode.LOCKED):
    """Another program or library uses the database, or a crashed one left it to be recovered first."""

    locked_by: LockedBy
    """What stands in the way."""

    def __init__(self, message: str = "", *, locked_by: LockedBy | str = LockedBy.WRITER) -> None:
        super().__init__(message)
        self.locked_by = LockedBy(locked_by)


class CancelledError(PagecryptError, code=ErrorCode.CANCELLED):
    """The progress function returned False."""


class RandomSourceError(PagecryptError, code=ErrorCode.RANDOM_SOURCE):
    """The operating system's random generator failed."""


class InputOutputError(_SystemError, code=ErrorCode.IO):
    """Reading or writing failed."""


class NotFoundError(InputOutputError, FileNotFoundError):
    """There is no such file."""


class IsDirectoryError(InputOutputError, IsADirectoryError):
    """A folder stands where a file was wanted."""


class NotDirectoryError(InputOutputError, NotADirectoryError):
    """A file stands where a folder was wanted."""


class InternalError(PagecryptError, RuntimeError, code=ErrorCode.INTERNAL):
    """A defect of libpagecrypt; please report it."""


_KINDS: dict[int | None, type[InputOutputError]] = {
    errno.ENOENT: NotFoundError,
    errno.EISDIR: IsDirectoryError,
    errno.ENOTDIR: NotDirectoryError,
}
