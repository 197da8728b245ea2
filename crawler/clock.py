"""The one clock (DESIGN §2): everything that asks for the time asks here, so that days and nights can be tested.

``GONGKAI_NOW`` (ISO date-time with offset) is where the clock starts; from there it runs on. Days are days in
Asia/Shanghai, whatever the machine's zone.
"""

from __future__ import annotations

import os
import secrets
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from archive.times import stamp_of

SHANGHAI = ZoneInfo("Asia/Shanghai")


class ClockError(ValueError):
    """``GONGKAI_NOW`` is not an ISO date-time with an offset."""


def _offset() -> timedelta:
    text = os.environ.get("GONGKAI_NOW")
    if not text:
        return timedelta()
    try:
        start = datetime.fromisoformat(text)
        start.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ClockError(
            f"GONGKAI_NOW={text!r} is not an ISO date-time: write 2026-11-23T02:15:00+08:00"
        ) from error
    if start.tzinfo is None:
        raise ClockError(f"GONGKAI_NOW={text!r} has no offset: write 2026-11-23T02:15:00+08:00")
    return start - datetime.now(UTC)


_started: timedelta | None = None


def now() -> datetime:
    """The time in UTC; raises :class:`ClockError` on a malformed ``GONGKAI_NOW``."""
    global _started
    if _started is None:
        _started = _offset()
    return datetime.now(UTC) + _started


def reset() -> None:
    """Read ``GONGKAI_NOW`` again (for tests and for the demo, which lets a night pass)."""
    global _started
    _started = None


def monotonic() -> float:
    """Seconds that only grow, for rates and time limits."""
    return time.monotonic()


def stamp(moment: datetime | None = None) -> str:
    """``2026-11-23T02:15:00.000Z``, as the archive keeps times."""
    return stamp_of(moment or now())


def day(moment: datetime | None = None) -> date:
    """The calendar day in Asia/Shanghai."""
    return (moment or now()).astimezone(SHANGHAI).date()


def parse_stamp(text: str) -> datetime:
    """The moment of a stamp that the archive keeps."""
    return datetime.fromisoformat(text)


def day_of(text: str) -> date:
    """The Shanghai day of a stamp that the archive keeps."""
    return parse_stamp(text).astimezone(SHANGHAI).date()


def new_crawl_id() -> str:
    """``20261123T021500Z-<8 hex>``: sorts by time, and two started in one second still differ."""
    return f"{now().strftime('%Y%m%dT%H%M%SZ')}-{secrets.token_hex(4)}"
