"""Run where the package is installed, and nothing else is: whether it works there."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from importlib import metadata, resources
from pathlib import Path

import pagecrypt

vectors = Path(sys.argv[1])
assert Path(pagecrypt.__file__).is_relative_to(sys.prefix), pagecrypt.__file__
assert metadata.version("pagecrypt") == pagecrypt.__version__
assert metadata.requires("pagecrypt") is None
assert resources.files("pagecrypt").joinpath("py.typed").is_file()
key = pagecrypt.Key.generate()
codec = pagecrypt.PageCodec(key)
pages = bytearray(8 * 4096)
codec.seal_pages(2, pages)
codec.open_pages(2, pages)
assert pages == bytes(8 * 4096)
with tempfile.TemporaryDirectory() as folder:
    encrypted, plain = Path(folder, "encrypted"), Path(folder, "plain")
    pagecrypt.encrypt_file(vectors / "turso/aegis256-4096-small.plain.db", encrypted, key)
    assert pagecrypt.verify_file(encrypted, key).intact
    assert pagecrypt.decrypt_file(encrypted, plain, key, compact=True).pages > 0
with contextlib.suppress(pagecrypt.AuthenticationError):
    codec.open_page(2, bytes(4096))
    raise AssertionError("a page of zeros was opened")
print(pagecrypt.__version__)
