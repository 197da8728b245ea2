"""What an archive must hold after it has crawled the sample portals, worked out from their data files.

``expected.toml`` beside this module keeps the same in numbers, written down once and compared in a test: so that
neither a slip in the data nor one in this module changes silently what end-to-end tests ask for.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from crawler.samples import text
from crawler.samples.model import Document
from crawler.samples.sites.base import Site

PLACEHOLDERS = frozenset({"", "无"})


@dataclass(frozen=True, slots=True)
class ExpectedDocument:
    """One document of the archive. ``addresses`` are paths (with query) of its sightings; ``gone``: all answer 404.

    ``paragraphs`` must stand in the body text, ``tables`` be its data tables, ``attachments`` their names.
    """

    title: str
    index_number: str | None = None
    agency: str | None = None
    published_on: str | None = None
    addresses: tuple[str, ...] = ()
    paragraphs: tuple[str, ...] = ()
    tables: tuple[tuple[tuple[str, ...], ...], ...] = ()
    attachments: tuple[str, ...] = ()
    gone: bool = False
    kind: str = "page"


@dataclass(slots=True)
class ExpectedPortal:
    """One portal's part of the archive after the crawls of editions 1 to ``edition``.

    ``entries``: rows that a full walk finds, by directory key. ``offsite``, ``failing`` (500), ``blocked``
    (challenge), ``forbidden`` (robots.txt): addresses that give no document. ``gone``, ``edited``, ``added`` and
    ``replaced`` (its attachment): titles of what happened between edition 1 and this one. ``shared_numbers``: index numbers on several documents.
    ``redirects``: addresses that lead to another one's document.
    """

    edition: int
    documents: list[ExpectedDocument] = field(default_factory=list)
    entries: dict[str, int] = field(default_factory=dict)
    offsite: list[str] = field(default_factory=list)
    failing: list[str] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)
    forbidden: list[str] = field(default_factory=list)
    redirects: list[str] = field(default_factory=list)
    shared_numbers: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)

    @property
    def index_numbers(self) -> list[str]:
        """The index numbers of all documents that have one, sorted, a shared one as often as it occurs."""
        return sorted(document.index_number for document in self.documents if document.index_number)

    @property
    def sightings(self) -> int:
        """Addresses that gave a document, those of redirects included."""
        return sum(len(document.addresses) for document in self.documents) + len(self.redirects)

    def summary(self) -> dict[str, int | dict[str, int]]:
        """The numbers that ``expected.toml`` keeps."""
        lists = (
            "offsite",
            "failing",
            "blocked",
            "forbidden",
            "redirects",
            "gone",
            "edited",
            "added",
            "replaced",
        )
        counts: dict[str, int | dict[str, int]] = {name: len(getattr(self, name)) for name in lists}
        return counts | {
            "documents": len(self.documents),
            "sightings": self.sightings,
            "index_numbers": len(set(self.index_numbers)),
            "shared_numbers": len(self.shared_numbers),
            "attachments": sum(len(document.attachments) for document in self.documents),
            "entries": self.entries,
        }


def expect(site: Site, edition: int) -> ExpectedPortal:
    """What the archive must hold of ``site`` after crawls of every edition up to ``edition``."""
    result = ExpectedPortal(edition)
    for document in site.data.documents:
        if any(site.present(document, number) for number in range(1, edition + 1)):
            _place(result, site, document)
    for column in site.data.columns:
        if column.expect == "single":
            result.documents.append(ExpectedDocument(column.name, addresses=(column.url,)))
        else:
            result.entries[column.key] = len(site.rows(column, edition))
    for quirk in site.data.quirks:
        if quirk.kind == "row":
            _place_row(result, str(quirk.data["row_kind"]), str(quirk.data["href"]), str(quirk.data["title"]))
    numbers = result.index_numbers
    result.shared_numbers = sorted({number for number in numbers if numbers.count(number) > 1})
    happened = {
        "removed": result.gone,
        "edited": result.edited,
        "added": result.added,
        "replaced": result.replaced,
    }
    for change in site.data.changes:
        if change.edition <= edition:
            happened[change.kind].append(site.data.document(change.document).title)
    return result


def _place(result: ExpectedPortal, site: Site, document: Document) -> None:
    """Put a document where it belongs: into the archive, or among the addresses that give none."""
    addresses = tuple(site.address(document, site.data.column(key)) for key in document.directories)
    kinds = {quirk.kind for quirk in site.data.quirks if quirk.document == document.id}
    if "error-500" in kinds:
        result.failing.extend(addresses)
    elif any(kind.startswith("challenge") for kind in kinds):
        result.blocked.extend(addresses)
    elif "disallowed" in kinds:
        result.forbidden.extend(addresses)
    else:
        source = site.body_text(document, result.edition)
        result.documents.append(
            ExpectedDocument(
                title=document.title,
                index_number=None if document.index_number in PLACEHOLDERS else document.index_number,
                agency=document.agency,
                published_on=document.published_on,
                addresses=addresses,
                paragraphs=tuple(text.paragraphs(source)),
                tables=tuple(tuple(map(tuple, table)) for table in text.tables(source)),
                attachments=tuple(name for name, _ in text.attachments(source)),
                gone=not site.present(document, result.edition),
            )
        )


def _place_row(result: ExpectedPortal, kind: str, href: str, title: str) -> None:
    if kind == "offsite":
        result.offsite.append(href)
    elif kind == "redirect":
        result.redirects.append(href)
    else:
        result.documents.append(ExpectedDocument(title, addresses=(href,), kind="file"))
