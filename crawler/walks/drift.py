"""A listing moves while one walks through it: what its first page, read again at the end, tells (DESIGN §6).

An entry inserted at the top pushes the others down: they are met twice, nothing is lost. One that vanishes pulls the
others up: the first row of each later page moves to the page before it, which was read already, and is missed. What
happened further down shows in the announced total alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Front:
    """A listing's first page as it was read once: a mark for each row, and what the page announced."""

    rows: tuple[str, ...]
    total: int | None = None
    pages: int | None = None

    @classmethod
    def of(cls, keys: Iterable[str], total: int | None, pages: int | None) -> Front:
        """The page with rows of these keys; a mark is short, since it stands in every cursor."""
        marks = (hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=6) for key in keys)
        return cls(tuple(mark.hexdigest() for mark in marks), total, pages)

    def to_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Front:
        """What ``to_dict`` gave."""
        return cls(tuple(data["rows"]), data["total"], data["pages"])


def lost_rows(before: Front, now: Front, *, stale_total: bool = False) -> bool:
    """Whether rows may have moved to pages that had been read: then the listing is walked again.

    ``stale_total``: the portal's totals are known to be wrong, and are not looked at.
    """
    if before == now:
        return False
    known = set(before.rows)
    if not known.intersection(now.rows) or now.rows[-1] not in known:
        return True
    if stale_total:
        return False
    if before.total is not None and now.total is not None:
        inserted = sum(row not in known for row in now.rows)
        return now.total - before.total != inserted
    return before.pages is not None and now.pages is not None and now.pages < before.pages
