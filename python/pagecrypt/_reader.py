"""A PageReader as a raw file."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from pagecrypt._native import PageReader


class PageFile(io.RawIOBase):
    """The plain database of a reader as a raw file, with a position of its own. Closing it leaves the reader open."""

    def __init__(self, reader: PageReader) -> None:
        self._reader = reader
        self._position = 0

    def readable(self) -> bool:
        self._check_open()
        return True

    def seekable(self) -> bool:
        self._check_open()
        return True

    def tell(self) -> int:
        self._check_open()
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        self._check_open()
        if whence == os.SEEK_SET:
            position = offset
        elif whence == os.SEEK_CUR:
            position = self._position + offset
        elif whence == os.SEEK_END:
            position = self._reader.size + offset
        else:
            raise ValueError(f"invalid whence ({whence}, should be 0, 1 or 2)")
        if position < 0:
            raise ValueError(f"negative seek position {position}")
        self._position = position
        return position

    def readinto(self, buffer: Buffer, /) -> int:
        self._check_open()
        count = self._reader.read_into(self._position, buffer)
        self._position += count
        return count

    def write(self, buffer: Buffer, /) -> int:
        self._check_open()
        raise io.UnsupportedOperation("not writable")

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError("I/O operation on closed file")
