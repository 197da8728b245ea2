"""The events that a rebuild needs: whether the capture files have those that the database knows to have been written.

Only what would make a rebuild show other documents: how a crawl ended, what was held back, what was released.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from archive.captures.observation import SeenEvent
from archive.captures.records import event_block, warcinfo_block
from archive.captures.scan import scan_file
from archive.captures.writer import CaptureWriter
from archive.layout import DataDirectory
from archive.verify.problem import Problem

_CRAWLS = """
SELECT id, portal, software, finished_at, completeness, verdict, reasons, stats FROM crawls
WHERE finished_at IS NOT NULL AND command IN ('crawl', 'backfill', 'nightly') ORDER BY id
"""
_WOULD = {
    "crawl-verdict": "how it ended",
    "quarantine": "that what it read is held back",
    "release": "that what it read was released",
}


@dataclass(frozen=True, slots=True)
class Missing:
    """An event that is in no file: of ``crawl_id``, with the ``data`` and the time that the database has of it."""

    portal: str
    crawl_id: str
    kind: str
    software: str
    at: str
    data: dict[str, Any]


def missing_events(db: Database, seen: Iterable[SeenEvent]) -> Iterator[Missing]:
    """What the finished crawls must have written and ``seen``, all events of all files, lacks.

    A crawl that another one followed while it was unfinished is ``interrupted`` and never wrote a verdict.
    """
    has: set[tuple[str, str]] = set()
    for event in seen:
        has.add((event.crawl_id, event.kind))
        if event.kind == "crawl-verdict" and event.data.get("quarantine") is not None:
            has.add((event.crawl_id, "quarantine"))
        if event.kind == "release":
            has |= {(str(crawl), "release") for crawl in event.data.get("crawls", ())}
    for id_, portal, software, at, completeness, verdict, reasons, text in db.execute(_CRAWLS):
        stats = json.loads(text)
        held, released = (stats.get(work) or {} for work in ("quarantine", "release"))
        wanted: list[tuple[str, str, dict[str, Any]]] = []
        if verdict != "interrupted":
            said = {"completeness": completeness, "verdict": verdict, "reasons": json.loads(reasons)}
            said |= {"resumable": False, "quarantine": None, "stats": _without_marks(stats)}
            wanted.append(("crawl-verdict", at, said))
        if "finished_at" in held:
            wanted.append(("quarantine", held["at"], {"reason": held["reason"]}))
        if "finished_at" in released:
            wanted.append(("release", released["at"], {"portal": portal, "crawls": [id_]}))
        for kind, when, data in wanted:
            if (id_, kind) not in has:
                yield Missing(portal, id_, kind, software, when, data)


def check_events(db: Database, seen: Iterable[SeenEvent]) -> Iterator[Problem]:
    """A problem for each missing event."""
    for missing in missing_events(db, seen):
        message = (
            f"no capture file of portal {missing.portal} has the event {missing.kind} of crawl {missing.crawl_id}: a"
            f" rebuild would not know {_WOULD[missing.kind]}; run `gongkai verify --deep --repair`"
        )
        yield Problem("events", "error", message)


def write_missing(db: Database, data: DataDirectory, portal: str) -> int:
    """Write the portal's missing events again, from the database, at their times; how many. Only with its lock."""
    files = sorted((data.captures / portal).glob("*/*.warc.gz"))
    names = [path.relative_to(data.captures).as_posix() for path in files]
    seen = (one for name in names for one in scan_file(data, name) if isinstance(one, SeenEvent))
    count = 0
    for missing in [one for one in missing_events(db, seen) if one.portal == portal]:
        heading = warcinfo_block(missing.software, missing.crawl_id, missing.at)
        year = int(missing.at[:4])
        with closing(CaptureWriter(data, portal, missing.crawl_id, year=year, heading=heading)) as writer:
            block = event_block(missing.kind, missing.data, crawl_id=missing.crawl_id, at=missing.at)
            writer.append(block)
        count += 1
    return count


def _without_marks(stats: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in stats.items() if name not in ("quarantine", "release")}
