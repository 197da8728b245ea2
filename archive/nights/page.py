"""The run report as one HTML file: Chinese labels, everything from the wire escaped, links only to http and https."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

from archive.nights.chart import bar_chart
from archive.web.sentences import crawl_reason, error_sentence
from archive.web.times import with_offset

STYLE = """
body{font:15px/1.6 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:2em auto;max-width:70em;padding:0 1em;color:#222}
table{border-collapse:collapse;width:100%;margin:.5em 0}td,th{border-bottom:1px solid #ddd;padding:.25em .6em;text-align:left;
vertical-align:top;overflow-wrap:anywhere}td.n,th.n{text-align:right}.bad{color:#a40000}.ok{color:#176b2c}svg text{font-size:12px}
svg{display:block;margin:.6em 0;max-width:100%}
"""
STATUS = {
    "ok": "正常", "degraded": "异常", "failed": "失败", "crashed": "进程崩溃", "timed-out": "超时",
    "interrupted": "中断", "locked": "另有运行", "postponed": "顺延", "unusable": "数据库不可用",
}  # fmt: skip
GOOD = ("ok", "postponed", "locked")
CHANGES = {
    "new": "新文件",
    "revised": "修订",
    "withdrawn": "已撤下",
    "returned": "恢复",
    "quarantined": "待查",
    "released": "放行",
}
COLUMNS = {"new": "新文件", "revised": "修订", "gone": "消失", "failed": "失败", "blocked": "被拦截"}
CHARTS = {
    "new": "新文件",
    "revised": "修订",
    "failed": "失败",
    "blocked": "被拦截",
    "requests": "请求",
    "troubles": "异常门户",
}


def report_page(report: Mapping[str, Any], datasette: str) -> str:
    """The whole page; ``datasette`` is the address that ``/-/document/<uid>`` is below."""
    parts = [
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
        f"<title>{_text(report['date'])} 夜间采集报告</title><style>{STYLE}</style></head><body>",
        f"<h1>{_text(report['date'])} 夜间采集报告</h1>",
        f"<p>{_text(with_offset(report['began_at']))} — {_text(with_offset(report['ended_at']))}</p>",
        _portals(report["portals"]),
        _files(report.get("files")),
    ]
    rows: list[tuple[object, ...]]
    for kind, label in CHANGES.items():
        change = report["changes"][kind]
        rows = [
            (row["portal"], _link(_document(datasette, row["uid"]), row["title"] or "（无题）"), row["index_number"],
             _link(row["url"], "原文")) for row in change["documents"]
        ]  # fmt: skip
        parts.append(_section(label, change["total"], ("门户", "标题", "索引号", "来源"), rows))
    for key, label in (("failing", "持续失败的地址"), ("blocked", "被拦的地址")):
        rows = [
            (row["portal"], _link(row["url"], row["url"]), error_sentence(row["last_error"] or ""), row["failures"],
             _link(_document(datasette, row["uid"]), "文件") if row["uid"] else "") for row in report[key]["addresses"]
        ]  # fmt: skip
        parts.append(_section(label, report[key]["total"], ("门户", "地址", "原因", "次数", ""), rows))
    parts.append("<h2>近三十夜</h2>")
    for key, label in CHARTS.items():
        parts.append(bar_chart(label, [(night["day"], night[key]) for night in report["nights"]]))
    return "".join([*parts, "</body></html>\n"])


class _Markup(str):
    """Text that is HTML already."""


def _portals(portals: Sequence[Mapping[str, Any]]) -> str:
    head = "".join(
        f'<th class="n">{label}</th>'
        for label in (
            *COLUMNS.values(),
            "今日请求",
            "距上次复查（中位/最长，天）",
            "复查一轮（中位/最长，夜）",
            "用时（秒）",
        )
    )
    rows = []
    for portal in portals:
        numbers = [portal["counts"].get(name, 0) for name in COLUMNS]
        cells = "".join(
            f'<td class="n">{_text(number)}</td>' for number in (*numbers, portal["requests_today"])
        )
        ages = portal["visited_days_ago"]
        cells += (
            f'<td class="n">{ages["median"]:g} / {ages["worst"]:g}</td>' if ages else '<td class="n">—</td>'
        )
        cycle = portal.get("revisit_cycle_nights")
        cells += (
            f'<td class="n">{cycle["median"]} / {cycle["worst"]}</td>' if cycle else '<td class="n">—</td>'
        )
        slow = " 慢" if portal["slow"] else ""
        style = "ok" if portal["status"] in GOOD else "bad"
        reasons = "<br>".join(_text(crawl_reason(reason)) for reason in portal["reasons"])
        rows.append(
            f"<tr><td>{_text(portal['name'])}<br>{_text(portal['portal'])}</td>{cells}"
            f'<td class="n">{portal["seconds"]:.0f}{slow}</td><td class="{style}">'
            f"{_text(STATUS.get(portal['status'], portal['status']))}</td><td>{reasons}</td></tr>"
        )
    return (
        f"<h2>门户</h2><table><tr><th>门户</th>{head}<th>结论</th><th>原因</th></tr>{''.join(rows)}</table>"
    )


def _files(files: Mapping[str, Any] | None) -> str:
    """What was read of the attachments; reports of older versions say nothing of it."""
    if not files:
        return ""
    return f"<p>附件文字：读了 {_text(files['read'])} 个（{files['seconds']:.0f} 秒），还有 {_text(files['waiting'])} 个待读。</p>"


def _section(label: str, total: int, heads: Iterable[str], rows: Sequence[Iterable[object]]) -> str:
    if not total:
        return ""
    head = "".join(f"<th>{_text(name)}</th>" for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    more = f"<p>另有 {total - len(rows)} 件未列出。</p>" if total > len(rows) else ""
    return f"<h2>{_text(label)}：{total}</h2><table><tr>{head}</tr>{body}</table>{more}"


def _text(value: object) -> str:
    return value if isinstance(value, _Markup) else escape("" if value is None else str(value))


def _document(datasette: str, uid: str) -> str:
    return f"{datasette.rstrip('/')}/-/document/{quote(uid)}"


def _link(url: str, text: str) -> str:
    if not url.lower().startswith(("http://", "https://")):
        return _Markup(escape(text))
    return _Markup(f'<a href="{escape(url)}" rel="noreferrer noopener">{escape(text)}</a>')
