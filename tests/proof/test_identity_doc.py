"""docs/identity.md is true: each of its tables is run, each of its limits is the program's."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from archive.identity import uid_of
from archive.urls import url_key
from tests.proof.world import Page, Step, World

DOC = Path(__file__).resolve().parents[2] / "docs" / "identity.md"
HEADER = ["day", "address", "index number", "title", "text", "the archive says", "events"]
OUTCOMES = {
    "alias": "alias", "variant": "variant", "revised": "revised", "renumbered": "renumbered",
    "unchanged": "unchanged", "held back": "quarantined",
}  # fmt: skip
EDITS = {"corrected": "改", "with a typo": "误"}
RANGE = re.compile(r"/(\d+)\.html … /(\d+)\.html")
LIMIT_MODULES = (
    "archive.identity",
    "archive.history.content",
    "archive.history.similarity",
    "crawler.page_health",
)

Row = list[str]


@dataclass
class Table:
    """A table of the page: the heading above it, its rows, and what is said below it."""

    heading: str
    header: Row
    rows: list[Row] = field(default_factory=list)
    below: str = ""


def tables() -> Iterator[Table]:
    """Every table of the page."""
    heading, table = "", None
    for line in [*DOC.read_text("utf-8").splitlines(), ""]:
        if line.startswith("#"):
            heading = line.strip("# ")
        if line.startswith("|"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if table is None or table.below:
                if table:
                    yield table
                table = Table(heading, cells)
            elif set("".join(cells)) != {"-"}:
                table.rows.append(cells)
        elif table is not None and (line or table.below):
            if line.startswith("#"):
                yield table
                table = None
            else:
                table.below += line + "\n"
    if table:
        yield table


TABLES = list(tables())
EXAMPLES = [table for table in TABLES if table.header == HEADER]


def test_the_page_has_its_tables() -> None:
    assert len(EXAMPLES) == 15
    assert len(TABLES) == len(EXAMPLES) + 4


class Reader:
    """Runs the rows of one example and says them as the page does."""

    def __init__(self, world: World):
        self.world = world
        self.letters: dict[str, str] = {}
        self.minute = 0

    def run(self, row: Row) -> tuple[str, str]:
        """The two last cells, by the archive."""
        day, address, number, title, text, *_ = row
        self.minute = max(self.minute + 1, (int(day) - 1) * 1440)
        before = self._last_event()
        if many := RANGE.fullmatch(address):
            return self._many(int(many[2]), number, title, text), f"{self._last_event() - before} × new"
        key = f"x.gov.cn{address}"
        if text in ("404", "challenge"):
            self.world.take(Step("gone" if text == "404" else "blocked", self.minute, key))
            return "—", self._events(before)
        result = self.world.take(self._visit(key, number, title, text))
        assert result is not None
        known = result.uid in self.letters
        letter = self.letters.setdefault(result.uid, chr(ord("A") + len(self.letters)))
        said = next((word for word, outcome in OUTCOMES.items() if outcome == result.outcome), result.outcome)
        says = f"{letter}, {said}" if known else f"new document {letter}{self._links(result.uid)}"
        return says, self._events(before)

    def _many(self, count: int, number: str, title: str, text: str) -> str:
        name = text.split()[0]
        for serial in range(1, count + 1):
            result = self.world.take(
                self._visit(f"x.gov.cn/{serial}.html", number, title, f"{name} {serial}")
            )
            assert result is not None and result.outcome == "new"
            self.minute += 1
        rules = {row[0] for row in self.world.db.conn.execute("SELECT rule FROM findings")}
        assert "index-number-placeholder" in rules
        return f"{count} new documents"

    def _visit(self, key: str, number: str, title: str, text: str) -> Step:
        text, new_code, _ = text.partition(" (read by new code)")
        name, _, edit = text.partition(", ")
        page = Page(None if number == "—" else number, title, name, EDITS[edit] if edit else "")
        return Step("page", self.minute, key, page, version=3 if new_code else 1)

    def _last_event(self) -> int:
        return int(self.world.db.conn.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()[0])

    def _events(self, before: int) -> str:
        rows = self.world.db.conn.execute(
            "SELECT e.kind, d.uid FROM events AS e JOIN documents AS d ON d.id = e.document_id WHERE seq > ? ORDER BY seq",
            (before,),
        ).fetchall()
        return ", ".join(f"{kind} {self.letters[uid]}" for kind, uid in rows) or "—"

    def _links(self, uid: str) -> str:
        rows = self.world.db.conn.execute(
            "SELECT l.relation, a.uid, b.uid FROM document_links AS l JOIN documents AS a ON a.id = l.document_id"
            " JOIN documents AS b ON b.id = l.other_id WHERE ? IN (a.uid, b.uid)",
            (uid,),
        ).fetchall()
        said = []
        for relation, one, other in rows:
            if relation == "shares-number":
                assert one == uid, "the later document is linked to the earlier one"
                said.append(f", shares its number with {self.letters[other]}")
            else:
                assert other == uid, "the earlier document is linked to the later one"
                said.append(f", like {self.letters[one]} under another number")
        return "".join(said)


@pytest.mark.parametrize("table", EXAMPLES, ids=[table.heading[:40] for table in EXAMPLES])
def test_an_example_is_what_the_archive_does(table: Table, tmp_path: Path) -> None:
    world = World.make(tmp_path / "gongkai.db")
    reader = Reader(world)
    for row in table.rows:
        says, events = reader.run(row)
        assert (says, events) == (row[5], row[6]), row
    if written := re.search(r"Revisions written: (\d+)", table.below):
        assert world.db["revisions"].count == int(written[1])
    world.db.close()


def test_addresses_and_uids() -> None:
    urls, uids = (table for table in TABLES if table.header[0] in ("URL", "portal"))
    for url, key in urls.rows:
        assert url_key(url.strip("`")) == key.strip("`")
    for portal, key, number, uid in uids.rows:
        assert uid_of(portal.strip("`"), key.strip("`"), number.strip("`") or None) == uid.strip("`")


def limits() -> dict[str, float]:
    """The limits that the page names."""
    rows = [row for table in TABLES if table.header[0] == "limit" for row in table.rows]
    return {row[0].strip("`"): float(row[1]) for row in rows}


def holder(name: str) -> object:
    """The module of this name, or what stands in a module under it."""
    module, _, last = name.rpartition(".")
    return getattr(importlib.import_module(module), last) if last.isupper() else importlib.import_module(name)


def test_the_limits_are_the_programs() -> None:
    for name, value in limits().items():
        module, _, constant = name.rpartition(".")
        assert getattr(holder(module), constant) == value, name


def test_no_limit_of_identity_is_left_out() -> None:
    named = limits()
    for module in LIMIT_MODULES:
        text = Path(importlib.import_module(module).__file__ or "").read_text("utf-8")
        for constant in re.findall(r"^([A-Z][A-Z_]*) = [\d_.]+$", text, re.MULTILINE):
            assert f"{module}.{constant}" in named
    prose = DOC.read_text("utf-8")
    for name in set(re.findall(r"`([A-Z][A-Z_]+)`", prose)):
        assert any(one.endswith(f".{name}") for one in named), f"{name} is explained but not in the table"
