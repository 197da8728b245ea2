"""What is killed: each scenario runs one verb to its end through kills and compares the archive with an uninterrupted one's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.proof.comparison import State, difference, state
from tests.proof.kills import Killer, assert_sound, count_seams
from tests.proof.nights import BACKFILL, CRAWL, Nights, time_of

BROKEN_OFF = ("walks",)
"""A killed ``crawl`` is followed by another one: it has walks without a verdict."""

REPAIRED = '\n[detail]\nremove = [".TRS_Editor p:first-of-type"]\n'

Scenario = Callable[[Nights, Path, Killer], None]


def backfill(nights: Nights, folder: Path, killer: Killer) -> None:
    """The first night."""
    nights.data(1)
    gongkai = nights.copy(0, folder / "data")
    nights.site.night = 1
    killer.until_done(gongkai, *BACKFILL, seams=nights.seams[1], now=time_of(1), most=4)
    _assert_same(nights.states[1], gongkai.data, killer)


def crawl(nights: Nights, folder: Path, killer: Killer) -> None:
    """A night on which pages change, go and come back, with everything revisited."""
    night = killer.chance.choice((2, 3))
    nights.data(night)
    gongkai = nights.copy(night - 1, folder / "data")
    nights.site.night = night
    killer.until_done(gongkai, *CRAWL, seams=nights.seams[night], now=time_of(night), most=4)
    _assert_same(nights.states[night], gongkai.data, killer, without=BROKEN_OFF)


def reextract(nights: Nights, folder: Path, killer: Killer) -> None:
    """A changed profile over two nights' captures: the records change, nothing else."""
    expected = nights.copy(2, folder / "expected")
    gongkai = nights.copy(2, folder / "data")
    for one in (expected, gongkai):
        file = one.data / "portals" / "story.toml"
        file.write_text(file.read_text("utf-8") + REPAIRED, "utf-8")
    seams = count_seams(expected, "reextract", now=time_of(3))
    killer.until_done(gongkai, "reextract", seams=seams, now=time_of(3), most=3)
    _assert_same(state(expected.data), gongkai.data, killer)
    assert difference(nights.states[2], state(expected.data)), (
        "the profile changes nothing: this proves nothing"
    )


def rebuild(nights: Nights, folder: Path, killer: Killer) -> None:
    """An archive from three nights' captures alone."""
    captures = nights.data(3) / "captures"
    words = ("rebuild", "--from", str(captures))
    seams = count_seams(nights.copy(0, folder / "counted"), *words, now=time_of(9))
    gongkai = nights.copy(0, folder / "data")
    killer.until_done(gongkai, *words, seams=seams, now=time_of(9), most=3)
    _assert_same(nights.states[3], gongkai.data, killer)


def merge(nights: Nights, folder: Path, killer: Killer) -> None:
    """The nights 1 and 3 of one machine into night 2 of another: one machine's three nights."""
    nights.data(3)
    shards = {name: nights.shard(name, which) for name, which in (("odd", (1, 3)), ("even", (2,)))}
    words = ("merge", str(shards["odd"]))
    seams = count_seams(nights.copy_of(shards["even"], folder / "counted"), *words, now=time_of(9))
    gongkai = nights.copy_of(shards["even"], folder / "data")
    killer.until_done(gongkai, *words, seams=seams, now=time_of(9), most=3)
    # One machine's first night was a backfill, here it is a crawl.
    _assert_same(nights.states[3], gongkai.data, killer, without=("walks",))


def _assert_same(expected: State, data: Path, killer: Killer, without: tuple[str, ...] = ()) -> None:
    said = difference(expected, state(data), without=without)
    assert not said, f"killed at {killer.told}, the archive differs:\n{said}"
    assert_sound(data, "at the end", deep=True)


SCENARIOS: dict[str, Scenario] = {
    "backfill": backfill,
    "crawl": crawl,
    "reextract": reextract,
    "rebuild": rebuild,
    "merge": merge,
}
