"""``gongkai verify --repair``: what can be made again from what is intact; nothing that is good is touched.

Made again: rows of ``captures`` from the records of the files, uids, what documents show, the search index. Never
changed: a capture file. Also a torn record at a file's end stays: nothing is ever appended behind it, every reader here
stops before it, and bytes that were received once are not this command's to throw away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlite_utils import Database

from archive.crawling.portals import portal_ids
from archive.layout import DataDirectory
from archive.lock import PortalLocked, portal_lock
from archive.search import check_index, rebuild_index
from archive.verify.events import write_missing
from archive.verify.mend import mend_rows, needs_mending
from archive.verify.problem import Problem, Progress, silent
from archive.verify.reconcile import lost_captures, reconcile_file

HOLDER = "gongkai verify --repair"
_OF_ROWS = {"uids", "revisions", "content"}
_REVISITS = """
SELECT DISTINCT c.file FROM captures AS c LEFT JOIN captures AS o ON o.id = c.refers_to_id
WHERE c.record_type <> 'response' AND (o.record_type IS NOT 'response' OR o.payload_digest <> c.payload_digest)
"""


@dataclass
class Repaired:
    """One sentence each: what was ``done``, what was ``left``, and which portals another run held (``locked``)."""

    done: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    locked: list[str] = field(default_factory=list)


def repair(
    db: Database, data: DataDirectory, problems: Iterable[Problem], *, at: str, progress: Progress = silent
) -> Repaired:
    """Make again what can be, of what ``problems`` names; a further :func:`verify` tells what is left.

    Works in short transactions and can be killed at any moment: run again, it goes on. A portal that another run holds
    is left as it is. A database whose pages are damaged is not written to: its rows cannot be believed. Raises what
    writing raises: ``OSError``, ``sqlite3.OperationalError``.
    """
    result = Repaired()
    problems = list(problems)
    kinds = {problem.check for problem in problems}
    if "database" in kinds:
        return result
    files = {problem.file for problem in problems if problem.check == "captures" and problem.file}
    if any(problem.check == "captures" and not problem.file for problem in problems):
        files |= {row[0] for row in db.conn.execute(_REVISITS)}
    if "foreign-keys" in kinds and lost_captures(db):
        files |= {row[0] for row in db.conn.execute("SELECT DISTINCT file FROM captures")}
    wrong = "search" in kinds
    for portal in portal_ids(db):
        mine = sorted(file for file in files if file.partition("/")[0] == portal)
        if not mine and "events" not in kinds and not (kinds & _OF_ROWS and needs_mending(db, portal)):
            continue
        progress(f"repair of {portal}", 0, None)
        try:
            with portal_lock(data, portal, HOLDER):
                _captures(db, data, portal, mine, result)
                mended = mend_rows(db, portal, at)
                if "events" in kinds and (count := write_missing(db, data, portal)):
                    result.done.append(f"{portal}: {count} events written again, from the database")
        except PortalLocked as error:
            result.locked.append(f"portal '{portal}' was left as it is: {error}")
            continue
        wrong = wrong or bool(mended)
        result.done += [f"{portal}: {count} {what} made again" for what, count in mended.items()]
    if wrong:
        _index(db, result, progress)
    return result


def _captures(db: Database, data: DataDirectory, portal: str, files: list[str], result: Repaired) -> None:
    for file in files:
        found = reconcile_file(db, data, file)
        if found.added:
            result.done.append(
                f"{portal}: {found.added} captures of {file} have their rows again; `gongkai rebuild` reads them"
            )
        if found.homeless:
            result.left.append(
                f"{portal}: {found.homeless} captures of {file} stay without rows, their crawl or the body that they"
                " repeat is not known here; `gongkai rebuild` reads them"
            )
        if found.mended:
            result.done.append(f"{portal}: {found.mended} rows of captures made again from {file}")


def _index(db: Database, result: Repaired, progress: Progress) -> None:
    """Rebuilt where it is not the tables'; one whose rebuilding was broken off is finished, and judged then."""
    total = db.conn.execute("SELECT count(*) FROM documents").fetchone()[0]
    for _ in range(2):
        if not check_index(db, lambda count: progress("search index", count, total)):
            return
        count = rebuild_index(db, lambda count: progress("search index written", count, total))
        result.done.append(f"the search index was rebuilt ({count} documents)")
