"""Authenticated encryption for database pages, messages and whole SQLite files."""

from __future__ import annotations

from pagecrypt._enums import Cipher, Engine, LockedBy, Unit
from pagecrypt._errors import *  # noqa: F403
from pagecrypt._native import PENDING_BYTE, TAG_LENGTH, Aead, Key, PageCodec, __version__, pending_byte_page
