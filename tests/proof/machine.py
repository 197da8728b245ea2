"""Random histories of a portal, kills included, under the laws; the same history elsewhere gives the same archive."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from archive.record import content_hash
from tests.proof.comparison import difference, state_of
from tests.proof.laws import broken
from tests.proof.world import PORTALS, SHORT, Page, Step, World

KEYS = tuple(f"x.gov.cn/{name}.html" for name in "abcde")
NUMBERS = (None, "1/2026-1", "1/2026-2", "1/2026-3")
DAY = 1440

addresses = st.sampled_from(KEYS)
numbers = st.sampled_from(NUMBERS)
pages = st.builds(
    Page,
    number=numbers,
    title=st.sampled_from(("通知", "公告", "")),
    text=st.sampled_from(("one", "two", "three", *SHORT)),
    hidden=st.booleans(),
    files=st.sampled_from(((), ("P0.pdf",), ("P0.pdf", "P1.doc"))),
)


class History(RuleBasedStateMachine):
    """One portal, five addresses; another portal stands beside it when the history is told again."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory(prefix="history-")
        self.world = World.make(Path(self._folder.name) / "gongkai.db")
        self.minute = 0
        self.version = 1
        self.steps: list[Step] = []
        self.now: dict[str, Page] = {}
        self.uids: set[str] = set()

    def teardown(self) -> None:
        try:
            self._told_again()
        finally:
            self.world.db.close()
            self._folder.cleanup()

    def _take(self, kind: str, key: str = "", page: Page | None = None, *, killed: bool = False) -> None:
        self.minute += 1
        step = Step(kind, self.minute, key, page, self.version)
        if killed:
            before = state_of(self.world.db.conn)
            self.world.take(step, killed=True)
            assert difference(before, state_of(self.world.db.conn)) == "", "a killed step left something"
        self.world.take(step)
        self.steps.append(step)

    def _see(self, key: str, page: Page, *, killed: bool = False) -> None:
        self.now[key] = page
        self._take("page", key, page, killed=killed)

    @initialize(key=addresses, page=pages)
    def begin(self, key: str, page: Page) -> None:
        self._see(key, page)

    @rule(key=addresses, page=pages, killed=st.booleans())
    def see(self, key: str, page: Page, killed: bool) -> None:
        """Anything at all: at a known address also a reuse, a renumbering, a loss."""
        self._see(key, page, killed=killed)

    @precondition(lambda self: self.now)
    @rule(data=st.data(), word=st.sampled_from(("改", "误")))
    def edit(self, data: st.DataObject, word: str) -> None:
        """A few characters: at one of two addresses a typo."""
        key = data.draw(st.sampled_from(sorted(self.now)))
        self._see(key, replace(self.now[key], edits=self.now[key].edits + word))

    @precondition(lambda self: self.now)
    @rule(data=st.data(), number=numbers)
    def renumber(self, data: st.DataObject, number: str | None) -> None:
        """Another number, or none any more."""
        key = data.draw(st.sampled_from(sorted(self.now)))
        self._see(key, replace(self.now[key], number=number))

    @precondition(lambda self: self.now)
    @rule(data=st.data(), other=addresses)
    def alias(self, data: st.DataObject, other: str) -> None:
        """The same page at another address."""
        self._see(other, self.now[data.draw(st.sampled_from(sorted(self.now)))])

    @precondition(lambda self: self.now)
    @rule(data=st.data(), not_modified=st.booleans())
    def revisit(self, data: st.DataObject, not_modified: bool) -> None:
        """Nothing changed: no revision, no event."""
        key = data.draw(st.sampled_from(sorted(self.now)))
        before = self._counts()
        same = self._answers(key)
        self._take("same" if not_modified else "page", key, None if not_modified else self.now[key])
        if same:
            assert self._counts() == before, "an unchanged page made a revision or an event"

    def _answers(self, key: str) -> bool:
        """Whether what the archive has of the address is its page of now, nothing held back, nothing gone.

        Not so where the old code saw no difference that the new one sees: then the next visit brings it.
        """
        row = self.world.db.conn.execute(
            "SELECT s.revision_id, s.state = 'ok' AND s.extractor_version = ? AND r.content_hash = s.content_hash"
            " AND d.withdrawn_at IS NULL FROM sightings AS s JOIN revisions AS r ON r.id = s.revision_id"
            " JOIN documents AS d ON d.id = s.document_id WHERE s.url_key = ?",
            (str(self.version), key),
        ).fetchone()
        if row is None or not row[1]:
            return False
        known, now = self.world.page_of(row[0]), self.now[key]
        return content_hash(known.read(key, self.version)) == content_hash(now.read(key, self.version))

    def _counts(self) -> tuple[int, ...]:
        return tuple(
            self.world.db.conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("revisions", "events", "documents")
        )

    @precondition(lambda self: self.now)
    @rule(data=st.data(), days=st.integers(1, 4))
    def gone(self, data: st.DataObject, days: int) -> None:
        """404 on so many nights in a row."""
        key = data.draw(st.sampled_from(sorted(self.now)))
        for _ in range(days):
            self.minute += DAY
            self._take("gone", key)

    @precondition(lambda self: self.now)
    @rule(data=st.data(), days=st.integers(1, 4))
    def blocked(self, data: st.DataObject, days: int) -> None:
        """A challenge page on so many nights: none of these."""
        key = data.draw(st.sampled_from(sorted(self.now)))
        before = self._counts()
        for _ in range(days):
            self.minute += DAY
            self._take("blocked", key)
        assert self._counts() == before

    @rule(version=st.sampled_from((1, 2, 3)), killed=st.booleans())
    def new_code(self, version: int, killed: bool) -> None:
        """All captures read again: no revision is written, and a second time changes nothing."""
        self.version = version
        revisions = self._counts()[0]
        self._take("reextract", killed=killed)
        assert self._counts()[0] <= revisions

    @rule(version=st.sampled_from((1, 2, 3)))
    def upgrade(self, version: int) -> None:
        """New code from the next visit on, without reading the captures again."""
        self.version = version

    @invariant()
    def the_laws_hold(self) -> None:
        problems = broken(self.world)
        assert not problems, problems

    @invariant()
    def every_uid_ever_shown_resolves(self) -> None:
        known = {row[0] for row in self.world.db.conn.execute("SELECT uid FROM document_uids")}
        assert self.uids <= known, "a uid that was shown is gone"
        self.uids |= {row[0] for row in self.world.db.conn.execute("SELECT uid FROM documents")}

    def _told_again(self) -> None:
        """The same steps over another database, another portal's beside them, so that every id is another one."""
        again = World.make(Path(self._folder.name) / "again.db")
        try:
            for step in self.steps:
                if step.kind == "page":
                    again.take(replace(step, portal=PORTALS[1]))
                again.take(step)
            mine, other = state_of(self.world.db.conn), state_of(again.db.conn)
            for rows in other.values():
                rows[:] = [row for row in rows if row["portal"] == PORTALS[0]]
            assert difference(mine, other) == "", "told again, the history gives another archive"
        finally:
            again.db.close()
