"""Several processes write, read and back up one archive at once, and none is told that it is locked (DESIGN §8)."""

from __future__ import annotations

from pathlib import Path

from crawler.samples.load import LoadSite
from tests.proof.together import run_together

from .runner import Gongkai

SECONDS = 16
PORTALS = ["one", "two", "three", "four"]


def test_four_crawls_readers_and_a_backup(gongkai: Gongkai, tmp_path: Path) -> None:
    print(together(gongkai, tmp_path, SECONDS))


def together(gongkai: Gongkai, folder: Path, seconds: float) -> str:
    """Run all of them for so long, and look at what is left; the times of the transactions in a line."""
    with LoadSite(pages=400, page_bytes=20_000, rows=20) as site:
        for portal in PORTALS:
            site.write_portal_file(gongkai.data / "portals", portal_id=portal, concurrency=4)
            assert gongkai("backfill", portal, "--limit", "5").code == 0
        found = run_together(gongkai, PORTALS, seconds, folder)
    assert found.failures == [], "\n\n".join(found.failures)
    assert min(found.counts[name] for name in ("backfill", "search", "verify", "backup", "pages")) > 0, (
        found.summary()
    )
    assert max(found.waited) < 20, found.summary()
    verified = gongkai("verify", "--deep", "--json")
    assert verified.code == 0 and verified.json()["problems"] == [], verified.out
    backup = Gongkai(folder / "backup")
    assert gongkai("backup", str(backup.data)).code == 0
    assert backup("verify", "--deep", "--json").json()["problems"] == []
    per_portal = dict(gongkai.query("SELECT portal, count(*) FROM documents GROUP BY 1"))
    assert set(per_portal) == set(PORTALS) and min(per_portal.values()) > 5, per_portal
    return found.summary()
