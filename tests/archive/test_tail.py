"""The end of a capture file is found wherever its records begin."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest

from archive.captures.tail import members, whole_to

READ = 1 << 16
FIRST = b"WARC/1.1\r\nWARC-Type: metadata\r\n\r\n"
RECORD = b"WARC/1.1\r\nWARC-Record-ID: <urn:x>\r\nWARC-Type: response\r\nContent-Length: 2\r\n\r\nok\r\n\r\n"


@pytest.mark.parametrize("before", [1, 12, 30, 60])
def test_a_record_that_begins_just_before_a_piece_that_is_read_ends(tmp_path: Path, before: int) -> None:
    """Its head comes in two pieces, the first without the WARC-Type."""
    overhead = len(gzip.compress(FIRST, 0))
    content = gzip.compress(FIRST + bytes(READ - before - overhead), 0)  # stored, so of this length
    assert len(content) == READ - before
    whole = content + gzip.compress(RECORD)
    assert [kind for _, kind in members(io.BytesIO(whole))] == [b"metadata", b"response"]
    path = tmp_path / "x.warc.gz"
    path.write_bytes(whole + content[:50])
    assert whole_to(path, 0) == len(whole)
