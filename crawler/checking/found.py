"""What a check finds: plain data, for the table, for ``--json`` and, without what pages say, for the report."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from archive.record import METADATA_FIELDS

FIELDS = (*(name for name in METADATA_FIELDS if name != "index_number_raw"), "keywords")
"""The fields of a document's index that a check counts."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is not as it should be. ``code`` is its name in one word, ``text`` a sentence that says what to do;
    an ``error`` keeps the portal from being crawled well, a ``note`` is worth a look.
    """

    code: str
    text: str
    level: Literal["error", "note"] = "error"


@dataclass(frozen=True, slots=True)
class ListingFound:
    """One listing page. ``entries`` of which ``files`` are files, ``offsite`` on other hosts, ``dated`` and ``numbered``
    have a date and an index number; ``skipped`` links do not look like documents; ``next`` is the next page's address.
    """

    url: str
    requests: int
    entries: int
    files: int
    offsite: int
    dated: int
    numbered: int
    skipped: int
    announced_total: int | None
    announced_pages: int | None
    next: str | None


@dataclass(frozen=True, slots=True)
class DocumentFound:
    """One document. ``fields`` are the index fields that it fills, ``sources`` where each comes from."""

    url: str
    title: str | None
    fields: dict[str, Any]
    sources: dict[str, str]
    body_characters: int
    attachments: int
    tables: int
    images: int
    findings: list[str]

    @property
    def missing(self) -> list[str]:
        """The index fields that nothing fills."""
        return [name for name in FIELDS if name not in self.fields]


@dataclass(slots=True)
class DirectoryCheck:
    """What became of one directory."""

    key: str
    name: str
    family: str
    engine: str
    expect: str
    url: str | None
    listing: ListingFound | None = None
    document: DocumentFound | None = None
    troubles: list[Trouble] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether it can be crawled as its file says."""
        return not any(trouble.level == "error" for trouble in self.troubles)

    def to_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        said = asdict(self) | {"ok": self.ok}
        if self.document is not None:
            said["document"]["missing"] = self.document.missing
        return said


@dataclass(slots=True)
class PortalCheck:
    """A whole check; ``on`` is its day in Asia/Shanghai, ``problem`` what kept directories from being looked at."""

    portal: str
    on: str
    config_hash: str
    version: str
    directories: list[DirectoryCheck]
    problem: str | None = None

    @property
    def ok(self) -> bool:
        """Whether every directory can be crawled as the file says."""
        return self.problem is None and bool(self.directories) and all(item.ok for item in self.directories)

    def to_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "portal": self.portal,
            "on": self.on,
            "config_hash": self.config_hash,
            "version": self.version,
            "ok": self.ok,
            "problem": self.problem,
            "directories": [item.to_dict() for item in self.directories],
        }
