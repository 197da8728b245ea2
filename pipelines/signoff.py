"""The block that closes a report: 单位负责人, 审核人, 填报人, 联系电话, 填报日期 (vocab/README.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archive.record import Signoff
from pipelines.dates import parse_date
from pipelines.metadata.blocks.beside import Pair
from pipelines.metadata.blocks.pairs import find_pairs
from pipelines.metadata.cells import Cells
from pipelines.metadata.vocabulary import Meaning, Vocabulary
from pipelines.numbers import is_placeholder

_LABELS = {
    "principal": "单位负责人 负责人 主要负责人 单位主要负责人 单位领导 负责人签字 单位负责人签字",
    "reviewer": "审核人 复核人 审核 审核人签字",
    "preparer": "填报人 填表人 制表人 经办人 填报人签字 填表人签字",
    "phone": "联系电话 电话 联系方式 填报人联系电话",
    "date": "填报日期 填表日期 报出日期 填报时间 填表时间",
}
_KNOWN = Vocabulary({label: Meaning(field) for field, labels in _LABELS.items() for label in labels.split()})
# Without one of these there is no preparer and no reviewer, so no block.
# One set of first characters, which the engine skips to.
_HINT = re.compile(r"[填制审复经](?:(?<=[填制])\s*[报表]\s*人|(?<=[审复])\s*核|(?<=经)\s*办\s*人)")
# The block is one to five lines; an empty cell or a stray line may stand between.
_GAP = 4
_LONGEST = 60


def find_signoff(cells: Cells) -> Signoff | None:
    """The last sign-off block of a page: a preparer or reviewer beside at least one more of its labels.

    Values are as printed; ``date`` is YYYY-MM-DD, None if it is no date. None where no block has a value.
    """
    last: Signoff | None = None
    if not _HINT.search("\n".join([cell.text for cell in cells.items])):
        return None
    for group in _groups(cells):
        fields = {pair.meaning.field for pair in group if pair.meaning}
        if (
            len(fields) >= 2
            and fields & {"preparer", "reviewer"}
            and fields & {"preparer", "principal", "date"}
        ):
            last = _signoff(group) or last
    return last


def _groups(cells: Cells) -> Iterator[list[Pair]]:
    group: list[Pair] = []
    end = 0
    for pair in find_pairs(cells, _KNOWN):
        if pair.meaning is None:
            continue
        if group and (pair.cell - end > _GAP or any(pair.meaning == other.meaning for other in group)):
            yield group
            group = []
        group.append(pair)
        end = max(pair.used)
    if group:
        yield group


def _signoff(group: list[Pair]) -> Signoff | None:
    values: dict[str, str] = {}
    for pair in group:
        value = pair.value.removeprefix("(签字)").removeprefix("（签字）").strip()
        if pair.meaning is None or is_placeholder(value) or len(value) > _LONGEST:
            continue
        if pair.meaning.field == "date":
            day = parse_date(value)
            if day:
                values["date"] = day
        else:
            values[pair.meaning.field] = value
    return Signoff(**values) if values else None
