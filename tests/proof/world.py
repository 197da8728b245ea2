"""A portal's world as a list of steps over the archive's own functions, each by natural keys and its own time.

The same steps over another database must give the same archive: nothing of a step is an id or a thing remembered.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from sqlite_utils import Database

from archive.captures.model import Capture
from archive.crawling.crawls import start_crawl
from archive.crawling.frontier import fetch_failed
from archive.crawling.portals import save_portal
from archive.history.sources import accepted_before, last_read
from archive.migrations import migrate
from archive.record import Attachment, Record
from archive.transaction import connect, transaction
from archive.writer import Visit, VisitResult, WouldLose, replace_record, touch, write_gone, write_visit

START = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
PORTALS = ("sample", "beside")
SHORT = ("", "见附件")


@cache
def prose(seed: object, sentences: int = 18) -> str:
    """A body of its own."""
    chance = random.Random(str(seed))
    words = ["".join(chr(chance.randrange(0x4E00, 0x9000)) for _ in range(9)) for _ in range(sentences)]
    return "\n\n".join("，".join(words[start : start + 3]) + "。" for start in range(0, sentences, 3))


@dataclass(frozen=True)
class Page:
    """What an address says. ``text`` names a body of its own, unless it is short or empty; ``edits`` are added to it.

    ``hidden``: its number is read only by the extractor's second version.
    """

    number: str | None
    title: str
    text: str
    edits: str = ""
    hidden: bool = False
    files: tuple[str, ...] = ()

    @property
    def body(self) -> str:
        """The whole body."""
        whole = self.text if self.text in SHORT else prose(self.text)
        return whole + "".join(f"\n\n第{word}处。" for word in self.edits)

    def read(self, key: str, version: int) -> Record:
        """The record that the extractor's ``version`` makes of it."""
        return Record(
            url=f"http://{key}",
            portal=PORTALS[0],
            title=self.title or None,
            index_number=None if self.hidden and version < 2 else self.number,
            body_text=self.body,
            extra={"版本": "二"} if version == 3 else {},
            attachments=[Attachment(f"http://{key}/{name}", name) for name in self.files],
            extractor_version=str(version),
        )


@dataclass(frozen=True)
class Step:
    """One observation or command: ``kind`` is ``page``, ``same`` (304), ``gone``, ``blocked`` or ``reextract``."""

    kind: str
    minute: int
    key: str = ""
    page: Page | None = None
    version: int = 1
    portal: str = PORTALS[0]

    @property
    def at(self) -> str:
        """UTC, as the archive keeps it."""
        moment = START + timedelta(minutes=self.minute)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"

    @property
    def crawl_id(self) -> str:
        """One crawl a day."""
        return (START + timedelta(days=self.minute // 1440)).strftime("%Y%m%dT%H%M%SZ-00000001")


@dataclass
class World:
    """One database and the pages that its captures hold, by offset."""

    path: Path
    db: Database
    pages: dict[int, tuple[str, Page]] = field(default_factory=dict)
    versions: set[int] = field(default_factory=set)

    @classmethod
    def make(cls, path: Path) -> World:
        """A fresh archive at ``path`` with two portals."""
        db = connect(path)
        db.conn.execute("PRAGMA synchronous=OFF")  # these kills are of connections, not of machines
        migrate(db, Step("", 0).at)
        with transaction(db):
            for portal in PORTALS:
                save_portal(
                    db, id=portal, name=portal, family="trs-static", base_url="http://x.gov.cn/", region_code=None,
                    site_code=None, enabled=True, verified_on=None, config={}, config_hash="0", at=Step("", 0).at,
                )  # fmt: skip
        return cls(path, db)

    def reopen(self) -> None:
        """As a killed process leaves the file: the connection is gone, its transaction with it."""
        self.db.close()
        self.db = connect(self.path)
        self.db.conn.execute("PRAGMA synchronous=OFF")

    def take(self, step: Step, *, killed: bool = False) -> VisitResult | None:
        """Apply a step in one transaction; ``killed``: do all of it and die before the commit."""
        result: VisitResult | None = None
        self.versions.add(step.version)
        try:
            with transaction(self.db):
                self._start_crawl(step)
                result = APPLY[step.kind](self, step)
                if killed:
                    raise Killed
        except Killed:
            self.reopen()
        return result

    def _start_crawl(self, step: Step) -> None:
        for portal in PORTALS:
            crawl_id = f"{step.crawl_id[:-1]}{PORTALS.index(portal)}"
            if not self.db.conn.execute("SELECT 1 FROM crawls WHERE id = ?", (crawl_id,)).fetchone():
                start_crawl(
                    self.db, id=crawl_id, portal=portal, command="crawl", options={}, config_hash="0",
                    software="test", vantage=None, at=step.at,
                )  # fmt: skip

    def crawl_of(self, step: Step) -> str:
        """The crawl that a step belongs to."""
        return f"{step.crawl_id[:-1]}{PORTALS.index(step.portal)}"

    def sighting(self, step: Step) -> int:
        """The id of the step's address; new ones are listed at that moment."""
        self.db.conn.execute(
            "INSERT OR IGNORE INTO sightings(portal, url_key, url, first_seen_at) VALUES (?, ?, ?, ?)",
            (step.portal, step.key, f"http://{step.key}", step.at),
        )
        row = self.db.conn.execute(
            "SELECT id FROM sightings WHERE portal = ? AND url_key = ?", (step.portal, step.key)
        ).fetchone()
        return int(row[0])

    def capture(self, step: Step, **values: object) -> Capture:
        """The capture of a step; its offset is its minute."""
        made = Capture(
            crawl_id=self.crawl_of(step), portal=step.portal, role="document", url=f"http://{step.key}",
            request_key=f"GET {step.key}", fetched_at=step.at, status=200, outcome="content",
            payload_digest="sha256:00", file=f"{step.portal}.warc.gz", offset=step.minute, length=1,
        )  # fmt: skip
        return replace(made, **values)  # type: ignore[arg-type]

    def baseline(self, sighting_id: int, version: int) -> tuple[Record | None, Record | None]:
        """As the crawler does: what an address said last, and what it said when last accepted, read by today's code."""
        known, revision_id = last_read(self.db, sighting_id)
        if known is None or known == str(version):
            return None, None
        return self._read(revision_id, version), self._read(accepted_before(self.db, sighting_id), version)

    def _read(self, revision_id: int | None, version: int) -> Record | None:
        return self.page_of(revision_id).read(self.key_of(revision_id), version) if revision_id else None

    def page_of(self, revision_id: int) -> Page:
        """The page in a revision's capture."""
        return self.pages[self._offset(revision_id)][1]

    def key_of(self, revision_id: int) -> str:
        """The address of a revision's capture."""
        return self.pages[self._offset(revision_id)][0]

    def _offset(self, revision_id: int) -> int:
        row = self.db.conn.execute(
            "SELECT c.offset FROM revisions AS r JOIN captures AS c ON c.id = r.capture_id WHERE r.id = ?",
            (revision_id,),
        ).fetchone()
        return int(row[0])


class Killed(BaseException):
    """The process died."""


def _page(world: World, step: Step) -> VisitResult:
    assert step.page is not None
    world.pages[step.minute] = (step.key, step.page)
    sighting_id = world.sighting(step)
    record = step.page.read(step.key, step.version)
    last, accepted = world.baseline(sighting_id, step.version)
    return write_visit(
        world.db,
        Visit(
            sighting_id, step.at, world.crawl_of(step), record, [(world.capture(step), "page", 0)], "sha256:00",
            baseline=last, accepted=accepted,
        ),
    )  # fmt: skip


def _same(world: World, step: Step) -> None:
    touch(world.db, world.sighting(step), world.capture(step, status=304), step.at)


def _gone(world: World, step: Step) -> None:
    capture = world.capture(step, status=404, outcome="gone")
    write_gone(world.db, world.sighting(step), capture, step.at, world.crawl_of(step))


def _blocked(world: World, step: Step) -> None:
    capture = world.capture(step, status=521, outcome="blocked")
    fetch_failed(
        world.db, world.sighting(step), state="blocked", error="challenge", at=step.at, capture=capture
    )


def _reextract(world: World, step: Step) -> None:
    rows = world.db.conn.execute(
        "SELECT r.id FROM revisions AS r JOIN sightings AS s ON s.id = r.sighting_id WHERE s.portal = ? ORDER BY r.id",
        (step.portal,),
    ).fetchall()
    for (revision_id,) in rows:
        if not world.db.conn.execute("SELECT 1 FROM revisions WHERE id = ?", (revision_id,)).fetchone():
            continue
        record = world.page_of(revision_id).read(world.key_of(revision_id), step.version)
        try:
            replace_record(world.db, revision_id, record, at=step.at)
        except WouldLose:
            continue


APPLY: dict[str, Callable[[World, Step], VisitResult | None]] = {
    "page": _page, "same": _same, "gone": _gone, "blocked": _blocked, "reextract": _reextract,
}  # fmt: skip
