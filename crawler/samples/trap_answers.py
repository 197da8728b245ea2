"""What the portal of traps answers with: plain listings and documents, and bodies that should not be read to their end."""

from __future__ import annotations

import functools
import struct
import time
import zlib
from collections.abc import Iterator, Sequence

from crawler.samples.wire import Response

MIB = 1 << 20
HTML = ("Content-Type", "text/html; charset=utf-8")
_BOMB_BLOCKS = 1024


def page(markup: str) -> Response:
    """``markup`` as a page."""
    head = '<!DOCTYPE html><html><head><meta charset="utf-8"><title>样例</title></head>'
    page = f"{head}<body>{markup}</body></html>"
    return Response(page.encode(), 200, (HTML,))


def listing(hrefs: Sequence[str], script: str = "") -> Response:
    """A dated row for each address; ``script`` may announce how many pages there are."""
    rows = "".join(
        f'<li><a href="{href}">第{number}行通告</a><span>2026-01-05</span></li>\n'
        for number, href in enumerate(hrefs, 1)
    )
    return page(f"<ul>{rows}</ul><script>{script}</script>")


def document(number: int) -> Response:
    """A harmless document."""
    text = (
        f"<p>第{number}号通告的正文。本通告自发布之日起施行，由综合科负责解释，有关事项请咨询窗口。</p>" * 3
    )
    block = (
        f"<table><tr><td>索引号</td><td>000990900/2026-{number:05d}</td><td>发布机构</td><td>样例</td></tr>"
    )
    return page(f'{block}</table><h1>第{number}号通告</h1><div class="TRS_Editor">{text}</div>')


@functools.cache
def bomb() -> bytes:
    """1 GiB of spaces as one gzip member: a flushed MiB is always the same bytes, so it is repeated."""
    block = b" " * MIB
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    piece = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = 0
    for _ in range(_BOMB_BLOCKS):
        checksum = zlib.crc32(block, checksum)
    header = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03"
    return header + piece * _BOMB_BLOCKS + packer.flush() + struct.pack("<II", checksum, _BOMB_BLOCKS * MIB)


def drip() -> Iterator[bytes]:
    """One byte every half second, for ever."""
    yield b"<html><body>"
    while True:
        time.sleep(0.5)
        yield b" "
