"""Pages of an annual report's shape: index block in four layouts, body, statistics table, sign-off, comment box."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from pathlib import Path

LABELS = ("索引号", "公开责任部门", "公开日期", "公开目录", "公开形式", "文号", "信息有效性")
LAYOUTS = ("table", "ul", "dl", "paragraph")
BOX = "标签: 留言与评论(共有 0 条评论) 验证码:"


@dataclass(frozen=True)
class Report:
    """A report in parts: ``fields`` by label, ``rows`` of the statistics table with its header first."""

    title: str
    fields: dict[str, str]
    paragraphs: tuple[str, ...]
    rows: tuple[tuple[str, str, str], ...]
    signoff: tuple[str, ...]


def read_seed(shared: Path) -> Report:
    """The seed text beside the project, taken apart."""
    text = next((shared / "seeds").glob("*.txt")).read_text("utf-8")
    title, fields, rest = text.split("\n\n", 2)
    flat = " ".join(fields.split())
    pattern = r"[:：]?\s*(.*?)\s*".join(LABELS) + r"[:：]?\s*(.*)"
    match = re.fullmatch(pattern, flat)
    assert match is not None
    body, _, table = rest.partition("统 计 指 标 单位 统计数\n")
    table, _, end = table.partition("\n\n")
    signoff = end.split("标签:")[0]
    rows = (("统 计 指 标", "单位", "统计数"), *(_row(line) for line in table.splitlines()))
    return Report(
        title.strip(),
        dict(zip(LABELS, match.groups(), strict=True)),
        tuple(line.strip() for line in body.splitlines() if line.strip()),
        rows,
        tuple(line.strip() for line in signoff.splitlines() if line.strip()),
    )


def _row(line: str) -> tuple[str, str, str]:
    match = re.fullmatch(r"(.*?)(?:\s(——|万元|人次))?(?:\s(\d+))?", " ".join(line.split()))
    assert match is not None
    return match[1], match[2] or "", match[3] or ""


def own_report() -> Report:
    """A small report of the same shape with text of our own."""
    values = ("ylsdaj-2019-0007", "市档案局", "2019-03-20", "信息公开年度报告", "主动公开", "", "有效")
    return Report(
        "云岭市档案局2018年度政府信息公开工作报告",
        dict(zip(LABELS, values, strict=True)),
        (
            "根据《中华人民共和国政府信息公开条例》要求，现将云岭市档案局2018年政府信息公开工作报告如下。",
            "一、主动公开情况",
            "2018年，我局通过政府网站主动公开政府信息七十三条，全部按时更新，内容涉及档案查阅、开放和培训。",
            "二、存在的问题",
            "公开的及时性还不够，下一步将明确专人负责，做到有稿必审、有错必改。",
            "2019年3月18日",
        ),
        (("统 计 指 标", "单位", "统计数"), ("一、主动公开情况", "——", "73"), ("1.网站公开数", "条", "001")),
        (
            "单位负责人:王守藏 审核人:李典  填报人:陈阅",
            "联系电话:0999-1234567         填报日期:2019年3月18日",
        ),
    )


def block(report: Report, layout: str) -> str:
    """The index block in one of :data:`LAYOUTS`."""
    pairs = [(escape(label), escape(value)) for label, value in report.fields.items()]
    if layout == "table":
        cells = [f"<td class='t'>{label}：</td><td>{value}</td>" for label, value in pairs]
        rows = ["".join(cells[at : at + 2]) for at in range(0, len(cells), 2)]
        return "<table class='xxgk'>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"
    if layout == "ul":
        return "<ul>" + "".join(f"<li><span>{label}：</span>{value}</li>" for label, value in pairs) + "</ul>"
    if layout == "dl":
        return "<dl>" + "".join(f"<dt>{label}</dt><dd>{value}</dd>" for label, value in pairs) + "</dl>"
    (label, value), *rest = pairs
    flat = "".join(f" {label} {value}" for label, value in rest)
    return f"<p>{label}: {value}{flat}</p>"


def page(report: Report, layout: str = "table", *, charset: str | None = "utf-8") -> str:
    """The whole page as markup; ``charset`` is what its meta tag declares (None: no such tag)."""
    declared = f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">' if charset else ""
    body = "".join(f"<p>　　{escape(text)}</p>\n" for text in report.paragraphs)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>\n" for row in report.rows
    )
    signoff = "".join(f"<p>{escape(line)}</p>" for line in report.signoff)
    return (
        f"<html><head>{declared}<title>{escape(report.title)}-云岭市人民政府</title></head><body>\n"
        "<div class='nav'><a href='/'>首页</a> <a href='/zwgk/'>政务公开</a> <a href='/hd/'>互动交流</a></div>\n"
        f"<div class='main'><h1>{escape(report.title)}</h1>\n{block(report, layout)}\n"
        f"<div id='content'>{body}<table border='1'>\n{rows}</table>\n{signoff}</div>\n"
        "<div class='tags'>标签:</div><div class='comments'>留言与评论(共有 0 条评论)<form>"
        "<textarea name='c'></textarea>验证码:<input name='v'></form></div></div>\n"
        "<div class='foot'>主办：云岭市人民政府 网站标识码：4199000001</div></body></html>"
    )
