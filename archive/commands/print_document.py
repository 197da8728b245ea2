"""A document's dossier, for people at a terminal; plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console

from archive.commands.print_difference import print_line
from archive.record import METADATA_FIELDS
from archive.web.labels import column_label, field_label, reason, value_label
from archive.web.sentences import error_sentence, finding_sentence
from archive.web.times import with_offset

EXCERPT, FILE_EXCERPT = 1_200, 80
"""Characters of the body, and of each file's text, that are printed; ``--json`` has all of them."""

_RELATIONS = {
    ("shares-number", "to"): "索引号相同",
    ("shares-number", "from"): "索引号相同",
    ("renumbered-as", "to"): "改号为",
    ("renumbered-as", "from"): "改号自",
}


def print_candidates(console: Console, candidates: Sequence[dict[str, Any]]) -> None:
    """One line for each document that a number may mean."""
    for one in candidates:
        known = (one["uid"], one["published_on"], one["title"] or "（无标题）", one["portal"], one["url"])
        print_line(console, "  ".join(part for part in known if part))


def print_dossier(console: Console, found: dict[str, Any]) -> None:
    """Everything, the document itself first."""
    record = found["record"] or {}
    print_line(console, record.get("title") or "（无标题）", style="bold")
    if found["missing"]:
        print_line(console, _missing(found["missing"]), style="red" if found["withdrawn_at"] else "yellow")
    for name in ("uid", "portal", "url", "withdrawn_at"):
        if found[name]:
            _field(console, name, found[name])
    if found["former_uids"]:
        print_line(console, f"曾用档案号：{'、'.join(found['former_uids'])}")
    for name in METADATA_FIELDS:
        same = name == "index_number_raw" and record.get(name) == record.get("index_number")
        if record.get(name) and not same:
            _field(console, name, record[name])
    if record.get("keywords"):
        _field(console, "keywords", "；".join(record["keywords"]))
    for label, value in (record.get("extra") or {}).items():
        print_line(console, f"{label}：{value}")
    for name in ("first_seen_at", "last_seen_at", "last_changed_at"):
        if found[name]:
            _field(console, name, found[name])
    _body(console, record.get("body_text") or "")
    for title, section in _sections(found):
        lines = list(section)
        if lines:
            console.print()
            print_line(console, f"{title}（{len(lines)}）", style="bold")
            for line in lines:
                print_line(console, f"  {line}")


def _body(console: Console, body: str) -> None:
    if not body.strip():
        return
    console.print()
    for line in body[:EXCERPT].splitlines():
        print_line(console, line)
    if len(body) > EXCERPT:
        print_line(console, f"……（正文共 {len(body):,} 字，--json 可见全文）", style="dim")


def _sections(found: dict[str, Any]) -> Iterator[tuple[str, Iterator[str]]]:
    yield "修订", (_revision(row) for row in found["revisions"])
    yield "网址", (_sighting(row) for row in found["sightings"])
    yield "附件", (_attachment(row) for row in found["attachments"])
    yield "发现", (_finding(row) for row in found["findings"])
    yield (
        "关联文件",
        (
            f"{_RELATIONS[row['relation'], row['direction']]} {row['uid']} {row['title'] or ''}"
            for row in found["links"]
        ),
    )
    yield "同一文件的其他版本/转载", (_mirror(row) for row in found["mirrors"])
    yield "发现消失的访问", (_absence(row) for row in found["absences"])
    events = found["events"]
    yield "经过", (f"{with_offset(row['at'])} {value_label('events', 'kind', row['kind'])}" for row in events)
    captures = (capture for revision in found["revisions"] for capture in revision["captures"])
    yield (
        "抓取",
        (
            f"{with_offset(row['fetched_at'])} {row['status']} {value_label('revision_captures', 'part', row['part'])}"
            f" {row['file']}:{row['offset']}+{row['length']}"
            for row in captures
        ),
    )


def _missing(row: dict[str, Any]) -> str:
    """Since when the portal does not show the document, as its page says it."""
    seen = f"最后见到 {with_offset(row['last_seen_at'])}"
    since = with_offset(row["since"]) if row["since"] else ""
    if row["withdrawn_at"] is None:
        return f"门户上{f'自 {since} 起' if since else ''}找不到这份文件（{seen}），第三天仍不见才认定撤下"
    first = [f"首次发现消失 {since}"] if since else []
    return "门户已撤下这份文件：" + "，".join([seen, *first, f"认定撤下 {with_offset(row['withdrawn_at'])}"])


def _absence(row: dict[str, Any]) -> str:
    outcome = value_label("captures", "outcome", row["outcome"])
    place = f"{row['file']}:{row['offset']}+{row['length']}"
    return f"{with_offset(row['fetched_at'])} {row['status']} {outcome} {row['url']} {place}"


def _mirror(row: dict[str, Any]) -> str:
    """Another document of its group, and why it is there."""
    gone = "（已撤下）" if row["withdrawn_at"] else ""
    parts = [
        row["uid"],
        row["published_on"],
        row["portal"],
        republished(row),
        f"{row['title'] or ''}{gone}",
        row["url"],
    ]
    return " ".join(part for part in parts if part)


def republished(row: dict[str, Any]) -> str:
    """Why a document is in its group, in a few words."""
    label = value_label("mirrors", "rule", row["rule"])
    return label if row["likeness"] is None else f"{label}（相同 {row['likeness']:.0%}）"


def _revision(row: dict[str, Any]) -> str:
    parts = [with_offset(row["seen_at"]), value_label("revisions", "cause", row["cause"])]
    if row["changed"]:
        parts.append("、".join(field_label(name) for name in row["changed"]))
    if row["status"] != "accepted":
        parts.append(
            f"{value_label('revisions', 'status', row['status'])}：{reason(row['quarantine_reason'] or '')}"
        )
    if row["shown"]:
        parts.append("← 当前")
    return " ".join([*parts, row["url"]])


def _sighting(row: dict[str, Any]) -> str:
    role = value_label("sightings", "role", row["role"]) if row["role"] else ""
    state = value_label("sightings", "state", row["state"])
    problem = error_sentence(row["last_error"] or "")
    names = ("ok_at", "visited_at")
    times = [f"{column_label('sightings', name)} {with_offset(row[name])}" for name in names if row[name]]
    return " ".join(part for part in (role, state, *times, row["url"], problem) if part)


def _attachment(row: dict[str, Any]) -> str:
    """The file, when it came; where it was replaced, every version with its time and where its bytes lie."""
    state = value_label("attachments", "state", row["state"])
    came = with_offset(row["versions"][0]["seen_at"]) if len(row["versions"]) == 1 else None
    parts = [state, came, row["name"], _file(row), row["url"]]
    if row["text_status"]:
        parts.append(_text(row))
    if len(row["versions"]) > 1:
        parts += [
            f"第 {number} 版 {with_offset(version['seen_at'])} {_file(version)}"
            f" {version['file']}:{version['offset']}+{version['length']}"
            for number, version in enumerate(row["versions"], 1)
        ]
    return " ".join(part for part in parts if part)


def _text(row: dict[str, Any]) -> str:
    """What reading the file gave: how its text begins, or why there is none."""
    said = f"文字：{value_label('files', 'text_status', row['text_status'])}"
    begins = " ".join((row["text"] or "")[:FILE_EXCERPT].split())
    note = f"（{row['text_note']}）" if row["text_note"] else ""
    return f"{said}{note}{f'「{begins}」' if begins else ''}"


def _file(row: dict[str, Any]) -> str:
    size = f"{row['size']:,} 字节" if row["size"] is not None else ""
    return " ".join(part for part in (row["media_type"], size, row["digest"]) if part)


def _finding(row: dict[str, Any]) -> str:
    severity = value_label("findings", "severity", row["severity"])
    place = f"（{row['location']}）" if row["location"] else ""
    resolved = f" 已于 {with_offset(row['resolved_at'])} 解决" if row["resolved_at"] else ""
    rule = value_label("findings", "rule", row["rule"])
    return f"{severity} {rule}{place}：{finding_sentence(row['rule'], row['message'])}{resolved}"


def _field(console: Console, name: str, value: str) -> None:
    shown = with_offset(value) if name.endswith("_at") else value
    print_line(console, f"{field_label(name)}：{shown}")
