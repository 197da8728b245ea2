"""A verb, killed again and again at steps chosen by chance and run again until it is done."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from archive.layout import DataDirectory
from archive.transaction import connect
from archive.verify import verify
from tests.end_to_end.runner import TIMEOUT, Gongkai

ROOT = Path(__file__).resolve().parents[2]


def count_seams(gongkai: Gongkai, *words: str, now: str | None = None) -> dict[str, int]:
    """Run a verb to its end and say how often it passed each seam."""
    report = gongkai.data / "seams.json"
    code, said = _run(gongkai, f"count:{report}", words, now)
    assert code == 0, said
    counts: dict[str, int] = json.loads(report.read_text(encoding="utf-8"))
    report.unlink()
    return counts


def _run(gongkai: Gongkai, where: str, words: Sequence[str], now: str | None) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.proof.killed", where, "--", *words],
        env=gongkai.environment(now, PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    return done.returncode, done.stdout[-1000:] + done.stderr[-3000:]


@dataclass
class Killer:
    """Chooses where to kill, and keeps what it did; ``told`` names the seams at which a process died."""

    chance: random.Random
    told: list[str] = field(default_factory=list)

    @property
    def kills(self) -> int:
        """How many processes it has killed."""
        return len(self.told)

    def until_done(
        self, gongkai: Gongkai, *words: str, seams: dict[str, int], now: str | None = None, most: int = 3
    ) -> None:
        """Run ``words``, killed up to ``most`` times, each run a minute later than the last, until one ends with 0.

        After each kill what is committed must hold together.
        """
        for attempt in range(most):
            seam = self.chance.choice(sorted(seams))
            passage = self.chance.randint(1, max(1, seams[seam] // (attempt + 2)))
            where = f"{seam}:{passage}" + self.chance.choice(("", ":cut"))
            code, said = _run(gongkai, where, words, _later(now, attempt))
            if code != -signal.SIGKILL:
                assert code == 0, f"after {self.told[-attempt:]}: {said}"
                return
            self.told.append(f"{words[0]} {where}")
            assert_sound(gongkai.data, f"killed at {where}")
        code, said = _run(gongkai, "none:0", words, _later(now, most))
        assert code == 0, f"after {self.told[-most:]}: {said}"

    def summary(self) -> str:
        """Where it killed, and how often."""
        places = Counter(one.split(":")[0] for one in self.told)
        return ", ".join(f"{place} {count}" for place, count in sorted(places.items()))


def _later(now: str | None, minutes: int) -> str | None:
    return (datetime.fromisoformat(now) + timedelta(minutes=minutes)).isoformat() if now else None


def assert_sound(data: Path, when: str, *, deep: bool = False) -> None:
    """``verify`` finds nothing but bytes that nothing refers to."""
    directory = DataDirectory(data)
    if not directory.database.exists():
        return
    db = connect(directory.database, readonly=True)
    try:
        tables = {row[0] for row in db.conn.execute("SELECT name FROM sqlite_schema")}
        if "documents" not in tables:
            return  # killed before the first migration was committed
        problems = [one.message for one in verify(db, directory, deep=deep) if one.severity == "error"]
    finally:
        db.close()
    assert problems == [], f"{when}: {problems[:3]}"
