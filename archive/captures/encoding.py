"""Content-Encoding removed, within bounds: gzip, deflate, br and zstd, as a browser reads them."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterable
from io import BytesIO

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CHUNK = 1 << 16


class TooLarge(ValueError):
    """The decoded body is larger than allowed: an unbounded one is how a small response fills the memory."""


class Truncated(ValueError):
    """The body ends in the middle of its Content-Encoding; one sentence."""


class _Bounded:
    """Collects output and refuses more than ``limit`` bytes; ``ended``: the stream came to its end."""

    def __init__(self, limit: int):
        self.data = bytearray()
        self.ended = False
        self._limit = limit

    def add(self, chunk: bytes) -> None:
        self.data += chunk
        if len(self.data) > self._limit:
            raise TooLarge(f"more than {self._limit} bytes when decompressed")


def decode_body(payload: bytes, encodings: Iterable[bytes], limit: int, *, whole: bool = False) -> bytes:
    """``payload`` without the Content-Encodings, given in the order of the header; at most ``limit`` bytes.

    A body that is cut off gives what could be read, or raises :class:`Truncated` where ``whole`` is asked for. One that is not what its header says is given as it is
    (servers declare gzip and send plain text), and so is everything below an unknown encoding. Raises
    :class:`TooLarge`.
    """
    names = [name.strip().lower() for value in encodings for name in value.split(b",")]
    body = payload
    for name in reversed([name for name in names if name not in (b"", b"identity")]):
        decoder = _DECODERS.get(name)
        if decoder is None:
            return body
        out = _Bounded(limit)
        try:
            decoder(body, out)
        except EOFError:
            out.ended = False  # zstd's way to say that the stream is cut off
        except (zlib.error, brotli.error, zstd.ZstdError):
            if not out.data:
                return body
        if whole and not out.ended and body:
            raise Truncated(f"the {name.decode('latin-1')} body is cut off after {len(body)} bytes")
        body = bytes(out.data)
    return body


def _gunzip(body: bytes, out: _Bounded) -> None:
    """One gzip member after another; what follows the last is ignored, as padding often does."""
    rest = body
    while rest[:2] == b"\x1f\x8b":
        decompressor = zlib.decompressobj(zlib.MAX_WBITS | 16)
        out.ended = False
        _inflate_with(decompressor, rest, out)
        rest = decompressor.unused_data
    if rest is body:
        raise zlib.error("not gzip")


def _inflate(body: bytes, out: _Bounded) -> None:
    """zlib as the standard says, or raw deflate as some servers send it."""
    try:
        _inflate_with(zlib.decompressobj(), body, out)
    except zlib.error:
        if out.data:
            raise
        _inflate_with(zlib.decompressobj(-zlib.MAX_WBITS), body, out)


def _inflate_with(decompressor: zlib._Decompress, body: bytes, out: _Bounded) -> None:
    pending = body
    while pending and not decompressor.eof:
        out.add(decompressor.decompress(pending, CHUNK))
        pending = decompressor.unconsumed_tail
    out.ended = decompressor.eof


def _unbrotli(body: bytes, out: _Bounded) -> None:
    decompressor = brotli.Decompressor()
    chunk = decompressor.process(body, output_buffer_limit=CHUNK)
    while chunk:
        out.add(chunk)
        chunk = b"" if decompressor.is_finished() else decompressor.process(b"", output_buffer_limit=CHUNK)
    out.ended = decompressor.is_finished()


def _unzstd(body: bytes, out: _Bounded) -> None:
    with zstd.ZstdFile(BytesIO(body)) as stream:
        while chunk := stream.read(CHUNK):
            out.add(chunk)
    out.ended = True  # zstd's reader raises EOFError where the stream ends early


_DECODERS: dict[bytes, Callable[[bytes, _Bounded], None]] = {
    b"gzip": _gunzip,
    b"x-gzip": _gunzip,
    b"deflate": _inflate,
    b"br": _unbrotli,
    b"zstd": _unzstd,
}
