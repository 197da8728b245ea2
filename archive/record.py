"""The record: what one page says, as ``gongkai extract`` prints it and each revision keeps it (DESIGN §3).

The keys are a contract: users' scripts read them. Missing is ``None`` or empty; nothing is invented.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any

METADATA_FIELDS = (
    "index_number",
    "index_number_raw",
    "agency",
    "issuing_body",
    "published_on",
    "written_on",
    "effective_on",
    "expires_on",
    "catalog",
    "disclosure_form",
    "document_number",
    "validity",
    "topic",
    "genre",
    "audience",
    "source",
    "summary",
)
"""Fields of one text value each that a metadata block may fill; ``keywords`` is the one list beside them."""

UNHASHED_SOURCES = frozenset({"listing", "url"})
"""What a listing or an address says may change without the page changing: it is never part of the hash."""


@dataclass(slots=True)
class Heading:
    """One entry of the outline; ``level`` counts from 1."""

    level: int
    text: str


@dataclass(slots=True)
class Table:
    """A data table as a full grid: spanned cells are repeated, every row has the same length, cells are text."""

    caption: str | None
    rows: list[list[str]]


@dataclass(slots=True)
class Attachment:
    """A file that the page links to; ``media_type`` is guessed from the address until the bytes are here."""

    url: str
    name: str
    media_type: str | None = None


@dataclass(slots=True)
class Signoff:
    """The block that closes a report: 单位负责人, 审核人, 填报人, 联系电话, 填报日期 (``date``: YYYY-MM-DD)."""

    principal: str | None = None
    reviewer: str | None = None
    preparer: str | None = None
    phone: str | None = None
    date: str | None = None


@dataclass(slots=True)
class Finding:
    """Something a reader should know about the document; ``severity`` is info, warning or error."""

    rule: str
    severity: str
    message: str
    location: str | None = None


@dataclass(slots=True)
class Record:
    """One page's content. Dates are ``YYYY-MM-DD``, ``body_text`` is paragraphs separated by blank lines."""

    url: str
    portal: str | None = None
    title: str | None = None
    index_number: str | None = None
    index_number_raw: str | None = None
    agency: str | None = None
    issuing_body: str | None = None
    published_on: str | None = None
    written_on: str | None = None
    effective_on: str | None = None
    expires_on: str | None = None
    catalog: str | None = None
    disclosure_form: str | None = None
    document_number: str | None = None
    validity: str | None = None
    topic: str | None = None
    genre: str | None = None
    keywords: list[str] = field(default_factory=list)
    audience: str | None = None
    source: str | None = None
    summary: str | None = None
    extra: dict[str, str] = field(default_factory=dict)
    body_text: str = ""
    body_html: str = ""
    outline: list[Heading] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    signoff: Signoff | None = None
    report: dict[str, Any] | None = None
    findings: list[Finding] = field(default_factory=list)
    field_sources: dict[str, str] = field(default_factory=dict)
    encoding: str | None = None
    extractor_version: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The JSON of DESIGN §3, keys in its order."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Record:
        """The record that ``to_dict`` gave; raises ``TypeError`` on an unknown key."""
        values = dict(data)
        values["outline"] = [Heading(**item) for item in values.get("outline") or []]
        values["tables"] = [Table(**item) for item in values.get("tables") or []]
        values["attachments"] = [Attachment(**item) for item in values.get("attachments") or []]
        values["findings"] = [Finding(**item) for item in values.get("findings") or []]
        if values.get("signoff"):
            values["signoff"] = Signoff(**values["signoff"])
        return cls(**values)


def hashed_content(record: Record) -> dict[str, Any]:
    """The part of a record that the page itself says, which alone decides whether it was edited (DESIGN §4).

    Left out: listing and address fields, URLs, findings, versions, encoding, raw HTML, and what is derived from
    the rest (outline, report).
    """
    said = {name: _said(record, name) for name in ("title", *METADATA_FIELDS, "keywords")}
    if said["index_number"] is None and record.index_number is not None:
        said["index_number_raw"] = None
    said["extra"] = record.extra
    said["body_text"] = record.body_text
    said["tables"] = [table.rows for table in record.tables]
    said["attachments"] = [attachment.name for attachment in record.attachments]
    said["signoff"] = asdict(record.signoff) if record.signoff else None
    return said


def _said(record: Record, name: str) -> Any:
    """A field's value if the page says it; one that the listing or the address says is as good as none."""
    value = getattr(record, name)
    if record.field_sources.get(name) in UNHASHED_SOURCES:
        return [] if isinstance(value, list) else None
    return value


def content_hash(record: Record) -> str:
    """sha256 (hex) of the canonical JSON of :func:`hashed_content`."""
    canonical = json.dumps(hashed_content(record), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
