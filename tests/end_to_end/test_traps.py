"""A portal of traps: every one ends by rule and is named, the good documents land, time and memory are bounded."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from crawler.samples.traps import TRAPS, TrapSite

from .runner import Gongkai

FAILING = {
    "self-redirect": "redirects in a circle",
    "loop": "redirects in a circle",
    "deep": "redirects in a circle, or too many",
    "bomb": "during decompression",
    "huge": "larger than allowed",
    "endless-body": "larger than allowed",
    "drip": "no answer in time",
    "short": "shorter than its Content-Length",
    "to-file": "file:///etc/hostname, which is not followed",
    "to-metadata": "169.254.169.254/latest/meta-data/ is on another host",
    "to-private": "10.0.0.1/ is on another host",
}
"""What the archive says of the one document of a trap."""
LISTINGS = {"repeat": 10, "session": 10, "flaky": 30, "shifting": 30, "vanishing": 30}
"""How many documents a trap of listings really has, at the least."""
MEGABYTES = 400
SECONDS = 90


@dataclass(frozen=True)
class Caught:
    """A crawl of all traps but the endless pager: how it ended, its memory and time."""

    gongkai: Gongkai
    site: TrapSite
    code: int
    megabytes: float
    seconds: float


# A process begins with the memory mark of the one that started it, and a test process may be large: a small one of its
# own starts the verb and says what it took.
WITNESS = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def measured(gongkai: Gongkai, *words: str) -> tuple[int, float, float]:
    """Run a verb; its exit code, most resident memory in MB, and seconds."""
    began = time.monotonic()
    witness = [sys.executable, "-c", WITNESS, *gongkai.command(*words)]
    done = subprocess.run(
        witness, env=gongkai.environment(), capture_output=True, text=True, timeout=300, check=True
    )
    code, kilobytes = done.stdout.split()
    return int(code), int(kilobytes) / 1024, time.monotonic() - began


@pytest.fixture(scope="module")
def caught(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caught]:
    """All traps whose end does not take a thousand pages, crawled once."""
    gongkai = Gongkai(tmp_path_factory.mktemp("traps") / "data")
    with TrapSite() as site:
        site.write_portal_file(gongkai.data / "portals", traps=[trap for trap in TRAPS if trap != "endless"])
        file = gongkai.data / "portals" / "traps.toml"
        file.write_text(file.read_text("utf-8").replace("timeout = 5", "timeout = 1.5"), "utf-8")
        yield Caught(gongkai, site, *measured(gongkai, "crawl", "traps"))


def test_it_ends_in_bounded_time_and_memory(caught: Caught) -> None:
    assert caught.code == 1
    assert caught.seconds < SECONDS
    assert caught.megabytes < MEGABYTES
    assert caught.gongkai.query("SELECT verdict FROM crawls") == [("degraded",)]
    assert caught.gongkai.count("walks", "verdict IS NULL OR reason LIKE '%internal error%'") == 0
    assert caught.gongkai("verify", "--deep").code == 0


@pytest.mark.parametrize(("trap", "words"), FAILING.items())
def test_a_document_that_is_a_trap_says_why_it_is_not_there(caught: Caught, trap: str, words: str) -> None:
    ((state, error, document),) = caught.gongkai.query(
        "SELECT state, last_error, document_id FROM sightings WHERE url LIKE ?", f"%/{trap}/%"
    )
    assert (state, document) == ("error", None)
    assert words in error and "\n" not in error
    asked = [request for request in caught.site.requests if request.path.startswith(f"/{trap}/2026")]
    assert 1 <= len(asked) <= 6


@pytest.mark.parametrize(("trap", "documents"), LISTINGS.items())
def test_a_listing_that_is_a_trap_gives_all_its_documents(caught: Caught, trap: str, documents: int) -> None:
    ((count, distinct),) = caught.gongkai.query(
        "SELECT count(*), count(DISTINCT document_id) FROM sightings WHERE state = 'ok' AND url LIKE ?",
        f"%/{trap}/%",
    )
    assert count == distinct
    assert documents <= count <= documents + 3
    assert caught.gongkai.query(
        "SELECT verdict FROM walks w JOIN directories d ON d.id = directory_id WHERE key = ?", trap
    ) == [("complete",)]


def test_traps_have_names(caught: Caught) -> None:
    named = {
        (location.rpartition(":")[0].split("/")[1] if "/" in location else location.partition(":")[0], trap)
        for location, trap in caught.gongkai.query(
            "SELECT location, json_extract(data, '$.trap') FROM findings WHERE rule = 'crawl-trap'"
        )
    }
    assert named == {
        ("session", "session-ids"), ("self-redirect", "redirect-loop"), ("loop", "redirect-loop"), ("deep", "redirect-loop"),
    }  # fmt: skip
    walks = dict(
        caught.gongkai.query("SELECT key, reason FROM walks w JOIN directories d ON d.id = directory_id")
    )
    assert "entries were all on earlier pages" in walks["repeat"]
    drifted = caught.gongkai.query(
        "SELECT key FROM walks w JOIN directories d ON d.id = directory_id WHERE drifted"
    )
    assert {key for (key,) in drifted} == {"shifting", "vanishing"}
    ((links, length),) = caught.gongkai.query(
        "SELECT count(*), max(length(body_text)) FROM documents WHERE url LIKE '%/links/%'"
    )
    assert links == 1 and length < 100_000


def test_session_ids_make_no_new_documents(gongkai: Gongkai) -> None:
    with TrapSite() as site:
        site.write_portal_file(gongkai.data / "portals", traps=["session"])
        file = gongkai.data / "portals" / "traps.toml"
        # jsessionid is known to every family; sid may be a document's own number, so the portal's file has to say it
        file.write_text(file.read_text("utf-8") + '[urls]\ndrop_query = ["sid"]\n', "utf-8")
        for _ in range(2):
            assert gongkai("crawl", "traps", "--sweep").code == 0
            assert gongkai.count("documents") == gongkai.count("sightings") == gongkai.count("entries") == 10


def test_an_endless_pager_is_left(gongkai: Gongkai) -> None:
    with TrapSite() as site:
        site.write_portal_file(gongkai.data / "portals", traps=["endless"])
        code, megabytes, seconds = measured(gongkai, "backfill", "traps", "--since", "2030-01-01")
        assert len(site.requests) < 1010
    assert code == 1
    assert megabytes < MEGABYTES and seconds < SECONDS
    ((verdict, reason, pages),) = gongkai.query("SELECT verdict, reason, pages FROM walks")
    assert (verdict, pages) == ("incomplete", 1000)
    assert "the pager does not end" in reason
    assert gongkai.count("findings", "rule = 'crawl-trap' AND location = 'endless:endless-pager'") == 1
