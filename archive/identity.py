"""Where a visited page belongs: one pure function, from what the visits before it left (DESIGN §4).

"Before" is the order of (time, url_key). Nothing here reads the database, a clock or an id's value, so
replaying the same visits gives the same documents in whatever order they arrived.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from archive.history.content import Content, same_text
from archive.history.similarity import condense, resemblance

MAX_TEXTS = 20
"""A number that names more different texts than this is a placeholder and names nothing."""

UID_LENGTH = 16


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """A document and what it shows; ``said``: it said exactly what the visit says, now or in an earlier
    revision."""

    id: int
    content: Content
    said: bool = False


@dataclass(frozen=True, slots=True)
class KnownAddress:
    """What the visited address was before: its document, what it last said there (None: nothing that was
    accepted), and the document it stood for under each valid number it ever had."""

    document: int
    content: Content | None
    numbers: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the visits before this one left that can bear on it.

    ``named``: the other documents that now show the visit's number, oldest first; ``twins``: documents whose
    body may be the same, oldest first; ``placeholders``: which of the visit's and the address's numbers are
    placeholders.
    """

    address: KnownAddress | None = None
    document: KnownDocument | None = None
    named: Sequence[KnownDocument] = ()
    twins: Sequence[KnownDocument] = ()
    placeholders: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Link:
    """A relation to another document: ``shares-number`` from the later one, ``renumbered-as`` from the
    earlier."""

    other: int
    relation: Literal["shares-number", "renumbered-as"]


@dataclass(frozen=True, slots=True)
class Placement:
    """The answer: the document (None: a new one) and what else the visit shows.

    ``own``: the address stood for that document before. ``reused``: it stood for another one, so a new
    document's uid takes its number in. ``same_as``: another document found to be this one. ``quarantine``:
    why not to show it. ``placeholder``: the number has just become one.
    """

    document: int | None
    own: bool = False
    reused: bool = False
    same_as: int | None = None
    links: tuple[Link, ...] = ()
    placeholder: bool = False
    quarantine: str | None = None


def place(visit: Content, earlier: Earlier) -> Placement:
    """Decide where a visit belongs. Rules in the order of DESIGN §4; each has its example in the tests."""
    address = earlier.address
    if address is None:
        return _place_new_address(visit, earlier)
    last = address.content
    if last and (lost := _lost(visit, last)):
        return Placement(address.document, own=True, quarantine=f"lost: {lost}")
    number = _valid(visit.number, earlier)
    if number is None or (last and number == last.number):
        return Placement(address.document, own=True)
    if number in address.numbers:
        return Placement(address.numbers[number], own=True)
    if earlier.document and number == earlier.document.content.number:
        return Placement(address.document, own=True)
    return _renumber(visit, last, address, earlier)


def _renumber(visit: Content, last: Content | None, address: KnownAddress, earlier: Earlier) -> Placement:
    """A known address with a number that it never had: renumbered, found to be another document, or
    reused."""
    continued = last is None or same_text(visit, last)
    match = best_match(visit, earlier.named)
    if match is not None:
        if continued:
            return Placement(address.document, own=True, same_as=match.id)
        return Placement(match.id, reused=True)
    links, placeholder = _shared(earlier.named)
    # Without a valid number the address was the document, and it still is.
    if continued or _valid(last.number if last else None, earlier) is None:
        return Placement(address.document, own=True, links=links, placeholder=placeholder)
    links += _renumbered_twins(visit, earlier.twins)
    return Placement(None, reused=True, links=links, placeholder=placeholder)


def _place_new_address(visit: Content, earlier: Earlier) -> Placement:
    if _valid(visit.number, earlier) is None:
        return Placement(None)
    match = best_match(visit, earlier.named)
    if match is not None:
        return Placement(match.id)
    links, placeholder = _shared(earlier.named)
    return Placement(None, links=links + _renumbered_twins(visit, earlier.twins), placeholder=placeholder)


def best_match(visit: Content, named: Sequence[KnownDocument]) -> KnownDocument | None:
    """Among the documents under the visit's number the one that it is: the same content first, then the most
    alike."""
    for known in named:
        if known.said:
            return known
    alike = [known for known in named if same_text(visit, known.content)]
    return max(alike, key=lambda known: resemblance(visit.shingles, known.content.shingles), default=None)


def _shared(named: Sequence[KnownDocument]) -> tuple[tuple[Link, ...], bool]:
    """Links to the other texts under one number, unless this text makes the number a placeholder."""
    if len(named) >= MAX_TEXTS:
        return (), True
    return tuple(Link(known.id, "shares-number") for known in named), False


def _renumbered_twins(visit: Content, twins: Sequence[KnownDocument]) -> tuple[Link, ...]:
    """Links from documents of another number that have the visit's title and body; short bodies prove
    nothing."""
    if visit.short or not visit.plain_title:
        return ()
    body = condense(visit.body)
    return tuple(
        Link(twin.id, "renumbered-as")
        for twin in twins
        if twin.content.number not in (None, visit.number)
        and twin.content.plain_title == visit.plain_title
        and condense(twin.content.body) == body
    )


def lost_text(now: Content, before: Content) -> str:
    """Which of title and body ``now`` has lost: what a repaired profile never does, and a broken one does.

    A title that the listing lends the page is none of its own.
    """
    said = (("title", now.said_title, before.said_title), ("body", now.body, before.body))
    return " and ".join(name for name, text, then in said if then and not text)


def _lost(visit: Content, last: Content) -> str:
    """What the address said when it was last accepted and does not say now."""
    lost = [
        name
        for name, now, then in (
            ("index_number", visit.number, last.number),
            ("title", visit.said_title, last.said_title),
            ("body_text", visit.body.strip(), last.body.strip()),
        )
        if then and not now
    ]
    return ", ".join(lost)


def _valid(number: str | None, earlier: Earlier) -> str | None:
    return None if number in earlier.placeholders else number


def uid_of(portal: str, url_key: str, number: str | None = None) -> str:
    """The uid of the document first seen at this address; ``number`` (an :func:`index_key`) where it was
    reused."""
    name = f"{portal}\n{url_key}" + (f"\n{number}" if number else "")
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()
    return base64.b32encode(digest).decode("ascii").lower()[:UID_LENGTH]
