"""The pages that are measured, with their gold: real ones from ``../shared/realpages``, the samples' and the fixtures'."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree
from lxml.cssselect import CSSSelector

from crawler.platforms.loader import load_profile
from crawler.samples import text
from crawler.samples.data import PORTAL_IDS, load_data
from crawler.samples.sites import build_site
from crawler.samples.wire import Request
from pipelines.bundle import ListingFacts, Part
from pipelines.decode import decode
from pipelines.detail import Detail
from tests.golden.fixture import bundle_of

PROJECT = Path(__file__).resolve().parents[2]
REAL_PAGES = PROJECT.parent / "shared" / "realpages"
FIXTURES = PROJECT / "tests" / "golden"
SETS = ("gov", "article", "detail", "samples", "golden")

_COLUMNS = [
    "index_number",
    "title",
    "agency",
    "published_on",
    "written_on",
    "document_number",
    "catalog",
    "validity",
]
# Gold containers without a text: a share bar (the page was cut off in its first tag), the template of a comment box.
_WITHOUT_TEXT = {"gov/news-rsj-gzdaozhen-gov-cn-074.html", "gov/news-www-pds-gov-cn-sub-sites-105.html"}


@dataclass(frozen=True, slots=True)
class Case:
    """One page: ``fields`` is the gold of record fields, ``body`` that of the text (None: there is none).

    ``profile`` names the body as a portal file would; None where nobody wrote one. ``needs_profile``: without it the gold
    cannot be read off the page (further ``parts``, what its ``listing`` says, labels of its own).
    """

    name: str
    kind: str
    url: str
    source: bytes
    content_type: str | None = None
    fields: dict[str, str | None] = field(default_factory=dict)
    body: str | None = None
    profile: Detail | None = None
    parts: tuple[Part, ...] = ()
    listing: ListingFacts | None = None
    needs_profile: bool = False


def cases(kinds: tuple[str, ...] = SETS) -> list[Case]:
    """The pages of these sets; a set that is absent is empty."""
    found = {"samples": _samples, "golden": _fixtures}
    made: list[Case] = []
    real = [kind for kind in kinds if kind not in found]
    if real and REAL_PAGES.is_dir():
        made += [case for case in _real_pages() if case.kind in real]
    for kind in kinds:
        if kind in found:
            made += found[kind]()
    return made


def _real_pages() -> Iterator[Case]:
    with (REAL_PAGES / "MANIFEST.tsv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in rows:
        path = REAL_PAGES / row["file"]
        kind = row["file"].partition("/")[0]
        if kind not in ("gov", "article", "detail") or path.suffix != ".html":
            continue
        source = path.read_bytes()
        fields: dict[str, str | None] = {
            name: row[f"gold_{name}"] for name in _COLUMNS if row.get(f"gold_{name}")
        }
        selector = row["body_selector"]
        body = _article_gold(path) if kind == "article" else None
        if selector and row["file"] not in _WITHOUT_TEXT:
            body = _text_of(source, selector)
        url = row["site"].split()[0] if row["site"].startswith("http") else "http://www.example.gov.cn/a.html"
        profile = Detail(body=[selector]) if body is not None and selector else None
        yield Case(row["file"], kind, url, source, None, fields, body, profile)


def _article_gold(path: Path) -> str:
    (gold,) = (path.parent / "gold_cleaned").glob(path.stem + "*")
    return gold.read_text("utf-8", "replace")


def _text_of(source: bytes, selector: str) -> str:
    """The text of the container that the manifest names, scripts and styles left out."""
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True)
    root = etree.fromstring(decode(source).text.encode(), parser)
    (container, *_) = CSSSelector(selector, translator="html")(root)
    return "".join(container.xpath(".//text()[not(ancestor::script or ancestor::style)]"))


def _plain(markup: str) -> str:
    """The text of a fragment, the cells of a row set apart by the bar that extractors print between them."""
    root = etree.fromstring(f"<div>{markup}</div>", etree.HTMLParser())
    for cell in root.iter("td", "th"):
        if cell.getprevious() is not None:
            cell.text = f"|{cell.text or ''}"
    return "".join(root.itertext())


def _samples() -> list[Case]:
    """The documents of the sample portals as their servers send them, with what their data says."""
    made = []
    for portal in PORTAL_IDS:
        site = build_site(load_data(portal), crawl_delay=0)
        detail = load_profile(site.data.family).detail
        known = {quirk.document for quirk in site.data.quirks if quirk.document}
        for address, (document, _) in site.addresses.items():
            if document.id in known or not site.present(document, 1):
                continue  # what is odd about these is tested by name
            response = site.respond(Request("GET", address), 1, 1)
            if response.status != 200 or response.header("Content-Encoding"):
                continue
            fields: dict[str, str | None] = {
                "title": document.title,
                "index_number": document.index_number or None,
                "published_on": document.published_on,
                "agency": document.agency,
            }
            body = _plain(text.to_html(document.text, site.style, lambda _name, file: file))
            url = f"http://{portal}.example.gov.cn{address}"
            name = f"{portal}{address}"
            header = response.header("Content-Type")
            made.append(Case(name, "samples", url, response.body, header, fields, body, detail))
    return made


def _fixtures() -> list[Case]:
    """The golden fixtures of the tests; what one calls a known fault is no gold."""
    made = []
    for page in sorted(FIXTURES.glob("*/page.html")):
        bundle, about = bundle_of(page.parent)
        if about.get("faults"):
            continue
        expected = json.loads((page.parent / "expected.json").read_text("utf-8"))
        fields = {name: expected[name] for name in _COLUMNS}
        own = "detail" in about or "listing" in about
        case = Case(
            page.parent.name,
            "golden",
            bundle.page.url,
            bundle.page.body,
            bundle.page.content_type,
            fields,
            expected["body_text"] or None,
            bundle.detail if own else None,
            bundle.parts,
            bundle.listing,
            needs_profile=own,
        )
        made.append(case)
    return made
