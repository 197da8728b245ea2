"""The body of a page: found by profile or by density, cleaned on a copy, as text, HTML, outline and pictures."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from lxml.etree import Element, _Element

from archive.record import Heading
from pipelines.body.counters import cut_brackets, has_bracket
from pipelines.body.density import densest, is_chrome, masses, scores
from pipelines.body.outline import outline
from pipelines.body.removal import remove_lines
from pipelines.body.sanitise import absolutise, image_source, sanitised
from pipelines.body.segments import Segments, segment
from pipelines.body.sparse import holds_object, is_icon, known_container, largest_table, under_title
from pipelines.body.suspects import suspects
from pipelines.body.titles import Titles
from pipelines.body.trim import Lines, furniture_lines
from pipelines.detail import Detail
from pipelines.explain.trace import BodyTrace
from pipelines.limits import MOST_TEXT, shorten
from pipelines.markup import drop, pieces
from pipelines.page import Page
from pipelines.select import matches
from pipelines.text import Paragraph, joined, paragraphs

_THIN = 60  # characters of running text below which density alone is not believed
_SPARSE = 150  # … below which a container of a known name is believed before it
_SOMETHING = 8  # characters
_MOST_IMAGES = 500
_MOST_TOLD = 60  # lines that a metadata block at the top may have, with what stands above it


@dataclass(slots=True)
class Body:
    """A page's body.

    ``element`` is a cleaned copy with absolute links, for tables and attachments; ``origin`` its place in the page. Both are
    None where the page has no body. ``found_by`` is profile, density, container, title or table. ``is_cut``: it was
    longer than :data:`pipelines.limits.MOST_TEXT`.
    """

    element: _Element | None = None
    text: str = ""
    html: str = ""
    outline: list[Heading] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    origin: _Element | None = None
    found_by: str | None = None
    is_cut: bool = False


def find_body(
    page: Page,
    detail: Detail,
    avoid: Collection[_Element] = (),
    lines: Collection[str] = (),
    trace: BodyTrace | None = None,
) -> Body:
    """The body of ``page`` without furniture; never raises on any page.

    The first of ``detail.body`` that holds content is it; without one the densest block (DESIGN §9). What
    ``detail.remove`` matches and the elements in ``avoid`` (the metadata block) are never part of it, nor are ``lines``
    of a metadata block at its top. ``trace`` is told how it was found.
    """
    outside = {*avoid, *matches(page.root, detail.remove)}
    titles = Titles.of(page.root)
    origin, found_by = _by_profile(page, detail.body, outside, trace), "profile"
    if origin is None:
        origin, found_by = _by_density(page.root, outside, titles, trace)
    if origin is None:
        return Body()
    element = _clean_copy(origin, outside, titles)
    is_cut = len(page.text) > MOST_TEXT and shorten(element)
    # lxml makes a Python object of a node anew whenever none is alive: held here, each walk finds them made.
    alive = list(element.iter())
    absolutise(element, page.absolute)
    found = _trimmed(element, titles, trusted=found_by == "profile", told=lines, trace=trace)
    del alive
    body = Body(
        element=element,
        text=joined(found),
        html=sanitised(element),
        outline=outline(paragraph.text for paragraph in found if not paragraph.is_table),
        images=list(_images(element)),
        origin=origin,
        found_by=found_by,
        is_cut=is_cut,
    )
    if trace is not None:
        trace.body = body
    return body


def join_bodies(first: Body, rest: Sequence[Body]) -> Body:
    """One body from those of a page and of its continuation pages, in order.

    A continuation that says what an earlier one said (servers that ignore the page number) is left out.
    """
    kept: list[Body] = []
    for body in (first, *rest):
        if body.element is not None and not any(body.text == other.text for other in kept):
            kept.append(body)
    if len(kept) < 2:
        return kept[0] if kept else first
    element = Element("div")
    for body in kept:
        element.append(body.element)
    return Body(
        element=element,
        text="\n\n".join(body.text for body in kept if body.text),
        html="\n".join(body.html for body in kept if body.html),
        outline=[heading for body in kept for heading in body.outline],
        images=list(dict.fromkeys(image for body in kept for image in body.images)),
        origin=kept[0].origin,
        found_by=kept[0].found_by,
        is_cut=any(body.is_cut for body in kept),
    )


def _by_profile(
    page: Page, selectors: Sequence[str], outside: set[_Element], trace: BodyTrace | None
) -> _Element | None:
    for selector in selectors:
        matched = list(page.select([selector]))
        element = _first_holding(matched, outside)
        if trace is not None:
            trace.selectors.append((selector, len(matched), element is not None))
        if element is not None:
            return element
    return None


def _first_holding(matched: Sequence[_Element], outside: set[_Element]) -> _Element | None:
    """The first element that holds content; what stands within one that holds none is not looked into again."""
    barren: set[_Element] = set()
    for node in matched:
        if node in outside or node in barren:
            continue
        if _has_content(node, outside):
            return node
        barren.update(node.iterdescendants())
    return None


def _has_content(element: _Element, outside: set[_Element]) -> bool:
    characters = 0
    for text in pieces(element, outside):
        characters += len(text.strip())
        if characters > 1:
            return True
    return holds_object(element)


def _by_density(
    root: _Element, outside: set[_Element], titles: Titles, trace: BodyTrace | None
) -> tuple[_Element | None, str]:
    lines = segment(root, outside)
    mass = masses(lines)
    pick = densest(lines, mass)
    if trace is not None:
        trace.saw_blocks(lines, mass, scores(lines, mass))
    held = 0 if pick is None else sum(mass[lines.start[pick] : lines.stop[pick]])
    if held < _SPARSE:
        number = known_container(lines)
        if number is not None and not _within(lines, number, pick):
            return lines.nodes[number], "container"
    if held < _THIN:
        number = under_title(lines, titles)
        if number is not None and not _within(lines, number, pick):
            return lines.nodes[number], "title"
    if pick is not None:
        return lines.nodes[pick], "density"
    number = known_container(lines, vague=True)
    if number is None:
        number = largest_table(lines)
    return (None, "") if number is None else (lines.nodes[number], "table")


def _within(lines: Segments, inner: int, outer: int | None) -> bool:
    """Whether node ``inner`` lies inside node ``outer``."""
    while outer is not None and inner >= 0:
        if inner == outer:
            return True
        inner = lines.parent[inner]
    return False


def _clean_copy(origin: _Element, outside: set[_Element], titles: Titles) -> _Element:
    """A copy of ``origin`` without scripts, what stands ``outside``, hidden parts and furniture elements."""
    element = copy.deepcopy(origin)
    element.tail = None
    doomed: list[_Element] = []
    if outside:
        pairs = zip(origin.iter(), element.iter(), strict=True)
        doomed = [twin for node, twin in pairs if node in outside and node is not origin]
    doomed.extend(element.iter("script", "style", "template", "noscript"))
    for node in doomed:
        drop(node)
    suspected = list(suspects(element))
    total = sum(len(text) for text in element.itertext()) if suspected else 0
    most = [node for node in suspected if 2 * sum(len(text) for text in node.itertext()) >= total]
    # A page that hides its body until a script runs, or calls it "comment", still has a body.
    keep = set() if not most or _says_something(element, suspected, titles) else set(most)
    for node in suspected:
        if node not in keep:
            drop(node)
    return element


def _says_something(element: _Element, without: list[_Element], titles: Titles) -> bool:
    """Whether a body without some of its parts still says more than its title and its furniture."""
    outside = set(without)
    lines = segment(element, outside)
    said = (
        chars
        for text, chars in zip(lines.text, lines.chars, strict=True)
        if not is_chrome(text) and not titles.repeats(text)
    )
    return sum(said) >= _SOMETHING or holds_object(element, outside)


def _trimmed(
    element: _Element, titles: Titles, *, trusted: bool, told: Collection[str], trace: BodyTrace | None
) -> list[Paragraph]:
    """Take the furniture out of ``element``; its paragraphs."""
    lines = segment(element)
    if has_bracket("\n".join(lines.text)):
        cut_brackets(element)
        lines = segment(element)
    out = furniture_lines(Lines(lines, masses(lines), titles), trusted=trusted)
    if told:
        block = (number for number, text in enumerate(lines.text[:_MOST_TOLD]) if text in told)
        out.update(dict.fromkeys(block, "metadata block"))
    if trace is not None:
        trace.trims(lines, out)
    if out:
        remove_lines(element, segment(element, track=True), out)
    if next(element.iter("table"), None) is not None:
        return paragraphs(element)
    return [Paragraph(text) for number, text in enumerate(lines.text) if number not in out]


def _images(element: _Element) -> Iterator[str]:
    seen: set[str] = set()
    for image in element.iter("img"):
        source = image_source(image)
        if source and source not in seen and not is_icon(image) and len(seen) < _MOST_IMAGES:
            seen.add(source)
            yield source
