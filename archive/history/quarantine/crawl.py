"""Quarantining all that a crawl read: marked first, then taken back in batches, the search index included."""

from __future__ import annotations

from collections.abc import Iterator

from sqlite_utils import Database

from archive.findings import save_finding
from archive.history.quarantine import marks
from archive.history.quarantine.fallback import take_back
from archive.history.quarantine.steps import BATCH, Step, run

RULE = "crawl-quarantined"
"""The one finding for a whole crawl, at its portal; ``location`` is the crawl's id. Open until its release."""

_READ = """
SELECT c.id, r.id FROM captures AS c JOIN revisions AS r ON r.capture_id = c.id
WHERE c.crawl_id = ? AND (c.id, r.id) < (?, ?) ORDER BY c.id DESC, r.id DESC LIMIT ?
"""
# Older revisions that its visits seemed to confirm; backwards, because a crawl that has just ended is at the end.
_RELEASED = """
SELECT e.revision_id FROM events AS e JOIN revisions AS r ON r.id = e.revision_id
WHERE e.crawl_id = ? AND e.kind = 'released' AND r.status = 'accepted' ORDER BY e.seq DESC
"""
_HELD_BACK = """
SELECT count(*) FROM captures AS c JOIN revisions AS r ON r.capture_id = c.id
WHERE c.crawl_id = ? AND r.status = 'quarantined'
"""


def quarantine_crawl(db: Database, crawl_id: str, reason: str, at: str) -> int:
    """Hold back every revision of a crawl that is degraded for what its pages say; how many it has now.

    The facts stand in the ``crawl-verdict`` record: its ``quarantine`` is ``reason`` (a sentence, or null), its time
    is ``at``. In transactions of its own, or in the caller's. Doing it again changes nothing. Raises ``KeyError``
    for an unknown crawl.
    """

    def steps() -> Iterator[Step]:
        yield lambda db: mark_quarantine(db, crawl_id, reason, at)
        yield from quarantine_steps(db, crawl_id)

    run(db, steps())
    return int(db.execute(_HELD_BACK, [crawl_id]).fetchone()[0])


def mark_quarantine(db: Database, crawl_id: str, reason: str, at: str) -> None:
    """The first step, together with the crawl's verdict: from here on the next command would finish it."""
    marks.begin(db, crawl_id, "quarantine", at, reason=reason)


def quarantine_steps(db: Database, crawl_id: str) -> Iterator[Step]:
    """What is left to do of a marked crawl, the newest revision first: what came last is undone first.

    ``db`` is read between the steps, and may be another connection.
    """
    mark = marks.mark(db, crawl_id, "quarantine")
    released = [row[0] for row in db.execute(_RELEASED, [crawl_id]).fetchall()]
    for start in range(0, len(released), BATCH):
        yield _taking_back(released[start : start + BATCH], crawl_id, mark)
    last = (1 << 62, 0)
    while rows := db.execute(_READ, [crawl_id, *last, BATCH]).fetchall():
        last = rows[-1]
        yield _taking_back([row[1] for row in rows], crawl_id, mark)
    yield lambda db: _finish(db, crawl_id, mark)


def _taking_back(revisions: list[int], crawl_id: str, mark: dict[str, str]) -> Step:
    def step(db: Database) -> None:
        for revision_id in revisions:
            take_back(db, revision_id, crawl_id, reason=mark["reason"], at=mark["at"])

    return step


def _finish(db: Database, crawl_id: str, mark: dict[str, str]) -> None:
    portal, count = db.conn.execute(
        f"SELECT portal, ({_HELD_BACK}) FROM crawls WHERE id = ?", (crawl_id, crawl_id)
    ).fetchone()
    save_finding(
        db, RULE, "error", f"the crawl {crawl_id} is held back, {count} revisions: {mark['reason']}",
        at=mark["at"], portal=portal, location=crawl_id, data={"revisions": count}, crawl_id=crawl_id,
    )  # fmt: skip
    marks.finish(db, crawl_id, "quarantine", revisions=count)
