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
_SAID = re.compile("[A-Za-z\u3400-\u9fff][\\w\u3400-\u9fff-]{0,20}")
"""A value of an attribute that names what the element is (``data-label="文号"``), not its content."""
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
    told = [(str(name), str(value)) for name, value in element.items() if _NAME.fullmatch(str(name))]
    told = [(name, value) for name, value in told if name.startswith("data-") or name in _TELLING]
    found += [f'{tag}[{name}="{value}"]' for name, value in told if _SAID.fullmatch(value)]
    classes = [name for name in element.get("class", "").split() if _steady(name)][:_MOST_CLASSES]
    if len(classes) > 1:
        found.append(tag + "".join(f".{name}" for name in classes))
    found += [f"{tag}.{name}" for name in classes]
    return [*found, *(f"{tag}[{name}]" for name, _ in told)]


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

    Of equally good ones those that match nothing else, then the one that an earlier position in :func:`paths` gave.
    """
    targets = [page for page in pages if page.elements]
    seen: dict[str, int] = {}
    for page in targets[:8]:  # what a later page adds stands on few
        for element in page.elements:
            for position, selector in enumerate(paths(element)):
                seen[selector] = min(seen.get(selector, position), position)
    hits: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for selector in seen:
        for page in targets:
            found = _matches(selector, page.root)
            hits[selector] += bool(found) and found[0] in page.elements
            alone[selector] += bool(found) and set(found) <= set(page.elements)
    good = [selector for selector in seen if 2 * hits[selector] >= len(targets)]
    return sorted(good, key=lambda name: (-hits[name], -alone[name], seen[name], len(name)))[:most]


def _matches(selector: str, root: _Element) -> list[_Element]:
    try:
        return compile_selector(selector).elements(root)
    except BadSelector:
        return []


def _place(element: _Element) -> str:
    """``tag:nth-of-type(n)``, or the tag alone where the parent has one such child."""
    parent = element.getparent()
    alike = [child for child in parent if child.tag == element.tag] if parent is not None else [element]
    return str(element.tag) if len(alike) == 1 else f"{element.tag}:nth-of-type({alike.index(element) + 1})"


def _steady(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and not _NUMBERED.search(name)
