"""The statistics table of an annual report in the form used until 2018: 65 rows under its header.

The labels are the official form's (``data/indicators_2014.tsv``); the numbers, in ``data/statistics.toml``, are
invented. How the form numbers its rows (一、 (一) 1. 其中:) follows from the code of each row.
"""

from __future__ import annotations

import csv
import functools
import tomllib
from importlib.resources import files

_CHINESE = "零一二三四五六七八九十"


def _label(code: str, label: str, note: str) -> str:
    parts = code.split(".")
    last = parts[-1]
    if last.startswith("w"):
        text = f"其中:{label}" if last == "w1" else label
    elif len(parts) == 1:
        text = f"{_CHINESE[int(last)]}、{label}"
    elif len(parts) == 2:
        text = f"({_CHINESE[int(last)]}){label}"
    else:
        text = f"{last}.{label}"
    return f"{text}({note})" if note else text


@functools.cache
def statistics_rows(name: str) -> list[list[str]]:
    """Header and 65 rows (label, unit, value) with the numbers of one table of ``data/statistics.toml``.

    A code without a number there is a blank cell; a section's own row has —— as its unit.
    """
    data = files("crawler.samples") / "data"
    values = tomllib.loads((data / "statistics.toml").read_text(encoding="utf-8"))[name]
    lines = csv.DictReader(
        (data / "indicators_2014.tsv").read_text(encoding="utf-8").splitlines(), delimiter="\t"
    )
    rows = [["统 计 指 标", "单位", "统计数"]]
    for line in lines:
        value = str(values.get(line["code"], ""))
        rows.append([_label(line["code"], line["label"], line["note"]), line["unit"], value])
    return rows
