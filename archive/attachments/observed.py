"""What a capture says of a file, applied: in a crawl, and again when its captures are replayed."""

from __future__ import annotations

from typing import Literal

from sqlite_utils import Database

from archive.attachments.file import FileFacts
from archive.attachments.misses import miss_attachment
from archive.attachments.writing import Written, write_file
from archive.captures.model import Capture
from archive.captures.table import add_capture
from archive.history.visits import Visit
from archive.urls import url_key

GONE = ("gone", "soft-404")


def observe_attachment(
    db: Database, capture: Capture, key: str, file: FileFacts | None
) -> Written | Literal["gone", "nothing"]:
    """Apply a capture of the role ``attachment``; ``key``: the url_key that was asked for, before any redirect.

    ``nothing``: a redirect on the way, or no file; such a failure is an event of its own (``attachment-missed``).
    """
    at, crawl_id, portal = capture.fetched_at, capture.crawl_id, capture.portal
    if capture.outcome in GONE:
        error = (
            f"HTTP {capture.status}" if capture.outcome == "gone" else "the portal answers that there is none"
        )
        miss_attachment(
            db, portal, key, state="gone", reason=capture.outcome, error=error, at=at, crawl_id=crawl_id,
            capture=capture,
        )  # fmt: skip
        return "gone"
    if file is not None and capture.outcome == "content":
        return write_file(db, portal, key, capture, file, at=at, crawl_id=crawl_id)
    add_capture(db, capture)
    return "nothing"


def observe_own_file(db: Database, visit: Visit, file: FileFacts | None) -> None:
    """A listing may name a file: its document links to itself, and the visit has brought the file already."""
    capture = next((capture for capture, part, _ in visit.captures if part == "page"), None)
    if file is None or not isinstance(capture, Capture):
        return
    for attachment in visit.record.attachments[:1]:
        try:
            key = url_key(attachment.url)
        except ValueError:
            return
        write_file(db, capture.portal, key, capture, file, at=visit.at, crawl_id=visit.crawl_id)
