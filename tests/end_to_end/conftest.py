"""The console script on real local servers. Crawled archives are shared; a test that changes one gets a copy."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from crawler.samples.portal_files import write_portal_files
from crawler.samples.server import SampleServer

from .runner import Gongkai, Ran

FIRST_NIGHT = "2026-06-01T02:00:00+08:00"


@dataclass(frozen=True)
class Demo:
    """What ``gongkai demo`` made and said; read only."""

    gongkai: Gongkai
    ran: Ran


@dataclass(frozen=True)
class Night:
    """The sample portals, running, and an archive of them after the first night."""

    gongkai: Gongkai
    server: SampleServer
    ran: Ran


@pytest.fixture
def gongkai(tmp_path: Path) -> Gongkai:
    """The command on a fresh data directory."""
    return Gongkai(tmp_path / "data")


@pytest.fixture
def samples(gongkai: Gongkai) -> Iterator[SampleServer]:
    """The sample portals, running, their portal files in place."""
    with SampleServer(crawl_delay=0.01) as server:
        write_portal_files(server, gongkai.data / "portals")
        yield server


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Demo:
    """``gongkai demo`` in the folder of an older demo, run once for all workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "demo"
    said = folder.with_suffix(".json")
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            folder.mkdir()
            (folder / ".gongkai-demo").touch()
            (folder / "gongkai.db").write_bytes(b"of an older demo")
            (folder / "letter.txt").write_bytes(b"of an older demo")
            ran = Gongkai(folder)("demo", "--data", str(folder))
            said.write_text(json.dumps(asdict(ran)), encoding="utf-8")
    return Demo(Gongkai(folder), Ran(**json.loads(said.read_text(encoding="utf-8"))))


@pytest.fixture(scope="session")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """All sample portals crawled once; read only."""
    gongkai = Gongkai(tmp_path_factory.mktemp("night") / "data")
    with SampleServer(crawl_delay=0.01) as server:
        ids = write_portal_files(server, gongkai.data / "portals")
        yield Night(gongkai, server, gongkai("crawl", *ids, now=FIRST_NIGHT))


@pytest.fixture
def night(first_night: Night, tmp_path: Path) -> Iterator[Night]:
    """The archive after the first night, to go on with; the portals show edition 1."""
    first_night.server.edition = 1
    yield Night(first_night.gongkai.copy_to(tmp_path / "copy"), first_night.server, first_night.ran)
    first_night.server.edition = 1
