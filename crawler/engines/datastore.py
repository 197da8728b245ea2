"""Hanweb's ``<datastore>``: the XML island in a column page, and the answers of its list service
(platforms.md §2).

Read by scanning, not by an XML parser: it stands inside HTML, its records are HTML fragments, and real ones
are neither valid nor always whole.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from urllib.parse import parse_qsl, urlsplit

_TOTAL = re.compile(r"<totalrecord>\s{0,20}([0-9]{1,9})", re.IGNORECASE)
_HREF = re.compile(r"""href\s?=\s?(?:"([^"]{1,4000})"|'([^']{1,4000})')""", re.IGNORECASE)
_CALL = re.compile(r"\.jpage\s{0,9}\(", re.IGNORECASE)
_SETTING = re.compile(
    r"""(?<![\w$])['"]?([A-Za-z_]{2,24})['"]?\s{0,9}:\s{0,9}(?:'([^'\n]{0,1000})'|"([^"\n]{0,1000})"|([0-9]{1,9}))"""
)
_IDS = {
    "col": "col",
    "appid": "appid",
    "webid": "webid",
    "path": "path",
    "columnid": "columnid",
    "sourcecontenttype": "sourceContentType",
    "unitid": "unitid",
    "webname": "webname",
    "permissiontype": "permissiontype",
}
"""What the list service is asked with, lower case → as it is written."""
_CALL_LENGTH = 4000
MAX_UNITS = 50
"""Lists of one column page that are looked at."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One list of a column page, or one answer. ``records`` are HTML fragments; ``href`` is the nextgroup's
    address as written; ``ids`` are what the list service is asked with.
    """

    records: tuple[str, ...] = ()
    total: int | None = None
    href: str | None = None
    per_page: int | None = None
    endpoint: str | None = None
    ids: dict[str, str] = field(default_factory=dict)


def has_datastore(text: str) -> bool:
    """Whether ``text`` holds a ``<datastore>`` at all."""
    return "<datastore" in text.lower()


def read_answer(text: str) -> Unit:
    """The list service's answer; without a datastore a unit without records."""
    return next(_datastores(text), Unit())


def read_column(text: str, unit_id: str | None) -> Unit | None:
    """The list of a column page: that of ``unit_id``, else the one with most records; None if there is
    none.

    What the page's ``.jpage({…})`` call says (perPage, totalRecord, proxyUrl, ajaxParam) goes before the
    nextgroup.
    """
    stores = list(islice(_datastores(text), MAX_UNITS))
    calls = list(islice(_calls(text), MAX_UNITS))
    units = _paired(stores, calls)
    wanted = [unit for unit in units if unit_id is not None and unit.ids.get("unitid") == unit_id]
    return max(wanted or units, key=lambda unit: (len(unit.records), unit.total or 0), default=None)


def ids_of(address: str) -> dict[str, str]:
    """What the query of a list service address asks with, without page and window."""
    pairs = parse_qsl(urlsplit(address).query, keep_blank_values=True)
    return {_IDS[name.lower()]: value for name, value in pairs if name.lower() in _IDS}


def encrypted(unit: Unit) -> bool:
    """Whether the nextgroup's column and unit are not numbers, so that its address can only be used as it
    is.
    """
    if unit.href is None:
        return False
    ids = ids_of(unit.href)
    return any(not ids[name].isdecimal() for name in ("columnid", "unitid") if ids.get(name))


def _paired(stores: list[Unit], calls: list[Unit]) -> list[Unit]:
    """Datastores with the calls for the same unit, or else with the next one in the page's order; calls
    left over.
    """
    left = list(calls)
    units: list[Unit] = []
    for store in stores:
        unit_id = store.ids.get("unitid")
        call = next((call for call in left if unit_id and call.ids.get("unitid") == unit_id), None)
        if call is None and left and (not unit_id or not unit_id.isdecimal()):
            call = left[0]
        if call is not None:
            left.remove(call)
        units.append(_joined(store, call))
    return units + left


def _joined(store: Unit, call: Unit | None) -> Unit:
    if call is None:
        return store
    return replace(
        store,
        total=store.total if store.total is not None else call.total,
        per_page=call.per_page,
        endpoint=call.endpoint or store.endpoint,
        ids={**store.ids, **call.ids},
    )


def _datastores(text: str) -> Iterator[Unit]:
    lower = text.lower()
    start = lower.find("<datastore")
    while start >= 0:
        following = lower.find("<datastore", start + 1)
        stop = following if following >= 0 else len(text)
        end = lower.find("</datastore", start, stop)
        yield _datastore(text[start : end if end >= 0 else stop])
        start = following


def _datastore(text: str) -> Unit:
    total = _TOTAL.search(text)
    group = next(_elements(text, "nextgroup"), "")
    link = _HREF.search(group)
    href = html.unescape(link.group(1) or link.group(2)) if link else None
    return Unit(
        records=tuple(_elements(text, "record")),
        total=int(total.group(1)) if total else None,
        href=href,
        endpoint=href.partition("?")[0] if href else None,
        ids=ids_of(href) if href else {},
    )


def _elements(text: str, name: str) -> Iterator[str]:
    """The contents of each ``<name>``, CDATA taken off; one that is not closed ends the search."""
    opening, closing = f"<{name}>", f"</{name}>"
    at = text.find(opening)
    while at >= 0:
        begin = at + len(opening)
        while begin < len(text) and text[begin].isspace():
            begin += 1
        cdata = text.startswith("<![CDATA[", begin)
        end = text.find("]]>" if cdata else closing, begin)
        if end < 0:
            return
        inside = text[begin + 9 : end] if cdata else text[begin:end]
        yield inside if cdata or "<" in inside else html.unescape(inside)
        at = text.find(opening, end)


def _calls(text: str) -> Iterator[Unit]:
    """Each ``.jpage({…})`` call of the page's scripts."""
    for call in _CALL.finditer(text):
        body = text[call.end() : call.end() + _CALL_LENGTH]
        stop = body.find(".jpage")
        settings: dict[str, str] = {}
        for match in _SETTING.finditer(body[:stop] if stop >= 0 else body):
            value = next(group for group in match.groups()[1:] if group is not None)
            settings.setdefault(match.group(1).lower(), value)
        yield Unit(
            total=_number(settings.get("totalrecord")),
            per_page=_number(settings.get("perpage")) or None,
            endpoint=settings.get("proxyurl"),
            ids={name: settings[key] for key, name in _IDS.items() if key in settings},
        )


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and re.fullmatch(r"[0-9]{1,9}", text) else None
