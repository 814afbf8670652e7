"""What is a buffer for type checkers from Python 3.12 on, which gave buffers a name: NumPy's arrays, for example."""

from __future__ import annotations

from typing import assert_type

import numpy as np
from pagecrypt import Key, PageCodec


def arrays(key: Key) -> None:
    numbers = np.zeros(4096, dtype=np.uint8)
    codec = PageCodec(key)
    codec.seal_pages(2, numbers)
    assert_type(codec.open_page(2, numbers), bytes)
    assert_type(codec.sealed_pages(2, numbers[4096:]), bytes)
