"""Every kind of object that gives its memory as a buffer."""

from __future__ import annotations

import array
import ctypes
import mmap
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]

Make = Callable[[bytes], Any]


def ctypes_array(content: bytes) -> Any:
    return (ctypes.c_ubyte * len(content)).from_buffer_copy(content)


def anonymous_map(content: bytes) -> mmap.mmap:
    memory = mmap.mmap(-1, max(len(content), 1))
    memory[: len(content)] = content
    return memory


def slice_of_view(content: bytes) -> memoryview:
    """A part in the middle of something larger, at an odd address."""
    return memoryview(bytearray(b"<" + content + b">>"))[1:-2]


def numpy_words(content: bytes) -> Any:
    return np.frombuffer(bytearray(content), dtype=np.int32)


def numpy_matrix(content: bytes) -> Any:
    return np.frombuffer(bytearray(content), dtype=np.uint8).reshape(-1, 16)


def arrow_mutable(content: bytes) -> Any:
    memory = pa.allocate_buffer(len(content))
    np.frombuffer(memory, dtype=np.uint8)[:] = np.frombuffer(content, dtype=np.uint8)
    return memory


# Lengths are those of pages: multiples of 16.
WRITABLE: dict[str, Make] = {
    "bytearray": bytearray,
    "memoryview": lambda content: memoryview(bytearray(content)),
    "slice of a memoryview": slice_of_view,
    "memoryview of int32": lambda content: memoryview(bytearray(content)).cast("i"),
    "memoryview of two dimensions": lambda content: memoryview(bytearray(content)).cast("B", (len(content) // 16, 16)),
    "mmap": anonymous_map,
    "array.array of bytes": lambda content: array.array("B", content),
    "array.array of words": lambda content: array.array("I", content),
    "array.array of doubles": lambda content: array.array("d", content),
    "ctypes": ctypes_array,
    "numpy uint8": lambda content: np.frombuffer(bytearray(content), dtype=np.uint8),
    "numpy int32": numpy_words,
    "numpy of two dimensions": numpy_matrix,
    "pyarrow": arrow_mutable,
}
READ_ONLY: dict[str, Make] = {
    "bytes": bytes,
    "read-only memoryview": lambda content: memoryview(bytearray(content)).toreadonly(),
    "read-only numpy": lambda content: np.frombuffer(content, dtype=np.uint8),
    "read-only pyarrow": pa.py_buffer,
}
READABLE = WRITABLE | READ_ONLY


def content(buffer: Any) -> bytes:
    """The bytes that a buffer holds."""
    return bytes(memoryview(buffer).cast("B")) if not isinstance(buffer, bytes) else buffer


def strided(length: int) -> dict[str, Any]:
    """Writable memory that is not in one piece, `length` items each."""
    return {
        "every second byte": memoryview(bytearray(2 * length))[::2],
        "backwards": memoryview(bytearray(length))[::-1],
        "numpy column": np.zeros((length, 2), dtype=np.uint8)[:, 0],
        "numpy in Fortran's order": np.zeros((length // 16, 16), dtype=np.uint8, order="F"),
    }


NO_BUFFERS: tuple[Any, ...] = (None, "text", 7, 1.5, [1, 2, 3], (b"a",), object(), {b"a": 1}, iter(b"ab"))
