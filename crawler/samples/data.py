"""Read the data files of the sample portals: ``site.toml``, ``documents.tsv``, ``quirks.toml``, ``texts/``.

Every line of ``quirks.toml`` must cite the catalogue (``cites = "platforms.md §…"``), so that no sample portal
does what no real one was seen to do.
"""

from __future__ import annotations

import csv
import functools
import tomllib
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from crawler.samples.genres import compose
from crawler.samples.model import Change, Column, Document, PortalData, Quirk

PORTAL_IDS = ("qinghewan", "bailuzhou", "yunling", "wutongzhou")
"""The sample portals, in the order of their ports."""

_KNOWN = ("kind", "cites", "document", "directory")


def data_folder() -> Traversable:
    """The folder of the packaged data files."""
    return files("crawler.samples") / "data"


def _toml(file: Traversable) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _document(folder: Traversable, line: dict[str, str], place: str) -> Document:
    """One line of ``documents.tsv``; an empty date means the date before it in the line."""
    published = line["published_on"]
    written = line["written_on"] or published
    if line["genre"].startswith("text:"):
        text = (folder / "texts" / line["genre"].removeprefix("text:")).read_text(encoding="utf-8")
    else:
        values = line | {"place": place, "written_on": written}
        text = compose(line["genre"], values, line["arguments"])
    return Document(
        id=line["id"],
        directories=tuple(line["directories"].split(",")),
        title=line["title"],
        index_number=line["index_number"],
        document_number=line["document_number"],
        agency=line["agency"],
        published_on=published,
        written_on=written,
        created_on=line["created_on"] or published,
        catalog=line["catalog"],
        text=text,
    )


def _column(table: dict[str, Any]) -> Column:
    known = {key: table[key] for key in ("key", "name", "url", "expect", "page_size") if key in table}
    return Column(**known, data={key: value for key, value in table.items() if key not in known})


def _quirk(table: dict[str, Any]) -> Quirk:
    known = {key: table[key] for key in _KNOWN if key in table}
    return Quirk(**known, data={key: value for key, value in table.items() if key not in known})


@functools.cache
def load_data(portal_id: str) -> PortalData:
    """The data of one sample portal."""
    folder = data_folder() / portal_id
    site = _toml(folder / "site.toml")
    quirks = _toml(folder / "quirks.toml")
    lines = csv.DictReader(
        (folder / "documents.tsv").read_text(encoding="utf-8").splitlines(),
        delimiter="\t",
        quoting=csv.QUOTE_NONE,
    )
    return PortalData(
        id=portal_id,
        name=site["name"],
        family=site["family"],
        place=site["place"],
        charset=site["charset"],
        content_type=site["content_type"],
        columns=tuple(_column(table) for table in site["columns"]),
        documents=tuple(_document(folder, line, site["place"]) for line in lines),
        quirks=tuple(_quirk(table) for table in quirks.get("quirk", ())),
        changes=tuple(
            Change(
                table["document"],
                table["kind"],
                table["edition"],
                tuple(map(tuple, table.get("replace", ()))),
                table.get("file", ""),
                table.get("adds", ""),
            )
            for table in quirks.get("change", ())
        ),
        site=site,
    )
