"""``gongkai search QUERY``: documents by any part of their title, text, numbers, agency or attachment
names."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from archive.commands.common import data_option, echo_json, fail, open_archive
from archive.layout import DataDirectory
from archive.search import EmptyQuery, Hit, IndexOutdated, SearchPage, printable, search

MAX_LIMIT = 10_000


def _as_json(query: str, page: SearchPage) -> dict[str, Any]:
    hits = []
    for hit in page.hits:
        fields = asdict(hit)
        fields["snippet"] = hit.snippet.text
        fields["snippet_hits"] = [list(place) for place in hit.snippet.hits]
        hits.append(fields)
    return {"query": query, "total": page.total, "more_than_total": page.capped, "hits": hits}


def _summary(query: str, page: SearchPage) -> str:
    if not page.total:
        return f"No document has {printable(query)} in it."
    number = f"More than {page.total:,}" if page.capped else f"{page.total:,}"
    order = "best first" if page.ranked else "newest first"
    noun = "document" if page.total == 1 and not page.capped else "documents"
    rest = f", the first {len(page.hits)} shown" if page.capped or len(page.hits) < page.total else ""
    return f"{number} {noun}, {order}{rest}."


def _print_hit(console: Console, hit: Hit) -> None:
    """Three lines and the snippet; on a terminal the hit is marked by style, elsewhere by 【】."""
    known = (hit.published_on, hit.agency, hit.index_number, hit.portal)
    console.print(Text(printable(hit.title or "（无标题）"), style="bold"), soft_wrap=True)
    console.print(Text("  " + printable(" · ".join(part for part in known if part))), soft_wrap=True)
    console.print(Text(f"  {hit.uid}  {printable(hit.url)}", style="dim"), soft_wrap=True)
    if hit.snippet.text:
        line = Text("  " + (hit.snippet.text if console.is_terminal else hit.snippet.marked()))
        if console.is_terminal:
            for start, end in hit.snippet.hits:
                line.stylize("bold yellow", start + 2, end + 2)
        console.print(line, soft_wrap=True)
    console.print()


# -0011 is the end of an index number, not an option.
@click.command(
    "search",
    context_settings={"ignore_unknown_options": True},
    epilog="Example: gongkai search '公开 报告' --limit 5",
)
@click.argument("words", metavar="QUERY...", nargs=-1, required=True)
@click.option("--portal", metavar="ID", help="Only documents of this portal.")
@click.option(
    "--limit", type=click.IntRange(1, MAX_LIMIT), default=20, show_default=True, help="Documents to show."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@data_option
def command(
    words: tuple[str, ...], portal: str | None, limit: int, as_json: bool, data: DataDirectory
) -> None:
    """Find documents that have every word of QUERY in them.

    A word is any piece of text: 公开, 开, 〔2019〕14号, 2019-0011. Width, case, traditional and simplified
    characters make no difference; everything but white space is taken literally. Few documents are shown
    best first, many newest first.
    """
    query = " ".join(words)
    db = open_archive(data, readonly=True)
    try:
        known = portal is None or db.execute("SELECT 1 FROM portals WHERE id = ?", [portal]).fetchone()
        if not known:
            fail(f"no portal {portal} in this archive: `gongkai portals list` shows them")
        page = search(db, query, limit=limit, portal=portal)
    except (EmptyQuery, IndexOutdated) as error:
        fail(str(error))
    finally:
        db.close()
    if as_json:
        echo_json(_as_json(query, page))
        return
    # Numbers, addresses and brackets in pages are text, never markup or highlighting.
    console = Console(highlight=False, markup=False, emoji=False)
    for hit in page.hits:
        _print_hit(console, hit)
    console.print(Text(_summary(query, page)), soft_wrap=True)
