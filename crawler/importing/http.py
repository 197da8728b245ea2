"""HTTP messages as they stand in WARC records: raw header bytes, bodies without transfer coding."""

from __future__ import annotations

import re
from dataclasses import dataclass

_STATUS = re.compile(rb"HTTP/[0-9](?:\.[0-9])? +([1-9][0-9][0-9])(?: +(.*))?", re.DOTALL)
_REQUEST = re.compile(rb"([A-Z]{1,16}) ")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_LINE_END = re.compile(rb"\r?\n")
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,1000})?\r?\n")

Headers = list[tuple[bytes, bytes]]


class CutOff(ValueError):
    """A body that is shorter than its message says; one sentence."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response: header names and values as received, ``body`` still with its Content-Encoding."""

    status: int
    reason: str
    headers: Headers
    body: bytes

    def values(self, name: bytes) -> list[bytes]:
        """Every value of the header ``name`` (lower-case)."""
        return values(self.headers, name)


@dataclass(frozen=True, slots=True)
class Question:
    """A request; ``role`` and ``outcome`` are what Gongkai's own file says of its answer."""

    method: str = "GET"
    headers: dict[str, str] | None = None
    body: bytes | None = None
    role: str | None = None
    outcome: str | None = None


def values(headers: Headers, name: bytes) -> list[bytes]:
    """Every value of the header ``name`` (lower-case)."""
    return [value for key, value in headers if key.lower() == name]


def parse_response(block: bytes, *, head_only: bool = False) -> Answer:
    """The response in a record's block. Raises ``ValueError`` for what is none, :class:`CutOff` where the body is
    not whole. ``head_only``: a revisit's, which has no body."""
    first, headers, body = _split(block)
    match = _STATUS.fullmatch(first)
    if match is None:
        raise ValueError("has no HTTP status line")
    coding = b",".join(values(headers, b"transfer-encoding")).lower()
    if head_only:
        body = b""
    elif coding.rpartition(b",")[2].strip() == b"chunked":
        body = _dechunked(body)
    else:
        _check_length(headers, body)
    return Answer(int(match.group(1)), (match.group(2) or b"").decode("latin-1").strip(), headers, body)


def parse_request(block: bytes) -> Question:
    """The request in a record's block; raises ``ValueError``."""
    first, headers, body = _split(block)
    match = _REQUEST.match(first)
    if match is None:
        raise ValueError("has no HTTP request line")
    text = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers}
    return Question(match.group(1).decode("ascii"), text, body or None)


def _split(block: bytes) -> tuple[bytes, Headers, bytes]:
    """First line, headers (folded lines joined), body."""
    end = _HEAD_END.search(block)
    head, body = (block[: end.start()], block[end.end() :]) if end else (block.rstrip(b"\r\n"), b"")
    first, *lines = _LINE_END.split(head)
    headers: Headers = []
    for line in lines:
        if line[:1] in b" \t" and headers:
            headers[-1] = (headers[-1][0], headers[-1][1] + b" " + line.strip())
            continue
        name, colon, value = line.partition(b":")
        if colon and name.strip():
            headers.append((name.strip(), value.strip()))
    return first, headers, body


def _dechunked(body: bytes) -> bytes:
    """``body`` without chunks; as it is where it has none, since tools take them off and keep the header."""
    parts: list[bytes] = []
    at = 0
    while (size := _CHUNK.match(body, at)) is not None:
        length = int(size.group(1), 16)
        if length == 0:
            return b"".join(parts)
        start = size.end()
        end = _LINE_END.match(body, start + length)
        if end is None and start + length < len(body):
            break
        parts.append(body[start : start + length])
        if end is None:
            raise CutOff("has a chunked body that is cut off")
        at = end.end()
    if parts:
        raise CutOff("has a chunked body that is cut off or damaged")
    return body


def _check_length(headers: Headers, body: bytes) -> None:
    """A body that came shorter than announced is no page. Where a coding was taken off the header is stale."""
    said = values(headers, b"content-length")
    names = {name.lower() for name, _ in headers}
    recoded = any(b"content-encoding" in name or b"transfer-encoding" in name for name in names)
    if said and not recoded and said[0].isdigit() and len(said[0]) < 16 and len(body) < int(said[0]):
        raise CutOff(f"has a body of {len(body)} bytes where {int(said[0])} were announced")
