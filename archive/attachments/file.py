"""What a file is known by: the digest of its bytes, however they travelled."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

MAX_FILE = 64 << 20
"""Bytes of the largest file that is kept; a portal file's ``max_bytes`` may allow less. Readers of captures unpack no
larger body (:data:`archive.captures.reader.MAX_BODY`)."""

_TELLS_NOTHING = frozenset(
    {"application/octet-stream", "application/x-download", "application/force-download"}
)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file that an answer brought. ``digest``: ``sha256:<hex>`` of the body with its Content-Encoding removed.

    Not the capture's payload digest, which is of the body as received: a server that begins to compress has not
    exchanged a file. ``size`` is bytes. Stands as ``file`` in the capture's metadata record.
    """

    digest: str
    size: int
    media_type: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return asdict(self)

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> FileFacts | None:
        """What a capture's metadata says of its file; None where it says nothing, or nothing to be believed."""
        said = facts.get("file")
        if not isinstance(said, dict):
            return None
        digest, size, media_type = said.get("digest"), said.get("size"), said.get("media_type")
        if not isinstance(digest, str) or not isinstance(size, int):
            return None
        return cls(digest, size, media_type if isinstance(media_type, str) else None)


def describe_file(body: bytes, declared: str | None, recognised: str | None) -> FileFacts:
    """The facts of a file. ``body``: with its Content-Encoding removed; ``declared``: the header's media type;
    ``recognised``: what the bytes are by their beginning, if anything, which counts where the header tells nothing.
    """
    text = declared is None or declared in _TELLS_NOTHING or declared.startswith("text/")
    media_type = recognised or declared if text else declared
    return FileFacts(f"sha256:{hashlib.sha256(body).hexdigest()}", len(body), media_type)
