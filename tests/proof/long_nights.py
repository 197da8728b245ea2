"""Nights at one big portal, each with what it cost: the proof behind ``make soak`` and a small one of every test run."""

from __future__ import annotations

import json
import math
import os
import subprocess
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from tests.end_to_end.runner import Gongkai
from tests.proof.big_portal import BigPortal

FIRST = datetime.fromisoformat("2026-06-01T02:00:00+08:00")
SHARE = 0.005
"""A quiet night asks at the most so much of what the backfill asked …"""
BIG = 3000
"""… of a portal that is not so small that its listing's head alone is more."""
PUBLISHED = 10
PAGE = 300
"""The page that two new entries are back-dated to."""


@dataclass
class LongNights:
    """``measured``: each command is a process of its own, whose memory is taken down, and each night is ``nightly``.

    ``round``: in so many nights every document is looked at again, once something has changed.
    """

    portal: BigPortal
    folder: Path
    measured: bool = False
    round: int = 4
    figures: dict[str, object] = field(default_factory=dict)
    day: int = 0
    asked_by_backfill: int = 0

    def __post_init__(self) -> None:
        self.gongkai = Gongkai(self.folder)
        self.documents = len(self.portal.order)
        self.budget = max(2, self.documents // 500)

    def backfill(self) -> None:
        """Everything once."""
        self.portal.write_portal_file(self.gongkai, self.budget)
        began = time.monotonic()
        megabytes = self._run("backfill", "soak")
        seconds = time.monotonic() - began
        self.asked_by_backfill = self.portal.requests()
        assert self.gongkai.count("documents") == self.documents
        size = (self.folder / "gongkai.db").stat().st_size
        captures = sum(file.stat().st_size for file in (self.folder / "captures").rglob("*.gz"))
        self.figures |= {
            "documents": self.documents,
            "backfill requests": self.asked_by_backfill,
            "backfill seconds": round(seconds),
            "backfill MB": round(megabytes),
            "database bytes a document": size // self.documents,
            "capture bytes a document": captures // self.documents,
        }

    def quiet(self, nights: int) -> None:
        """Nothing changes: nothing is found, and next to nothing asked."""
        before, most, began = self._state(), 0, time.monotonic()
        captured = self.gongkai.query("SELECT sum(length) FROM captures")[0][0]
        for _ in range(nights):
            self.night()
            asked = self.portal.requests()
            assert asked <= 2 + self.budget + 10, asked
            if self.documents >= BIG:
                assert asked <= SHARE * self.asked_by_backfill, asked
            most = max(most, asked)
            assert self._state() == before
        assert self.gongkai.query("SELECT DISTINCT verdict FROM crawls") == [("ok",)]
        assert self.gongkai.count("walks", "mode = 'sweep'") == 0
        grown = self.gongkai.query("SELECT sum(length) FROM captures")[0][0] - captured
        self.figures |= {
            "quiet nights": nights,
            "requests of a quiet night, at the most": most,
            "seconds of a quiet night": round((time.monotonic() - began) / max(nights, 1), 1),
            "capture bytes of a quiet night": grown // max(nights, 1),
        }

    def changes(self) -> None:
        """Ten new entries, two of them far down, an edit, a withdrawal, a renumbering: all of it found, nothing else."""
        place = min(PAGE, self.portal.pages // 2) * self.portal.rows
        for number in range(PUBLISHED):
            self.portal.insert(self.documents + number, place if number < 2 else 0)
        edited, withdrawn, renumbered = (self.documents * part // 5 for part in (1, 2, 3))
        self.portal.edited, self.portal.renumbered = {edited}, {renumbered}
        self.portal.withdraw(withdrawn)
        before = self._events()
        self.night()
        self.figures["requests of the night that found ten new entries"] = self.portal.requests()
        assert (self._events() - before)["new"] == PUBLISHED, "the announced total betrays those far down"
        self.budget = max(self.documents // self.round, 1)
        self.portal.write_portal_file(self.gongkai, self.budget)
        worst = math.ceil((self.documents + PUBLISHED) / self.budget)
        nights = 0
        while not {"revised", "renumbered"} <= (self._events() - before).keys() and nights < worst:
            nights += 1
            self.night()
        assert {"revised", "renumbered"} <= (self._events() - before).keys(), f"not within {worst} nights"
        self.portal.requests()
        self.night(sweep=True)
        asked = self.portal.requests()
        for _ in range(2):
            self.night()
        events = self._events() - before
        assert events == {"new": PUBLISHED, "revised": 1, "renumbered": 1, "delisted": 1, "withdrawn": 1}, (
            events
        )
        self.figures |= {
            "nights until an edit and a renumbering were seen": f"{nights} of {worst}",
            f"requests of a night with a sweep and 1/{self.round} revisited": asked,
        }

    def night(self, *, sweep: bool = False) -> None:
        """The next night; one that sweeps is asked for by hand."""
        self.day += 1
        words = ["nightly", "--files-minutes", "0"] if self.measured else ["crawl", "soak"]
        self._run(*(["crawl", "soak", "--sweep"] if sweep else words))

    def cycle(self) -> dict[str, int]:
        """What the last report says of the revisit cycle."""
        file = max((self.folder / "reports").glob("*.json"))
        (portal,) = json.loads(file.read_text("utf-8"))["portals"]
        found: dict[str, int] = portal["revisit_cycle_nights"]
        return found

    def told(self) -> str:
        """The figures, one a line."""
        return "\n".join(f"{name}: {value}" for name, value in self.figures.items())

    def _run(self, *words: str) -> float:
        now = (FIRST + timedelta(days=self.day)).isoformat()
        if self.measured:
            return measured(self.gongkai, *words, now=now)
        ran = self.gongkai(*words, now=now)
        assert ran.code == 0, ran.out + ran.err
        return 0.0

    def _events(self) -> Counter[str]:
        return Counter(dict(self.gongkai.query("SELECT kind, count(*) FROM events GROUP BY kind")))

    def _state(self) -> tuple[object, ...]:
        tables = ("documents", "revisions", "events", "findings", "entries", "sightings")
        return tuple(self.gongkai.count(table) for table in tables)


def measured(gongkai: Gongkai, *words: str, now: str | None = None) -> float:
    """Run a verb in a process of its own; the most memory that it or a process of its own took, in MB."""
    with Path(os.devnull).open("wb") as nowhere:
        process = subprocess.Popen(gongkai.command(*words), env=gongkai.environment(now), stdout=nowhere)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, words
    return usage.ru_maxrss / 1024


def memory_of(documents: int, folder: Path) -> float:
    """The memory in MB that a backfill of so many documents takes."""
    gongkai = Gongkai(folder)
    with BigPortal(documents) as portal:
        portal.write_portal_file(gongkai, 0)
        megabytes = measured(gongkai, "backfill", "soak")
        assert gongkai.count("documents") == documents
    return megabytes
