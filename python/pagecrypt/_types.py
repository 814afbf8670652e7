"""What is taken where an enumeration is meant, for type checkers."""

from __future__ import annotations

from typing import Literal, Protocol, TypeAlias

from pagecrypt._enums import Cipher, Encoding, Engine, Format, Padding, RecordFormat

CipherLike: TypeAlias = Cipher | str
"""A cipher, or its name in any spelling."""
EngineLike: TypeAlias = Engine | str
"""An engine, or its name."""
EncodingLike: TypeAlias = Encoding | Literal["base64", "hex"]
"""An encoding, or its name."""
FormatLike: TypeAlias = Format | Literal["turso"]
"""A format, or its name."""
RecordFormatLike: TypeAlias = RecordFormat | Literal["s2", "bound"]
"""A format of records, or its name."""
PaddingLike: TypeAlias = Padding | Literal["none", "padme"]
"""A padding, or its name."""


class ArrowColumn(Protocol):
    """An Array or ChunkedArray of pyarrow, which has no types of its own."""

    @property
    def null_count(self) -> int:
        """How many rows are null."""
        ...

    def __len__(self) -> int: ...
