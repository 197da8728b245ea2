"""A listing moves while one walks through it: what its first page, read again at the end, tells (DESIGN §6).

An entry inserted at the top pushes the others down: they are met twice, nothing is lost. One that vanishes pulls the
others up: the first row of each later page moves to the page before it, which was read already, and is missed.
"""

from __future__ import annotations

from collections.abc import Sequence


def moved(before: Sequence[str], now: Sequence[str]) -> bool:
    """Whether the first page shows other addresses, or in another order, than when the walk began."""
    return list(before) != list(now)


def rows_were_pulled_up(before: Sequence[str], now: Sequence[str]) -> bool:
    """Whether rows came up from below: then later pages lost rows too, and the listing is walked again."""
    return bool(now) and now[-1] not in before and len(set(now) & set(before)) > 0
