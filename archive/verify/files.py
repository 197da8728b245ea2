"""Whether the files that documents link to are the bytes they are named by."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from sqlite_utils import Database

from archive.captures.reader import DamagedCapture, read_capture
from archive.layout import DataDirectory
from archive.verify.problem import RESTORE, Problem, Progress

STEP = 50

_FILES = """
SELECT f.digest, f.size, c.id, c.file, c.offset, c.length FROM files AS f JOIN captures AS c ON c.id = f.capture_id
ORDER BY c.file, c.offset
"""


def check_files(db: Database, data: DataDirectory, progress: Progress) -> Iterator[Problem]:
    """Unpack the body of every file and hash it; a capture that is damaged is told by the check of the captures."""
    rows = db.conn.execute(_FILES).fetchall()
    for count, (digest, size, row, file, offset, length) in enumerate(rows, 1):
        if count % STEP == 0:
            progress("files", count, len(rows))
        try:
            body = read_capture(data, file, offset, length).body
        except DamagedCapture:
            continue
        if (found := f"sha256:{hashlib.sha256(body).hexdigest()}") != digest or len(body) != size:
            message = (
                f"the file {digest} of {size} bytes is {found} of {len(body)} bytes in its capture (row {row} of"
                f" captures, offset {offset} of {file}): rebuild the portal from its captures, or {RESTORE}"
            )
            yield Problem("files", "error", message, file, offset)
