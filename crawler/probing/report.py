"""What a probe says: lines for a person, or JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from archive.web.labels import column_label
from crawler.platforms.loader import load_profile
from crawler.portals.model import Http
from crawler.probing.columns import GUESSES, Column
from crawler.probing.draft import family_of, remarks, values_of
from crawler.probing.obstacles import sentence
from crawler.probing.result import Probed, Sample
from crawler.probing.survey import Findings

_SHOWN = ("title", "index_number", "document_number", "agency", "published_on", "written_on")
_EXCERPT = 80


def as_json(found: Probed, http: Http, draft: str | None, output: Path | None) -> dict[str, Any]:
    """Everything that was found, JSON-able."""
    findings = found.findings
    return {
        "url": found.first.asked,
        **_recognised(findings),
        "section": _section(findings),
        "directories": _directories(findings, http),
        "sample": {"url": found.sample.url, "record": found.sample.record.to_dict()}
        if found.sample
        else None,
        "challenge": found.first.challenge,
        "challenges": findings.challenges if findings else {},
        "shells": findings.shells if findings else {},
        "unread": findings.unread if findings else {},
        "problem": why_nothing(found, found.first.asked) if draft is None else None,
        "requests": found.requests,
        "unopened": findings.unopened if findings else 0,
        "draft": draft,
        "file": str(output) if output is not None and draft is not None else None,
    }


def _recognised(findings: Findings | None) -> dict[str, Any]:
    columns = findings.columns if findings else []
    family = family_of(columns) if columns else None
    return {
        "family": family,
        "guess": family in GUESSES,
        "grade": load_profile(family).grade if family else None,
        "evidence": _evidence(findings, family) if findings and family else [],
        "families": findings.clues if findings else {},
    }


def _section(findings: Findings | None) -> dict[str, str] | None:
    section = findings.section if findings else None
    return {"name": section.name, "url": section.url} if section else None


def _directories(findings: Findings | None, http: Http) -> list[dict[str, Any]]:
    if findings is None or not findings.columns:
        return []
    said = values_of(findings, http)["directories"]
    return [directory | _column(column) for column, directory in zip(findings.columns, said, strict=True)]


def _column(column: Column) -> dict[str, Any]:
    trial = column.trial
    return {
        "family": column.way.family or None,
        "trail": list(column.trail),
        "announced_total": column.count,
        "pages": trial.pages if trial is not None else None,
        "entries": len(trial.entries) if trial is not None else None,
        "guess": column.guessed,
        "remarks": remarks(column),
    }


def _evidence(findings: Findings, family: str) -> list[str]:
    ways = [column.way.evidence for column in findings.columns if column.way.family == family]
    return list(dict.fromkeys([*findings.clues.get(family, []), *filter(None, ways)]))[:6]


def lines(found: Probed, http: Http) -> list[str]:
    """The report for a person; empty where nothing could be read."""
    findings = found.findings
    if findings is None:
        return []
    said = []
    if findings.columns:
        family = family_of(findings.columns)
        if family in GUESSES:
            said.append("建站系统: 未知；以下是按“带日期的并列链接”的猜测 (unknown family: a guess)")
        else:
            said.append(f"建站系统: {family} ({load_profile(family).grade})")
        said += [f"  依据: {text}" for text in _evidence(findings, family)]
    if findings.section is not None:
        said.append(f"公开专栏: {findings.section.name}  {findings.section.url}")
    said += [f"脚本空壳: {url} ({what})" for url, what in findings.shells.items()]
    said += [f"质询页面: {url} ({name})" for url, name in findings.challenges.items()]
    said += [f"无法分析: {url} ({what})" for url, what in findings.unread.items()]
    said += _table(findings, http)
    said += _sample(found.sample)
    said.append(f"请求: {found.requests}")
    if findings.unopened:
        said.append(f"还有 {findings.unopened} 个可能的栏目页未打开: --requests 加大请求数")
    return said


def _table(findings: Findings, http: Http) -> list[str]:
    if not findings.columns:
        return []
    said = ["", f"栏目 ({len(findings.columns)}):"]
    directories = values_of(findings, http)["directories"]
    for column, directory in zip(findings.columns, directories, strict=True):
        total = "单页" if column.single else _total(column)
        other = f"  [{column.way.family}]" if "family" in directory else ""
        where = directory.get("url") or ", ".join(
            f"{name}={value}" for name, value in column.way.params.items()
        )
        said.append(f"  {directory['key']}  {column.name}  {total}  {where}{other}")
    return said


def _total(column: Column) -> str:
    """How many documents, or how many pages, are announced."""
    if column.count is not None:
        return str(column.count)
    pages = column.trial.pages if column.trial is not None else None
    return f"{pages} 页" if pages else "?"


def _sample(sample: Sample | None) -> list[str]:
    if sample is None:
        return ["", "样例: 没有文件可读"]
    said = ["", f"样例: {sample.url}"]
    for name in _SHOWN:
        value = getattr(sample.record, name)
        if value:
            said.append(f"  {column_label('documents', name)}: {value}")
    text = " ".join(sample.record.body_text.split())
    said += [f"  正文 ({len(sample.record.body_text)} 字): {text[:_EXCERPT]}", ""]
    return said


def why_nothing(found: Probed, url: str) -> str:
    """One sentence: why there is no draft, and what to do."""
    problem = sentence(found.first)
    if problem is not None or found.findings is None:
        return problem or f"{url} could not be read"
    findings = found.findings
    if findings.challenges:
        where, name = next(iter(findings.challenges.items()))
        return f"{where} answered with a challenge ({name}) and no list was found elsewhere: it is not evaded; write the file by hand"
    if findings.shells:
        where, what = next(iter(findings.shells.items()))
        return (
            f"{where} is a JavaScript shell ({what}) that calls no service we know: find the address of its data "
            "in a browser's network panel, and write a directory of family generic-json with it"
        )
    more = (
        f" ({findings.unopened} pages were left when the requests were used up: raise --requests)"
        if findings.unopened
        else ""
    )
    return f"no list of documents was found from {url}{more}: give the address of a page that shows one, or write the file by hand"
