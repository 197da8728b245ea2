"""Five nights of the story, crawled without interruption: what every interrupted archive is compared with."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.end_to_end.runner import Gongkai
from tests.proof.comparison import State, state
from tests.proof.kills import count_seams
from tests.proof.site import StorySite

CRAWL = ("crawl", "story", "--sweep", "--revisit", "all")
BACKFILL = ("backfill", "story")


def time_of(night: int) -> str:
    """When the crawl of a night begins."""
    return f"2026-06-{night:02d}T02:00:00+08:00"


@dataclass
class Nights:
    """``data(n)`` is the archive after night ``n``, made when it is first asked for."""

    folder: Path
    site: StorySite
    seams: dict[int, dict[str, int]] = field(default_factory=dict)
    states: dict[int, State] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def begin(cls, folder: Path, fillers: int = 3) -> Iterator[Nights]:
        """With the portal running."""
        with StorySite(fillers) as site:
            yield cls(folder, site)

    def data(self, night: int) -> Path:
        """The archive after the nights 1 to ``night``; 0: an empty data directory that knows the portal."""
        data = self.folder / f"night-{night}"
        if data.exists():
            return data
        if night == 0:
            self.site.write_portal_file(data / "portals")
            return data
        shutil.copytree(self.data(night - 1), data)
        self.site.night = night
        words = BACKFILL if night == 1 else CRAWL
        self.seams[night] = count_seams(Gongkai(data), *words, now=time_of(night))
        self.states[night] = state(data)
        return data

    def shard(self, name: str, nights: Sequence[int]) -> Path:
        """The archive of another machine, which crawled on these nights only; made when it is first asked for."""
        data = self.folder / f"shard-{name}"
        if not data.exists():
            self.site.write_portal_file(data / "portals")
            for night in nights:
                self.site.night = night
                ran = Gongkai(data)(*CRAWL, now=time_of(night))
                assert ran.code == 0, ran.err
        return data

    def copy_of(self, data: Path, folder: Path) -> Gongkai:
        """Any archive, to be changed."""
        shutil.copytree(data, folder)
        return Gongkai(folder)

    def copy(self, night: int, folder: Path) -> Gongkai:
        """The archive after a night, to be changed."""
        return self.copy_of(self.data(night), folder)
