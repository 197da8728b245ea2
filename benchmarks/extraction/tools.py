"""The extractors that are compared: ours without and with a profile, and those of the peers that are installed."""

from __future__ import annotations

import importlib
import importlib.metadata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.extraction.pages import Case
from pipelines.bundle import Bundle, Part
from pipelines.decode import decode
from pipelines.detail import Detail
from pipelines.extract import extract
from pipelines.page import Unreadable


@dataclass(frozen=True, slots=True)
class Found:
    """What a tool says of a page: the body's text, and the record fields that it knows at all."""

    body: str = ""
    fields: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tool:
    """One extractor: ``run`` takes a page and gives what it found. ``needs_profile``: pages without one are left out."""

    name: str
    run: Callable[[Case], Found]
    needs_profile: bool = False


OURS = "gongkai"
OURS_WITH_PROFILE = "gongkai, profile"
_FIELDS = [
    "index_number",
    "title",
    "agency",
    "published_on",
    "written_on",
    "document_number",
    "catalog",
    "validity",
]


def _ours(case: Case, detail: Detail) -> Found:
    try:
        page = Part(case.url, case.source, case.content_type)
        record = extract(Bundle(page, detail, case.parts, case.listing))
    except Unreadable:
        return Found()
    return Found(record.body_text, {name: getattr(record, name) for name in _FIELDS})


def _text(case: Case) -> str:
    """The page as text for tools that take no bytes: from our decoder, so that no tool loses by its guess."""
    return decode(case.source, case.content_type).text


def _trafilatura(**options: Any) -> Callable[[Case], Found]:
    module = importlib.import_module("trafilatura")

    def run(case: Case) -> Found:
        found = module.bare_extraction(_text(case), with_metadata=True, **options)
        if found is None:
            return Found()
        return Found(found.text or "", {"title": found.title, "published_on": found.date})

    return run


def _readability() -> Callable[[Case], Found]:
    module = importlib.import_module("readability")
    html = importlib.import_module("lxml.html")

    def run(case: Case) -> Found:
        document = module.Document(_text(case))
        summary = html.fromstring(document.summary())
        return Found(summary.text_content(), {"title": document.short_title()})

    return run


def _gne() -> Callable[[Case], Found]:
    extractor = importlib.import_module("gne").GeneralNewsExtractor()

    def run(case: Case) -> Found:
        found = extractor.extract(_text(case))
        day = (found["publish_time"] or "")[:10]
        return Found(found["content"], {"title": found["title"], "published_on": day or None})

    return run


def _resiliparse() -> Callable[[Case], Found]:
    module = importlib.import_module("resiliparse.extract.html2text")
    return lambda case: Found(module.extract_plain_text(_text(case), main_content=True))


def _justext() -> Callable[[Case], Found]:
    module = importlib.import_module("justext")

    def run(case: Case) -> Found:
        # The settings that its authors name for languages without a list of stop words.
        found = module.justext(_text(case).encode(), frozenset(), encoding="utf-8", **_WITHOUT_STOPWORDS)
        return Found("\n".join(part.text for part in found if not part.is_boilerplate))

    return run


_WITHOUT_STOPWORDS = {"stopwords_low": 0, "stopwords_high": 0, "length_low": 20, "length_high": 60}
_PEERS: dict[str, tuple[str, Callable[[], Callable[[Case], Found]]]] = {
    "trafilatura": ("trafilatura", lambda: _trafilatura()),
    "trafilatura, precision": ("trafilatura", lambda: _trafilatura(favor_precision=True)),
    "readability-lxml": ("readability-lxml", _readability),
    "gne": ("gne", _gne),
    "resiliparse": ("resiliparse", _resiliparse),
    "jusText": ("justext", _justext),
}


def tools() -> tuple[list[Tool], list[str]]:
    """Ours and the installed peers, and the names of those that are not installed."""
    found = [
        Tool(OURS, lambda case: _ours(case, Detail())),
        Tool(OURS_WITH_PROFILE, lambda case: _ours(case, case.profile or Detail()), needs_profile=True),
    ]
    missing = []
    for name, (package, make) in _PEERS.items():
        try:
            version = importlib.metadata.version(package)
            found.append(Tool(f"{name} {version}", make()))
        except ImportError:
            missing.append(name)
    return found, missing
