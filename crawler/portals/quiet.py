"""Quiet hours of a portal (``[schedule] quiet_hours``): times of the Shanghai day in which nothing is asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from crawler.clock import SHANGHAI

_DAY = timedelta(days=1)


def quiet_until(hours: Iterable[str], moment: datetime) -> datetime | None:
    """When the quiet that ``moment`` (aware) lies in is over, in Asia/Shanghai; None outside all of ``hours``.

    ``hours`` are ``HH:MM-HH:MM``, the end not included; ``22:00-06:00`` goes over midnight, ``08:00-08:00`` is the
    whole day. Spans that touch are one.
    """
    spans = [tuple(time.fromisoformat(part) for part in text.split("-")) for text in hours]
    begun = local = moment.astimezone(SHANGHAI)
    moved = True
    while moved and local - begun < _DAY:
        moved = False
        for begin, end in spans:
            over = _over(begin, end, local)
            if over is not None:
                local, moved = over, True
    return local if local > begun else None


def _over(begin: time, end: time, local: datetime) -> datetime | None:
    """The end of the span, if ``local`` lies in it."""
    now = local.time()
    inside = begin <= now < end if begin < end else now >= begin or now < end
    if not inside:
        return None
    on = local.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    return on if on > local else on + _DAY
