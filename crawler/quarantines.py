"""A crawl's quarantine, from the judgement to the last revision, and the records by which a replay does the same.

In this order, so that a kill between any two leaves something to go on with: the mark in the crawl's row, the event
in the WARC, the revisions. Whoever finds a mark without an end writes the event again (twice is as good as once) and
goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import Any

from sqlite_utils import Database

from archive import __version__
from archive.captures.records import event_block, warcinfo_block
from archive.captures.writer import CaptureWriter
from archive.crawling.crawls import broken_off_before, page_history
from archive.history.quarantine import marks
from archive.history.quarantine.unfinished import finish_unfinished
from archive.layout import DataDirectory
from crawler import clock
from crawler.page_counts import PageCounts
from crawler.page_health import HISTORY, Complaint, in_short, judge_pages
from crawler.portals.model import Portal
from crawler.thresholds import DEFAULTS, Thresholds

COMPARED = {"backfill": ("backfill",)}
"""With which commands' crawls one is compared: a backfill reads the pages of other years. Others: with all."""


def complaints(
    db: Database, portal: Portal, command: str, counts: PageCounts, limits: Thresholds = DEFAULTS
) -> list[Complaint]:
    """What is wrong with the pages that a crawl read, against the portal's own history."""
    commands = COMPARED.get(command, ("crawl", "nightly", "backfill"))
    names = {directory.key: directory.name for directory in portal.directories}
    return judge_pages(counts, page_history(db, portal.id, commands, HISTORY), names, limits)


def overlooked(db: Database, portal: Portal, crawl_id: str) -> tuple[str, str] | None:
    """The crawl before this one and why to hold it back, where it died before anybody judged what its pages said."""
    dead = broken_off_before(db, portal.id, crawl_id)
    if dead is None:
        return None
    dead_id, command, pages = dead
    found = complaints(db, portal, command, PageCounts.from_dict(pages))
    return (dead_id, in_short(found)) if found else None


def record_again(db: Database, data: DataDirectory, portal: str) -> bool:
    """Write the events of the portal's unfinished quarantines and releases once more; whether there are any."""
    quarantines = marks.unfinished(db, portal, "quarantine")
    for crawl_id in quarantines:
        mark = marks.mark(db, crawl_id, "quarantine")
        record(data, portal, crawl_id, "quarantine", {"reason": mark["reason"]}, mark["at"])
    releases = marks.unfinished(db, portal, "release")
    if releases:
        record_release(data, portal, releases, marks.mark(db, releases[0], "release")["at"])
    return bool(quarantines or releases)


def finish_left_over(db: Database, data: DataDirectory, portal: str) -> None:
    """Finish what a killed process left of the portal's quarantines and releases. The caller holds its lock."""
    if record_again(db, data, portal):
        finish_unfinished(db, portal)


def record_release(data: DataDirectory, portal: str, crawls: list[str], at: str) -> None:
    """The event ``release``: what the crawls read and what is held back of it at ``at`` is accepted."""
    record(data, portal, max(crawls), "release", {"portal": portal, "crawls": crawls}, at)


def record(
    data: DataDirectory, portal: str, crawl_id: str, kind: str, content: Mapping[str, Any], at: str
) -> None:
    """Write an event about a crawl that is over into a new WARC file of it; on disk when this returns."""
    heading = warcinfo_block(f"gongkai/{__version__}", crawl_id, at)
    with closing(CaptureWriter(data, portal, crawl_id, year=clock.day().year, heading=heading)) as captures:
        captures.append(event_block(kind, content, crawl_id=crawl_id, at=at))
