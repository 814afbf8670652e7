"""Files of records: where one ends, and where its nonce stands."""

from __future__ import annotations

from rows import CIPHERS, RECORDS, Capability

LENGTH = 4  # bytes of the length before a record, big endian
COMMAND = 1  # of S2's kinds of stored records, in the lowest three bits: one in clear, without a nonce
EXTENDED_NONCE = 24  # of bound records, for the ciphers whose own nonces have 12 bytes
CLOCK, RESEALS = 1, 2  # flags of bound records


def split(capability: Capability, content: bytes) -> list[bytes] | None:
    """The records of a file, or none where they are not as many as there must be, from its first byte to its last."""
    records = []
    at = 0
    for between in capability.records:
        for _ in range(RECORDS):
            start = at + LENGTH + between
            at = start + int.from_bytes(content[at : at + LENGTH], "big")
            if at > len(content):
                return None
            records.append(content[start:at])
    return records if at == len(content) else None


def nonce(capability: Capability, cipher: str, record: bytes) -> bytes | None:
    """The nonce of a record, or none where it has none: empty for a record that is cut off."""
    length = CIPHERS[cipher]
    if capability.name == "records-s2":
        if record[:1] and record[0] & 7 == COMMAND:
            return None
        start = 1 + (1 + (record[0] >> 3 & 3) if record else 0) + 1  # its kind, its metered size, its format
    else:
        flags = record[2] if len(record) > 2 else 0
        start = 7 + (8 if flags & CLOCK else 0) + (4 if flags & RESEALS else 0)
        length = EXTENDED_NONCE if length == 12 else length
    found = record[start : start + length]
    return found if len(found) == length else b""
