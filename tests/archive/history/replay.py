"""The rules of DESIGN §4 over plain dictionaries: what the archive must come to, from the visits alone.

Nothing here is taken over from the writer but :func:`archive.identity.place`; visits are sorted first, so any
order of arrival gives one answer. No withdrawal: these pages stay.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from archive.history.content import Content
from archive.history.similarity import simhash
from archive.identity import MAX_TEXTS, Earlier, KnownAddress, KnownDocument, place, uid_of


@dataclass
class Page:
    """One visit: minute, address, what it said."""

    minute: int
    url_key: str
    content: Content


@dataclass
class Revision:
    document: int
    page: Page
    cause: str
    accepted: bool = True


@dataclass
class Address:
    document: int
    last: str
    says: Revision
    first: int


@dataclass
class Replay:
    """The archive that a list of visits makes."""

    documents: dict[int, str] = field(default_factory=dict)
    shown: dict[int, Revision] = field(default_factory=dict)
    addresses: dict[str, Address] = field(default_factory=dict)
    revisions: list[Revision] = field(default_factory=list)
    links: set[tuple[int, int, str]] = field(default_factory=set)

    @classmethod
    def of(cls, pages: Iterable[Page]) -> Replay:
        self = cls()
        for page in sorted(pages, key=lambda page: (page.minute, page.url_key)):
            self.see(page)
        return self

    def earlier(self, page: Page) -> Earlier:
        address = self.addresses.get(page.url_key)
        number = page.content.number
        said = {r.document for r in self.revisions
                if r.accepted and r.page.content.content_hash == page.content.content_hash}  # fmt: skip
        known = [KnownDocument(one, self.shown[one].page.content, one in said) for one in self.documents]
        own = address.document if address else None
        of = {document.id: document for document in known}

        def names(wanted: str | None) -> list[KnownDocument]:
            return [one for one in known if wanted and one.content.number == wanted]

        last = address.says.page.content if address else None
        numbers = {number, last.number if last else None} - {None}
        return Earlier(
            address=KnownAddress(
                address.document, last,
                {r.page.content.number: r.document for r in self.revisions
                 if r.page.url_key == page.url_key and r.accepted and r.page.content.number},
            ) if address else None,
            document=of[own] if own is not None else None,
            named=[one for one in names(number) if one.id != own][:MAX_TEXTS],
            twins=[one for one in known if not page.content.short and one.content.number != number
                   and simhash(one.content.shingles) == simhash(page.content.shingles)],
            placeholders=frozenset(one for one in numbers if len(names(one)) > MAX_TEXTS),
        )  # fmt: skip

    def see(self, page: Page) -> None:
        address = self.addresses.get(page.url_key)
        if address and address.last == page.content.content_hash:
            return
        placement = place(page.content, self.earlier(page))
        if placement.quarantine and address:
            self.revisions.append(Revision(address.document, page, "edit", accepted=False))
            address.last = page.content.content_hash
            return
        document = placement.document
        cause = "edit" if placement.own else "variant"
        if document is None:
            document, cause = len(self.revisions) + 1000, "first"
            number = page.content.number if placement.reused else None
            self.documents[document] = uid_of("sample", page.url_key, number)
        if placement.same_as is not None:
            document = self.join(document, placement.same_as)
        says = self.said(document, page)
        if says is None:
            says = Revision(document, page, cause)
            self.revisions.append(says)
        first = address.first if address else page.minute
        left = address.document if address else None
        self.addresses[page.url_key] = Address(document, page.content.content_hash, says, first)
        for one in {document, left} & self.documents.keys():
            self.choose(one)
        for link in placement.links:
            pair = (document, link.other) if link.relation == "shares-number" else (link.other, document)
            self.links.add((*pair, link.relation))

    def said(self, document: int, page: Page) -> Revision | None:
        shown, digest = self.shown.get(document), page.content.content_hash
        candidates = [shown] if shown else []
        for key, other in self.addresses.items():
            later = shown and (other.says.page.minute >= shown.page.minute and other.says.cause == "edit")
            if other.document == document and (key == page.url_key or later):
                candidates.append(other.says)
        return next((one for one in candidates if one.page.content.content_hash == digest), None)

    def choose(self, document: int) -> None:
        speakers = [(a.first, key) for key, a in self.addresses.items() if a.document == document]
        if speakers:
            self.shown[document] = self.addresses[min(speakers)[1]].says

    def join(self, one: int, other: int) -> int:
        kept, dropped = sorted((one, other), key=lambda d: min(
            (r.page.minute, r.page.url_key) for r in self.revisions if r.document == d))  # fmt: skip
        for thing in (*self.revisions, *self.addresses.values()):
            if thing.document == dropped:
                thing.document = kept
        moved = {(kept if a == dropped else a, kept if b == dropped else b, r) for a, b, r in self.links}
        self.links = {link for link in moved if link[0] != link[1]}
        del self.documents[dropped], self.shown[dropped]
        self.choose(kept)
        return kept
