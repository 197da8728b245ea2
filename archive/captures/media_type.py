"""The media type that a response declares."""

from __future__ import annotations

LONGEST = 100


def media_type(header: bytes | None) -> str | None:
    """``text/html`` of a Content-Type header's bytes, lower-case, without parameters; None when there is none."""
    if not header:
        return None
    return header.decode("latin-1").partition(";")[0].strip().lower()[:LONGEST] or None
