"""The report of a check that a user can send in: what was found, in counts and words of our own; nothing a page says.

No address, title, path, contact, proxy or sentence stands in it: trouble is named by its code. ``config_hash`` says
which state of the portal file and its families' profiles was checked.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from crawler.checking.found import DirectoryCheck, PortalCheck
from crawler.portals.values import Key

MOST_BYTES = 1 << 20
_HUNDRED = 100

Word = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Count = Annotated[int, Field(ge=0, le=10_000_000)]


class BadReport(ValueError):
    """A file that is no report; one sentence says why."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ListingReport(_Strict):
    """What one listing page gave; ``announced`` is the total that it says, ``next`` whether a next page was found."""

    entries: Count
    files: Count
    offsite: Count
    dated: Count
    numbered: Count
    skipped: Count
    announced: Count | None
    next: bool


class DocumentReport(_Strict):
    """What one document gave; ``fields`` are names, ``body`` is rounded to hundreds of characters, upwards."""

    fields: list[Word]
    title: bool
    body: Count
    attachments: Count
    tables: Count


class DirectoryReport(_Strict):
    """One directory; ``troubles`` are codes."""

    key: Key
    family: Word
    ok: bool
    listing: ListingReport | None
    document: DocumentReport | None
    troubles: list[Word]


class Report(_Strict):
    """One portal's report."""

    gongkai_check: Literal[1]
    portal: Word
    on: date
    config_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    version: Annotated[str, Field(max_length=40)]
    ok: bool
    directories: list[DirectoryReport]


def report_of(check: PortalCheck) -> Report:
    """The report of a check."""
    return Report(
        gongkai_check=1,
        portal=check.portal,
        on=date.fromisoformat(check.on),
        config_hash=check.config_hash,
        version=check.version,
        ok=check.ok,
        directories=[_directory(item) for item in check.directories],
    )


def _directory(check: DirectoryCheck) -> DirectoryReport:
    listing = document = None
    if check.listing is not None:
        found = check.listing
        listing = ListingReport(
            entries=found.entries,
            files=found.files,
            offsite=found.offsite,
            dated=found.dated,
            numbered=found.numbered,
            skipped=found.skipped,
            announced=found.announced_total,
            next=found.next is not None,
        )
    if check.document is not None:
        document = DocumentReport(
            fields=list(check.document.fields),
            title=bool(check.document.title),
            body=-(-check.document.body_characters // _HUNDRED) * _HUNDRED,
            attachments=check.document.attachments,
            tables=check.document.tables,
        )
    codes = sorted({trouble.code for trouble in check.troubles})
    return DirectoryReport(
        key=check.key,
        family=check.family,
        ok=check.ok,
        listing=listing,
        document=document,
        troubles=codes,
    )


def write_report(check: PortalCheck, file: Path) -> None:
    """Write the report to ``file``; raises ``OSError``."""
    said = report_of(check).model_dump(mode="json")
    file.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_report(file: Path) -> Report:
    """The report in ``file``; raises :class:`BadReport`."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise BadReport(f"{file} is larger than a report can be")
        return Report.model_validate_json(file.read_text("utf-8"))
    except FileNotFoundError as error:
        raise BadReport(f"there is no file {file}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadReport(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadReport(
            f"{file} is no report of gongkai portals check --share ({where or 'the file'}: {first['msg']})"
        ) from error
