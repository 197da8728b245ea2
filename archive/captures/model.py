"""One response as the archive knows it: where its bytes lie and what they were the answer to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["listing", "tree", "document", "part", "attachment", "robots", "probe"]
"""What the response was asked for as; ``probe``: an address that cannot exist, to learn the soft 404."""

Outcome = Literal["content", "gone", "soft-404", "blocked", "error"]
RecordType = Literal["response", "revisit-digest", "revisit-304"]


@dataclass(frozen=True, slots=True)
class Capture:
    """A row of ``captures`` without its id.

    ``request_key`` is that of :func:`archive.urls.request_key`; ``fetched_at`` is UTC (``…Z``); ``file`` is
    relative to the captures directory, ``offset`` and ``length`` are bytes in it: the WARC record's whole
    gzip member. ``payload_digest`` is ``sha256:<hex>`` of the HTTP body as received (Content-Encoding
    kept); of a revisit, that of the capture it refers to (``refers_to_id``).
    """

    crawl_id: str
    portal: str
    role: Role
    url: str
    request_key: str
    fetched_at: str
    status: int
    outcome: Outcome
    payload_digest: str
    file: str
    offset: int
    length: int
    method: str = "GET"
    media_type: str | None = None
    ip: str | None = None
    record_type: RecordType = "response"
    refers_to_id: int | None = None
