"""archive.captures.headers: a capture's HTTP headers, its body unread."""

from __future__ import annotations

import pytest

from archive.captures.headers import read_headers
from archive.captures.reader import DamagedCapture
from archive.captures.records import Facts, response_block
from archive.layout import DataDirectory

FILE = "sample/2026/a-00001.warc.gz"


def write(data: DataDirectory, body: bytes, *headers: tuple[bytes, bytes]) -> int:
    """A capture file with one response; its length."""
    facts = Facts("20261123T021500Z-00000001", "sample", "attachment", "content", "GET x.gov.cn/a.pdf")
    block = response_block(
        url="http://x.gov.cn/a.pdf", fetched_at="2026-11-23T02:15:00.000Z", status=200, headers=headers, body=body,
        facts=facts,
    )  # fmt: skip
    path = data.captures / FILE
    path.parent.mkdir(parents=True)
    path.write_bytes(block.data)
    return block.length


@pytest.mark.parametrize("body", [b"", b"%PDF" + bytes(range(256)) * 8192])
def test_names_in_lower_case_the_first_value_of_each(data: DataDirectory, body: bytes) -> None:
    gbk = "附件".encode("gb18030")
    length = write(data, body, (b"ETag", b'"x:1"'), (b"Etag", b'"y"'), (b"Content-Disposition", gbk))
    found = read_headers(data, FILE, 0, length)
    assert found == {"etag": '"x:1"', "content-disposition": gbk.decode("latin-1")}


@pytest.mark.parametrize("spoil", ["lost", "cut", "noise", "elsewhere"])
def test_what_cannot_be_read_is_named(data: DataDirectory, spoil: str) -> None:
    length = write(data, b"x" * 100)
    path = data.captures / FILE
    if spoil == "lost":
        path.unlink()
    elif spoil == "cut":
        path.write_bytes(path.read_bytes()[:20])
    elif spoil == "noise":
        path.write_bytes(b"no gzip" * 100)
    with pytest.raises(DamagedCapture, match=FILE):
        read_headers(data, FILE, length if spoil == "elsewhere" else 0, length)
