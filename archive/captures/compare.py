"""The rows of a capture file against all its records, metadata and events too: what ``verify --deep`` asks."""

from __future__ import annotations

from dataclasses import astuple, dataclass, field, replace

from archive.captures.model import Capture
from archive.captures.observation import Damage, SeenCapture, SeenEvent
from archive.captures.scan import scan_file
from archive.captures.table import COLUMNS
from archive.captures.trouble import Trouble, orphans
from archive.layout import DataDirectory


@dataclass
class Comparison:
    """``unseen``: the rows that no record was found for; ``other``: the columns in which a row is not its record."""

    unseen: set[int]
    other: dict[int, list[str]] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    events: list[SeenEvent] = field(default_factory=list)


def compare_file(data: DataDirectory, file: str, rows: dict[int, Capture]) -> Comparison:
    """Read every record of ``file``, whose rows are ``rows`` by their ids; damage takes only its own record along."""
    found = Comparison(set(rows))
    at = {row.offset: id_ for id_, row in rows.items()}
    end = max((row.offset + row.length for row in rows.values()), default=0)
    lost: list[int] = []
    before: tuple[int, ...] = ()
    for seen in scan_file(data, file):
        if isinstance(seen, Damage):
            if seen.offset in at:  # a row's own record is looked at by its row
                before = (at[seen.offset],)
            else:
                found.troubles.append(_damage(seen, end, before))
        elif isinstance(seen, SeenEvent):
            found.events.append(seen)
        elif isinstance(seen, SeenCapture):
            id_ = at.get(seen.capture.offset)
            before = () if id_ is None else (id_,)
            if id_ is None:
                lost.append(seen.capture.offset)
                continue
            found.unseen.discard(id_)
            if names := differing(rows[id_], seen.capture):
                found.other[id_] = names
    if lost:
        found.troubles.append(orphans(file, lost[0], len(lost)))
    return found


def differing(row: Capture, seen: Capture) -> list[str]:
    """The columns of a row that are not what its records say; which row a revisit refers to stands elsewhere."""
    seen = replace(seen, refers_to_id=row.refers_to_id)
    return [
        name for name, one, other in zip(COLUMNS, astuple(row), astuple(seen), strict=True) if one != other
    ]


def _damage(seen: Damage, end: int, before: tuple[int, ...]) -> Trouble:
    """Damage to what no row names: behind the last row what a kill left, before it facts that a rebuild needs."""
    if seen.offset >= end:
        message = f"{seen.message}, left by a run that was killed: no row refers to it, leave it"
        return Trouble(seen.file, seen.offset, message, harmless=True)
    message = f"{seen.message}, so a rebuild would miss it: restore the file from a backup"
    return Trouble(seen.file, seen.offset, message, captures=before)
