"""What stands beside a capture in its file: the metadata record with what was asked for and why."""

from __future__ import annotations

import json
from typing import Any

from archive.captures.members import read_member
from archive.captures.model import Capture
from archive.captures.reader import DamagedCapture
from archive.layout import DataDirectory


def facts_beside(data: DataDirectory, capture: Capture) -> dict[str, Any]:
    """The facts that were written with ``capture``: crawl, role, directory, entry … (:class:`records.Facts`).

    Raises :class:`DamagedCapture` where they cannot be read.
    """
    offset = capture.offset + capture.length
    try:
        with (data.captures / capture.file).open("rb") as stream:
            record = read_member(stream, capture.file, offset)
    except OSError as error:
        raise DamagedCapture(capture.file, offset, f"cannot be read ({error.strerror or error})") from error
    try:
        facts = json.loads(record.kept) if record.kind == "metadata" else None
    except (ValueError, RecursionError):
        facts = None
    if not isinstance(facts, dict):
        raise DamagedCapture(capture.file, offset, "is no metadata record of the capture before it")
    return facts
