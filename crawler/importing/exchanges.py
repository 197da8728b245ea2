"""Request and response brought together: what a portal answered to what, whatever order their records stand in."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from crawler.importing.http import Question, parse_request
from crawler.importing.records import ForeignRecord
from crawler.importing.sources import BadInput

MAX_REQUEST = 1 << 20
_PRIVATE = frozenset({"cookie", "authorization", "proxy-authorization"})
"""Request headers of whoever made the capture that are nobody's business."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A response or revisit record and its request: a plain GET where the file holds none."""

    record: ForeignRecord
    question: Question


def exchanges(records: Iterable[ForeignRecord | BadInput]) -> Iterator[Exchange | BadInput]:
    """Every response and revisit with its request, which stands before it (wget) or behind it (Heritrix,
    browsertrix, warcio, and the metadata record of our own files)."""
    waiting: ForeignRecord | None = None
    question: Question | None = None
    before: ForeignRecord | None = None
    for record in records:
        if isinstance(record, BadInput):
            yield record
        elif record.kind in ("response", "revisit"):
            if waiting is not None:
                yield Exchange(waiting, question or Question())
            waiting = record
            question = _question(before) if before is not None and _belong(before, record) else None
            before = None
        else:
            before = record if record.kind == "request" else before
            if waiting is not None and question is None and _belong(record, waiting):
                question = _question(record)
    if waiting is not None:
        yield Exchange(waiting, question or Question())


def _belong(one: ForeignRecord, other: ForeignRecord) -> bool:
    return bool((one.id and one.id in other.concurrent) or (other.id and other.id in one.concurrent))


def _question(record: ForeignRecord) -> Question | None:
    found = _of_request(record) if record.kind == "request" else _of_ours(record)
    if found is None or not found.headers:
        return found
    headers = {name: value for name, value in found.headers.items() if name.lower() not in _PRIVATE}
    return replace(found, headers=headers)


def _of_request(record: ForeignRecord) -> Question | None:
    if len(record.block) > MAX_REQUEST:
        return None
    try:
        return parse_request(record.block)
    except ValueError:
        return None


def _of_ours(record: ForeignRecord) -> Question | None:
    """The request in the metadata record that Gongkai writes beside a response."""
    if "json" not in record.fields.get("content-type", ""):
        return None
    try:
        facts = json.loads(record.block)
        body = facts["request_body"]
        headers = {str(name): str(value) for name, value in facts["request_headers"].items()}
        asked = base64.b64decode(body) if body else None
        return Question(str(facts["method"]), headers, asked, str(facts["role"]), str(facts["outcome"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error):
        return None
