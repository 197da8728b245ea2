"""``make bench``: bare Scrapy (fetch only) and Gongkai with everything on, over the same pages in one run.

Everything on: robots.txt, guard, captures in WARC with fsync, extraction, identity, search index, walk of the listing.
Both run as whole processes in turn over one server on this machine; the figure to quote is the ratio of the medians.
"""

from __future__ import annotations

import json
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from benchmarks.measured import Measured, measure
from crawler.samples.load import LoadSite

TARGET = 0.25
"""What must be reached of bare Scrapy's rate; the project's aim is 0.5."""
MEMORY_MB = 300


@dataclass(frozen=True, slots=True)
class Contender:
    """One way over the pages, all its runs."""

    name: str
    pages: int
    runs: list[Measured]

    @property
    def rate(self) -> float:
        """Pages a second, by the median run."""
        return self.pages / statistics.median(run.seconds for run in self.runs)

    @property
    def peak_mb(self) -> float:
        """The largest memory of any run."""
        return max(run.peak_mb for run in self.runs)

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of processor time a page, by the median run."""
        return statistics.median(run.cpu for run in self.runs) / self.pages * 1000


def bare(site: LoadSite, folder: Path, concurrency: int) -> Measured:
    """One run of bare Scrapy over the site's documents."""
    addresses = folder / "addresses.txt"
    addresses.write_text("\n".join(site.urls))
    return measure([sys.executable, "-m", "benchmarks.bare", str(addresses), str(concurrency)])


def ours(site: LoadSite, folder: Path, concurrency: int, run: int) -> Measured:
    """One run of ``gongkai backfill`` into an archive of its own; checks that every page is a document in it."""
    data = folder / f"data-{run}"
    site.write_portal_file(data / "portals", concurrency=concurrency)
    command = [sys.executable, "-m", "crawler.cli", "backfill", "load", "--data", str(data), "--json"]
    measured = measure(command)
    db = sqlite3.connect(data / "gongkai.db")
    found = db.execute("SELECT count(*) FROM documents WHERE index_number IS NOT NULL").fetchone()[0]
    db.close()
    if found != site.pages:
        raise SystemExit(
            f"{found} of {site.pages} pages are documents with an index number: the benchmark is void"
        )
    return measured


@click.command()
@click.option("--pages", default=2000, show_default=True)
@click.option("--page-bytes", default=85_000, show_default=True)
@click.option("--pairs", default=1, show_default=True, help="Runs of each, in turn.")
@click.option("--concurrency", default=64, show_default=True, help="Requests at once, for both.")
@click.option("--json", "as_json", is_flag=True)
def main(pages: int, page_bytes: int, pairs: int, concurrency: int, as_json: bool) -> None:
    """Measure and print both rates, both memories and the ratio."""
    scrapy_runs: list[Measured] = []
    gongkai_runs: list[Measured] = []
    with tempfile.TemporaryDirectory() as name, LoadSite(pages=pages, page_bytes=page_bytes) as site:
        folder = Path(name)
        for run in range(pairs):
            scrapy_runs.append(bare(site, folder, concurrency))
            gongkai_runs.append(ours(site, folder, concurrency, run))
    contenders = [Contender("bare Scrapy", pages, scrapy_runs), Contender("Gongkai", pages, gongkai_runs)]
    report(contenders, as_json)


def report(contenders: Sequence[Contender], as_json: bool) -> None:
    """Print a table, or JSON."""
    first, second = contenders
    ratio = second.rate / first.rate
    if as_json:
        rows = [asdict(item) | {"rate": item.rate, "peak_mb": item.peak_mb} for item in contenders]
        click.echo(json.dumps({"contenders": rows, "ratio": ratio}, indent=2))
        return
    table = Table("", "pages/s", "pages/min", "CPU ms/page", "peak memory MB")
    for item in contenders:
        cells = (f"{item.rate:.0f}", f"{item.rate * 60:.0f}", f"{item.cpu_ms:.2f}", f"{item.peak_mb:.0f}")
        table.add_row(item.name, *cells)
    console = Console()
    console.print(table)
    console.print(
        f"ratio {ratio:.2f} of bare Scrapy (to reach: {TARGET}); memory to stay under {MEMORY_MB} MB"
    )


if __name__ == "__main__":
    main()
