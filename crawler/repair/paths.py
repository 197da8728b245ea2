"""CSS selectors for elements that were found by what they say: by name where they have one, else by where they stand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from lxml.etree import _Element

from crawler.selectors import BadSelector, compile_selector

_NAME = re.compile(r"-?[A-Za-z_][A-Za-z0-9_-]{0,60}")
_NUMBERED = re.compile(r"\d{3,}")
"""Names with a serial in them are another one on every page."""
_TELLING = ("itemprop", "role", "name", "property")
_ANCESTORS = 4
_MOST_CLASSES = 3


class Target(NamedTuple):
    """The ``elements`` of one page, any of which the first match of a good selector is."""

    root: _Element
    elements: Sequence[_Element]


def own_names(element: _Element) -> list[str]:
    """Selectors of the element's own id, classes and telling attributes, the most telling first."""
    tag, found = str(element.tag), []
    id_ = element.get("id", "").strip()
    if _steady(id_):
        found.append(f"#{id_}")
    classes = [name for name in element.get("class", "").split() if _steady(name)][:_MOST_CLASSES]
    if len(classes) > 1:
        found.append(tag + "".join(f".{name}" for name in classes))
    found += [f"{tag}.{name}" for name in classes]
    for name, value in element.items():
        if (str(name).startswith("data-") or name in _TELLING) and _NAME.fullmatch(str(name)):
            if _steady(str(value)):
                found.append(f'{tag}[{name}="{value}"]')
            found.append(f"{tag}[{name}]")
    return found


def paths(element: _Element) -> Iterator[str]:
    """Selectors that may lead to the element: its names, then its place below a named ancestor, then from the body."""
    yield from own_names(element)
    tag = str(element.tag)
    place, parent, depth = _place(element), element.getparent(), 1
    while parent is not None and isinstance(parent.tag, str) and depth <= 2 * _ANCESTORS:
        if parent.tag in ("body", "html"):
            yield f"{parent.tag} > {place}"
            return
        if depth <= _ANCESTORS:
            for name in own_names(parent)[:_MOST_CLASSES]:
                if depth == 1:
                    yield f"{name} > {tag}"
                yield f"{name} > {place}"
                yield f"{name} {tag}"
        place, parent, depth = f"{_place(parent)} > {place}", parent.getparent(), depth + 1


def voted(pages: Iterable[Target], most: int) -> list[str]:
    """At most ``most`` selectors whose first match is a target on the most pages, at least on half of them.

    Of equally good ones the one that an earlier position in :func:`paths` gave.
    """
    targets = [page for page in pages if page.elements]
    seen: dict[str, int] = {}
    for page in targets[:8]:  # what a later page adds stands on few
        for element in page.elements:
            for position, selector in enumerate(paths(element)):
                seen[selector] = min(seen.get(selector, position), position)
    hits: Counter[str] = Counter()
    for selector in seen:
        hits[selector] = sum(_first(selector, page.root) in page.elements for page in targets)
    good = [selector for selector, count in hits.items() if 2 * count >= len(targets)]
    return sorted(good, key=lambda selector: (-hits[selector], seen[selector], len(selector)))[:most]


def _first(selector: str, root: _Element) -> _Element | None:
    try:
        return next(iter(compile_selector(selector).elements(root)), None)
    except BadSelector:
        return None


def _place(element: _Element) -> str:
    """``tag:nth-of-type(n)``, or the tag alone where the parent has one such child."""
    parent = element.getparent()
    alike = [child for child in parent if child.tag == element.tag] if parent is not None else [element]
    return str(element.tag) if len(alike) == 1 else f"{element.tag}:nth-of-type({alike.index(element) + 1})"


def _steady(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and not _NUMBERED.search(name)
