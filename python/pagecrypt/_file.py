"""What the functions over whole files give. `dataclasses.asdict` makes JSON-able things of it."""

import copy
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from pagecrypt._enums import Cipher, Engine, FileFormat, Way
from pagecrypt._errors import PagecryptError
from pagecrypt._wal import WalHeader


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What was made of a database, and how. Lengths are in bytes."""

    cipher: Cipher
    """The cipher of the encrypted file."""
    engine: Engine
    """The engine that did it."""
    way: Way
    """How it was done."""
    source_page_size: int
    """Length of a page of the source."""
    page_size: int
    """Length of a page of the new file: the source's, but where that is too small."""
    pages: int
    """How many pages the new file has."""
    frames_applied: int
    """How many frames of the write-ahead log were taken in; 0 of encrypt_file, where SQLite does it."""

    @property
    def bytes(self) -> int:
        """Length of the new file."""
        return self.pages * self.page_size

    @property
    def grew(self) -> bool:
        """Whether the pages had to become larger: SQLite wants 480 usable bytes in each."""
        return self.page_size > self.source_page_size


class NumberRange(NamedTuple):
    """The numbers from `first` to `last`, both included."""

    first: int
    last: int


@dataclass(frozen=True, kw_only=True)
class LogReport:
    """What is right and wrong with a database's write-ahead log."""

    frames: int
    """How many whole frames there are."""
    committed: int
    """How many of them, from the first, are part of the database."""
    uncommitted: int
    """How many follow that no commit ended."""
    stale: int
    """How many are left over from before a checkpoint; they count for nothing."""
    torn_bytes: int
    """Bytes behind the last whole frame."""
    damaged: tuple[NumberRange, ...]
    """Frames, from 1, that are damaged, forged, or not in their place."""
    problem: str | None
    """What is wrong with the log's header, so that it cannot be applied."""


@dataclass(frozen=True, kw_only=True)
class VerifyReport:
    """What is right and wrong with an encrypted database. Ranges are ascending and do not touch."""

    intact: bool
    """Whether nothing is damaged."""
    cipher: Cipher
    """The cipher that opens it."""
    engine: Engine
    """The engine that opened it."""
    page_size: int
    """Length of a page, in bytes."""
    pages: int
    """How many pages the database has, its write-ahead log applied."""
    pages_checked: int
    """How many whole pages of the main file were checked."""
    damaged_header: tuple[str, ...]
    """Fields of page 1's header that are damaged: with them put right, page 1 opens."""
    damaged_pages: tuple[NumberRange, ...]
    """Pages of the main file that are damaged or forged, whether or not the log replaces them."""
    missing_pages: tuple[NumberRange, ...]
    """Pages that the database has, and neither the file nor the log holds: the file was cut."""
    surplus_pages: tuple[NumberRange, ...]
    """Whole pages behind the database's last one that open under the key: left over, and no damage."""
    foreign_pages: tuple[NumberRange, ...]
    """Whole pages behind the database's last one that are not its own."""
    trailing_bytes: int
    """Bytes behind the last whole page that do not belong to the database."""
    log: LogReport | None
    """The write-ahead log, where there is one."""
    findings: tuple[str, ...]
    """Everything that is damaged, a sentence each."""

    @property
    def error(self) -> PagecryptError | None:
        """The damage as one error, the gravest first; None where nothing is damaged."""
        return vars(self).get("_error")

    def require_intact(self) -> None:
        """Raises `error` where there is one."""
        if self.error is not None:
            raise copy.copy(self.error)

    @classmethod
    def _with_error(cls, error: PagecryptError | None, **fields: Any) -> Self:
        report = cls(**fields)
        object.__setattr__(report, "_error", error)
        return report


@dataclass(frozen=True, kw_only=True)
class LogInspection:
    """What can be seen of a write-ahead log without a key."""

    length: int
    """Length of the file, in bytes."""
    header: WalHeader | None
    """Its header, where it is sound and belongs to the database."""
    problem: str | None
    """What is wrong with the header."""
    frames: int
    """How many whole frames there are."""
    committed: int
    """How many of them, from the first, hold together and end in a commit."""
    stale: int
    """How many are left over from before a checkpoint."""
    committed_pages: int | None
    """How many pages the database has when the log is applied."""
    torn_bytes: int
    """Bytes behind the last whole frame."""


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What can be seen of a database without a key. Nothing of it is authenticated."""

    format: FileFormat
    """What kind of file it is."""
    version: int | None
    """The format's version."""
    cipher: Cipher | None
    """The cipher, where the header names one."""
    page_size: int | None
    """Length of a page in bytes, where the header names one."""
    reserved_length: int | None
    """Reserved bytes of each page, as the header has them."""
    length: int
    """Length of the file, in bytes."""
    pages: int | None
    """How many whole pages the file holds."""
    header_pages: int | None
    """How many pages the header says there are."""
    trailing_bytes: int | None
    """Bytes behind the last whole page."""
    problem: str | None
    """What is wrong with the header."""
    log: LogInspection | None
    """The write-ahead log, where there is one and the page size is known."""
    hot_journal: bool
    """Whether a program that stopped left a journal that must be rolled back."""
