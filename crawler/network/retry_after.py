"""The header Retry-After (RFC 9110 §10.2.3): seconds, or a date."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MOST_DIGITS = 9


def retry_after(value: bytes | None, now: datetime) -> float | None:
    """For how many seconds the server asks to be left alone; None where it says nothing that can be read.

    A date in the past is 0. ``now`` is aware; a date without a zone is UTC.
    """
    if value is None:
        return None
    text = value.decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return float(text[:MOST_DIGITS]) if len(text) <= MOST_DIGITS else float("inf")
    try:
        moment = parsedate_to_datetime(text[:64])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
