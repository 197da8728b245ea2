"""Sets ``verified_on`` in a portal file by a report, leaving every other character of the file as it is."""

from __future__ import annotations

import re
import tomllib
from datetime import date

from crawler.checking.report import Report
from crawler.portals.model import Portal
from crawler.portals.plan import config_hash

_SET = re.compile(r"(?m)^verified_on[ \t]*=[ \t]*[^\s#]+")
_AFTER = re.compile(r"(?m)^(?:enabled|base_url)[ \t]*=.*$")


class Unproven(ValueError):
    """A report that does not prove the portal file; one sentence says why and what to do."""


def judge(report: Report, portal: Portal, today: date) -> None:
    """Raise :class:`Unproven` unless ``report`` shows that ``portal``, as its file is now, can be crawled."""
    again = f"run `gongkai portals check {portal.id} --share` again"
    if report.portal != portal.id:
        raise Unproven(f"the report is about the portal '{report.portal}', not about '{portal.id}'")
    if report.config_hash != config_hash(portal):
        raise Unproven(
            f"{portal.id}: the file, or its family's profile, has changed since the report: {again}"
        )
    keys = [directory.key for directory in portal.directories]
    if sorted(item.key for item in report.directories) != sorted(keys):
        raise Unproven(f"{portal.id}: the report does not cover every directory of the file: {again}")
    bad = [item.key for item in report.directories if not item.ok]
    if bad or not report.ok:
        codes = sorted({code for item in report.directories if not item.ok for code in item.troubles})
        raise Unproven(
            f"{portal.id}: the check found trouble ({', '.join(codes) or 'it was cut short'}) in {', '.join(bad) or 'it'}: mend the file and {again}"
        )
    if report.on > today:
        raise Unproven(f"{portal.id}: the report is of {report.on}, which is yet to come: correct the clock")
    if portal.verified_on is not None and portal.verified_on >= report.on:
        raise Unproven(
            f"{portal.id}: was verified on {portal.verified_on}, not before the report's {report.on}"
        )


def with_verified_on(text: str, day: date) -> str:
    """``text``, a portal file, with ``verified_on`` set; raises ``ValueError`` where that cannot be done by a line."""
    line = f"verified_on = {day.isoformat()}"
    top = re.search(r"(?m)^\[", text)
    head, rest = (text[: top.start()], text[top.start() :]) if top else (text, "")
    if _SET.search(head):
        head = _SET.sub(line, head, count=1)
    else:
        places = list(_AFTER.finditer(head))
        if not places:
            raise ValueError("has no line base_url of its own")
        head = f"{head[: places[-1].end()]}\n{line}{head[places[-1].end() :]}"
    try:
        before, after = tomllib.loads(text), tomllib.loads(head + rest)
    except tomllib.TOMLDecodeError as error:
        raise ValueError("is not written in the usual way") from error
    if after != before | {"verified_on": day}:
        raise ValueError("is not written in the usual way")
    return head + rest
