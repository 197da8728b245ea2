"""What the JSON engines are told: where an answer keeps its entries, and how a listing that is cut off is sliced."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from crawler.json_paths import steps
from crawler.platforms.values import FieldName, Regex, Table


def _path(text: str) -> str:
    steps(text)
    return text


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Path = Annotated[str, AfterValidator(_path)]
Paths = Annotated[list[Path], BeforeValidator(_listed)]
Templates = Annotated[list[str], BeforeValidator(_listed)]


class Json(Table):
    """Where an answer keeps what (``json_api``, ``html_in_json``). Of several paths the first with a value counts.

    ``items``: the list of entries; none given: the list that looks most like one. ``url``: an address, or a
    template with paths in braces (``/detail?id={id}``). ``title``, ``published_on`` and ``fields`` (record field →
    paths) are looked for inside an entry. ``total`` and ``pages``: how many entries and pages there are. ``guess``:
    what no path gives is taken from keys of well-known names. ``after``: the page is HTML, and the data begins
    behind the first match of this regular expression. ``html``: the string that holds markup. ``base``: what
    relative addresses are resolved against, else base_url; ``host``: entries' addresses are on this host, whatever
    they say.
    """

    items: Paths = Field(default_factory=list)
    url: Templates = Field(default_factory=list)
    title: Paths = Field(default_factory=list)
    published_on: Paths = Field(default_factory=list)
    fields: dict[FieldName, Paths] = Field(default_factory=dict)
    total: Paths = Field(default_factory=list)
    pages: Paths = Field(default_factory=list)
    html: Paths = Field(default_factory=list)
    guess: bool = True
    after: Regex | None = None
    base: str | None = None
    host: str | None = None


class Slices(Table):
    """A listing of which only the first ``cap`` entries can be asked for is walked by ranges of days, halved until
    each is short enough: ``{from}`` and ``{to}`` in the request, or the query parameters ``from_param`` and
    ``to_param``, written as ``format`` (strftime). ``since``: the first day. ``cap`` 0: not sliced.
    """

    cap: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    since: date = date(1990, 1, 1)
    format: str = "%Y-%m-%d"
    from_param: str | None = None
    to_param: str | None = None
