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
from archive.search import EmptyQuery, Hit, IndexOutdated, SearchPage, Snippet, printable, search

MAX_LIMIT = 10_000


_LABELS = {"document_number": "文号", "attachment": "附件", "attachment_text": "附件文字"}


def _as_json(query: str, page: SearchPage) -> dict[str, Any]:
    hits = []
    for hit in page.hits:
        fields = asdict(hit)
        fields["snippet"] = hit.snippet.text
        fields["snippet_hits"] = [list(place) for place in hit.snippet.hits]
        fields["matches"] = [
            {"field": name, "text": text.text, "hits": [list(place) for place in text.hits]}
            for name, text in hit.matches
        ]
        hits.append(fields)
    return {"query": query, "total": page.total, "more_than_total": page.capped, "hits": hits}


def _summary(query: str, page: SearchPage) -> str:
    if not page.total:
        return f"没有文件含有“{printable(query)}”。"
    number = f"多于 {page.total:,}" if page.capped else f"共 {page.total:,}"
    order = "最相关的在前" if page.ranked else "由新到旧"
    rest = f"，列出前 {len(page.hits):,} 份" if page.capped or len(page.hits) < page.total else ""
    return f"{number} 份文件，{order}{rest}。"


def _marked(console: Console, text: Snippet, style: str = "") -> Text:
    """``text`` with its hits marked: by style on a terminal, elsewhere by 【】."""
    if not console.is_terminal:
        return Text(text.marked(), style=style)
    line = Text(text.text, style=style)
    for start, end in text.hits:
        line.stylize("bold yellow", start, end)
    return line


def print_hit(console: Console, hit: Hit) -> None:
    """Title, what is known, address; each further field that has a hit; the snippet."""
    found = dict(hit.matches)
    title = _marked(console, found.get("title") or Snippet(printable(hit.title or "（无标题）")), "bold")
    withdrawn = Text("  已撤下" if hit.withdrawn_at else "", style="red")
    known = {"": hit.published_on, "agency": hit.agency, "index_number": hit.index_number, " ": hit.portal}
    parts = [
        _marked(console, found.get(name) or Snippet(printable(value)))
        for name, value in known.items()
        if value
    ]
    console.print(title + withdrawn, soft_wrap=True)
    console.print(Text("  ") + Text(" · ").join(parts), soft_wrap=True)
    console.print(Text(f"  {hit.uid}  {printable(hit.url)}", style="dim"), soft_wrap=True)
    for name, text in hit.matches:
        if name in _LABELS:
            console.print(Text(f"  {_LABELS[name]}：") + _marked(console, text), soft_wrap=True)
    if hit.snippet.text:
        console.print(Text("  ") + _marked(console, hit.snippet), soft_wrap=True)
    console.print()


# -0011 is the end of an index number, not an option.
@click.command(
    "search",
    short_help="Find documents that have every word in them.",
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
        print_hit(console, hit)
    console.print(Text(_summary(query, page)), soft_wrap=True)
