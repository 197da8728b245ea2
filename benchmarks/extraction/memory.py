"""``python -m benchmarks.extraction.memory``: what a process that goes on extracting pages holds, and its slowest page."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count as counted
from itertools import islice
from pathlib import Path

import click

from benchmarks.extraction.pages import SETS, Case, cases
from pipelines.bundle import Bundle, Part
from pipelines.detail import Detail
from pipelines.extract import extract
from pipelines.page import Unreadable

_FIRST = 1_000  # extractions before the first look
_LOOKS = 10
_WARM = 10_000  # so many extractions fill the memories for texts, each of which is bounded
_COMMON = "的".encode()
MAY_GROW = 8.0
"""Megabytes by which the C library's heap goes up and down."""


@dataclass(frozen=True, slots=True)
class Seen:
    """After ``extractions``: the resident ``megabytes`` of the process, the ``slowest`` page so far in seconds of CPU."""

    extractions: int
    megabytes: float
    slowest: float
    slowest_page: str


def watch(chosen: Sequence[Case], count: int) -> Iterator[Seen]:
    """Extract the pages over and over, without and with their profiles, and look a few times on the way."""
    bundles = [
        (case.name, Bundle(Part(case.url, case.source, case.content_type), detail, case.parts, case.listing))
        for case in chosen
        for detail in (Detail(), case.profile)
        if detail is not None
    ]
    looks = {min(_FIRST, count), *(count * look // _LOOKS for look in range(1, _LOOKS + 1))}
    slowest, slowest_page = 0.0, ""
    rounds = (_fresh(name, bundle, turn) for turn in counted() for name, bundle in bundles)
    for number, (name, bundle) in enumerate(islice(rounds, count), 1):
        started = time.process_time()
        with suppress(Unreadable):
            extract(bundle)
        taken = time.process_time() - started
        if taken > slowest:
            slowest, slowest_page = taken, name
        if number in looks:
            yield Seen(number, resident_megabytes(), slowest, slowest_page)


def _fresh(name: str, bundle: Bundle, turn: int) -> tuple[str, Bundle]:
    """The page with other texts in each turn, as a crawl brings them: memories of texts fill up, and must stay bounded."""
    body = bundle.page.body.replace(_COMMON, chr(0x4E00 + turn % 20_000).encode())
    return name, replace(bundle, page=replace(bundle.page, body=body))


def resident_megabytes() -> float:
    """The resident memory of this process now (Linux)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise OSError("/proc/self/status tells no VmRSS")


def growth(seen: Sequence[Seen]) -> float:
    """Megabytes between the first look at a warm process and the last one."""
    warm = next((look for look in seen if look.extractions >= _WARM), seen[-1])
    return seen[-1].megabytes - warm.megabytes


@click.command()
@click.option("--count", default=100_000, show_default=True, help="Extractions.")
@click.option("--set", "sets", type=click.Choice(SETS), multiple=True, help="Only these pages (repeatable).")
def main(count: int, sets: tuple[str, ...]) -> None:
    """Extract the benchmark's pages over and over; fails if memory still grows once the process is warm."""
    seen = []
    for look in watch(cases(sets or SETS), count):
        seen.append(look)
        click.echo(
            f"{look.extractions:>8,} extractions  {look.megabytes:6.1f} MB"
            f"  slowest {look.slowest * 1000:.0f} ms ({look.slowest_page})"
        )
    if growth(seen) > MAY_GROW:
        raise click.ClickException(f"memory grew by {growth(seen):.1f} MB after {_WARM:,} extractions")


if __name__ == "__main__":
    main()
