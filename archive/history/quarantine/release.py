"""``portals release``: what some crawls read and what is still held back of it is accepted, after a look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import NamedTuple

from sqlite_utils import Database

from archive.findings import fingerprint
from archive.history.presence import mark_present
from archive.history.quarantine import marks
from archive.history.quarantine.accept import release
from archive.history.quarantine.crawl import RULE
from archive.history.quarantine.steps import BATCH, Step, run

# Held back and still the last word of its address: behind a later good visit it is only history.
_LAST_WORD = """
FROM revisions AS r JOIN sightings AS s ON s.id = r.sighting_id
WHERE r.status = 'quarantined' AND r.content_hash = s.content_hash AND NOT EXISTS (
  SELECT 1 FROM revisions AS later WHERE later.sighting_id = r.sighting_id AND later.number > r.number)
"""
_WAITING = f"""
SELECT r.id, (SELECT crawl_id FROM captures WHERE id = r.capture_id) {_LAST_WORD} AND s.portal = ? ORDER BY r.id
"""
_COUNTS = f"SELECT s.portal, count(*) {_LAST_WORD} GROUP BY s.portal"
_CONFIRMED = """
SELECT s.id, s.document_id, s.ok_at FROM revisions AS r JOIN sightings AS s ON s.id = r.sighting_id
WHERE r.id = ? AND s.state = 'ok'
"""


class Waiting(NamedTuple):
    """A revision that a release would accept, and the crawl that read it."""

    revision_id: int
    crawl_id: str


class Released(NamedTuple):
    """What a release did: revisions accepted, and how often a document shows another one by it."""

    revisions: int
    documents: int


def waiting(db: Database, portal: str) -> list[Waiting]:
    """The portal's revisions that are held back, by ascending id. Passes once over the table ``revisions``."""
    return [Waiting(*row) for row in db.execute(_WAITING, [portal]).fetchall()]


def waiting_counts(db: Database) -> dict[str, int]:
    """How many revisions are held back, by portal; portals without any are left out."""
    return dict(db.execute(_COUNTS).fetchall())


def release_crawls(db: Database, portal: str, crawls: Collection[str], at: str) -> Released:
    """Accept what the crawls read and what is still held back of it.

    The facts stand in the ``release`` record: its ``portal``, its ``crawls``, its time ``at``. In transactions of its
    own, or in the caller's. Crawls that the archive does not know are passed over.
    """
    tally: Counter[str] = Counter()

    def steps() -> Iterator[Step]:
        yield lambda db: mark_release(db, crawls, at)
        yield from release_steps(db, portal, crawls, tally)

    run(db, steps())
    return Released(tally["revisions"], tally["documents"])


def mark_release(db: Database, crawls: Collection[str], at: str) -> None:
    """The first step: from here on the next command would finish it."""
    for crawl_id in crawls:
        marks.begin(db, crawl_id, "release", at)


def release_steps(
    db: Database, portal: str, crawls: Collection[str], tally: Counter[str] | None = None
) -> Iterator[Step]:
    """What is left to do of marked releases. ``db`` is read between the steps, and may be another connection."""
    held_back: dict[str, list[int]] = {crawl_id: [] for crawl_id in sorted(crawls)}
    for row in waiting(db, portal):
        if row.crawl_id in held_back:
            held_back[row.crawl_id].append(row.revision_id)
    tally = Counter() if tally is None else tally
    for crawl_id, revisions in held_back.items():
        if not db.execute("SELECT 1 FROM crawls WHERE id = ?", [crawl_id]).fetchone():
            continue
        at = marks.mark(db, crawl_id, "release")["at"]
        for start in range(0, len(revisions), BATCH):
            yield _releasing(revisions[start : start + BATCH], at, tally)
        yield _finishing(portal, crawl_id, at)


def _releasing(revisions: list[int], at: str, tally: Counter[str]) -> Step:
    def step(db: Database) -> None:
        for revision_id in revisions:
            tally["documents"] += release(db, revision_id, at=at, crawl_id=None)
            tally["revisions"] += 1
            # Its page was there when it was read, so the address is not gone.
            for sighting_id, document_id, ok_at in db.conn.execute(_CONFIRMED, (revision_id,)).fetchall():
                mark_present(db, sighting_id, document_id, at=ok_at, crawl_id=None)

    return step


def _finishing(portal: str, crawl_id: str, at: str) -> Step:
    def step(db: Database) -> None:
        marks.note_released(db, crawl_id, at)
        marks.finish(db, crawl_id, "release")
        resolve_finding(db, portal, crawl_id, at)

    return step


def resolve_finding(db: Database, portal: str, crawl_id: str, at: str) -> None:
    """The crawl's one finding is settled."""
    db.conn.execute(
        "UPDATE findings SET resolved_at = ? WHERE fingerprint = ? AND resolved_at IS NULL",
        (at, fingerprint(RULE, portal, crawl_id)),
    )
