"""Under which names a list service's answer keeps its entries now: found by entries that are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from archive.history.quarantine.pairs import Listed
from crawler.engines import links
from crawler.engines.base import ListingError
from crawler.engines.json_text import load
from crawler.json_paths import date_of, number_of, text_of_value
from crawler.repair.listing_pages import Shown
from crawler.repair.listing_score import KnownListing
from pipelines.metadata.title import key

_DEPTH = 6
_MOST_LISTS = 40
_PLAIN = str.maketrans("", "", ".[]{}=*")


def json_guesses(
    listing: KnownListing, pages: Sequence[Shown], total: int | None
) -> Iterator[dict[str, Any]]:
    """Values for ``listing.json``: list, address, title, date and fields together, as one without the others gives
    nothing; then with the place of the total."""
    for page in pages:
        try:
            answer = load(page.text, listing.plan.listing.json_.after)
        except (ListingError, RecursionError):
            continue
        found = [(path, _matched(listing, page.url, items)) for path, items in _lists(answer, "", 0)]
        path, pairs = max(found, key=lambda item: len(item[1]), default=("", []))
        if not pairs:
            continue
        values = _values(listing, page.url, path, pairs)
        yield values
        for place in _totals(answer, "", total, 0) if total else ():
            yield {**values, "total": [place, *listing.plan.listing.json_.total]}
        return


def _lists(value: Any, path: str, depth: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The lists of objects in an answer, with their paths; one at its root has none."""
    if isinstance(value, list):
        items = [item for item in value[:_MOST_LISTS] if isinstance(item, dict)]
        if items:
            yield path, items
    elif isinstance(value, dict) and depth < _DEPTH:
        for name, inner in value.items():
            if name == str(name).translate(_PLAIN):
                yield from _lists(inner, f"{path}.{name}" if path else name, depth + 1)


def _scalars(item: Mapping[str, Any], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    for name, value in item.items():
        if name != str(name).translate(_PLAIN):
            continue
        if isinstance(value, Mapping) and depth < 3:
            yield from _scalars(value, f"{prefix}{name}.", depth + 1)
        elif isinstance(value, str | int | float) and not isinstance(value, bool):
            yield f"{prefix}{name}", value


def _matched(
    listing: KnownListing, base: str, items: Sequence[Mapping[str, Any]]
) -> list[tuple[dict[str, Any], Listed]]:
    """The items that are known entries, by an address or a title somewhere in them."""
    pairs = []
    for item in items:
        values = dict(_scalars(item))
        texts = [str(value) for value in values.values() if isinstance(value, str)]
        known = next(filter(None, (_at(listing, text, base) for text in texts)), None)
        known = known or next(filter(None, (listing.by_title.get(key(text)) for text in texts)), None)
        if known is not None:
            pairs.append((values, known))
    return pairs


def _at(listing: KnownListing, text: str, base: str) -> Listed | None:
    if "/" not in text:
        return None
    bases = (base, listing.plan.portal.base_url)
    return next(filter(None, (listing.at(links.resolve(text, one) or "") for one in bases)), None)


def _values(
    listing: KnownListing, base: str, path: str, pairs: Sequence[tuple[dict[str, Any], Listed]]
) -> dict[str, Any]:
    old = listing.plan.listing.json_
    values: dict[str, Any] = {"items": [path, *old.items]} if path else {}
    urls = _often(pairs, lambda value, known: _at(listing, str(value), base) == known)
    titles = _often(pairs, lambda value, known: key(text_of_value(value) or "") == key(known.title or "-"))
    dates = _often(
        pairs, lambda value, known: bool(known.published_on) and date_of(value) == known.published_on
    )
    for name, found, before in (
        ("url", urls, old.url),
        ("title", titles, old.title),
        ("published_on", dates, old.published_on),
    ):
        if found:
            values[name] = [*found[:1], *before]
    fields = {}
    for name in sorted({name for _, known in pairs for name in known.fields}):
        found = _often(pairs, lambda value, known, name=name: _says(name, value, known.fields.get(name)))
        if found:
            fields[name] = [found[0], *old.fields.get(name, ())]
    return {**values, "fields": fields} if fields else values


def _often(pairs: Sequence[tuple[dict[str, Any], Listed]], fits: Any) -> list[str]:
    """The keys whose values fit on half of the items, the best first."""
    counts = Counter(name for values, known in pairs for name, value in values.items() if fits(value, known))
    return [name for name, count in counts.most_common() if 2 * count >= len(pairs)]


def _says(name: str, value: Any, wanted: str | None) -> bool:
    if not wanted:
        return False
    shown = date_of(value) if name.endswith("_on") else text_of_value(value)
    return "".join((shown or "").split()) == "".join(wanted.split())


def _totals(value: Any, path: str, total: int, depth: int) -> Iterator[str]:
    if not isinstance(value, dict) or depth > 3:
        return
    for name, inner in value.items():
        if name != str(name).translate(_PLAIN):
            continue
        place = f"{path}.{name}" if path else name
        if isinstance(inner, dict):
            yield from _totals(inner, place, total, depth + 1)
        elif (number := number_of(inner)) is not None and total <= number <= total + 20:
            yield place
