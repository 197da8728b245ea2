"""The archive's times, which are UTC, as China's clock shows them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z", re.ASCII)


def beijing(value: str) -> str | None:
    """``2026-11-23T02:15:00.000Z`` as ``2026-11-23 10:15``; None for what is no such time."""
    if not _TIME.fullmatch(value):
        return None
    try:
        # China has no summer time.
        local = datetime.fromisoformat(value) + timedelta(hours=8)
    except (ValueError, OverflowError):
        return None
    return f"{local:%Y-%m-%d %H:%M}"


def with_offset(value: str) -> str:
    """The same with its offset, for where nothing else says it; what is no time as it is."""
    local = beijing(value)
    return value if local is None else f"{local} +08:00"
