"""What of a cell is label and value: its lines, and running text in which labels mean nothing."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from pipelines.dates import parse_date
from pipelines.metadata.cells import BREAK, Cell
from pipelines.metadata.vocabulary import IGNORED, Label, Meaning

# A cell of so many characters, or a shorter one with a full stop, is running text.
_PROSE, _SHORT_PROSE = 80, 20
_LOOKED_AT = 600  # characters that tell
_STOPS = "。；！？，"
_SENTENCE = re.compile(f"[{_STOPS}]")
_OPENED = re.compile(r"[（(《“]\s{0,5}\Z")
_INSIDE = re.compile("[。！？》]|[，；）)][^\\d，；]{4}")
_WORDS = re.compile("[\u3400-\u9fff]{2}")
_HAN = re.compile("[\u3400-\u9fff]")
_HINTS = re.compile("[。；！？，《“（(]")
_SIGN = re.compile(r"[^\W_]")
PLAIN = frozenset(
    ("index_number", "document_number", "agency", "issuing_body", "source", "published_on", "written_on")
)
"""Fields whose values are no sentences."""
# Fields whose values may be broken into several lines, and the characters of such a value.
_BROKEN = frozenset(("title", "summary", "keywords", "catalog", "topic", "issuing_body"))
_LONGEST_BROKEN = 200
_WORD = re.compile(r"\S+")
BODY_LABELS = frozenset(("内容", "正文", "信息内容", "信息正文", "正文内容", "文章内容", "文件内容"))
"""Labels of a block under which the document itself stands: its text is the body and no value."""


def is_prose(text: str) -> bool:
    """Whether a cell reads as running text."""
    text = text[:_LOOKED_AT]
    return len(text) > _SHORT_PROSE and ("。" in text or is_longer(text, _PROSE))


def is_longer(text: str, most: int) -> bool:
    """Whether a text has more than ``most`` characters, runs of white space counted as one."""
    return len(text) > most and len(" ".join(text.split())) > most


def outside_prose(cell: Cell, labels: list[Label]) -> list[Label]:
    """The labels of a cell without those that stand inside running text.

    「决定废止《甲》（索引号：1，文号：2）等文件」 says nothing of the page. Judged line by line: what stands before the
    first label of a line, and whether a value that is no sentence by its nature reads as one.
    """
    text = cell.text
    if not _HINTS.search(text):
        return labels
    kept: list[Label] = []
    line: list[Label] = []
    for label in labels:
        if line and BREAK in text[line[-1].end : label.start]:
            kept += [] if _in_sentence(text, line, label.start) else line
            line = []
        line.append(label)
    return kept + ([] if _in_sentence(text, line, len(text)) else line) if line else kept


def _in_sentence(text: str, line: list[Label], end: int) -> bool:
    lead = text[text.rfind(BREAK, 0, line[0].start) + 1 : line[0].start]
    if _WORDS.search(lead) and (_SENTENCE.search(lead) or _OPENED.search(lead)):
        return True
    for label, following in zip(line, [*line[1:], None], strict=True):
        if label.meaning is None or label.meaning.field not in PLAIN or not label.has_colon:
            continue
        value = text[label.end : following.start if following else end].partition(BREAK)[0].strip()
        if _INSIDE.search(value.rstrip("。；！？，、 　（(）)"), 0, 600):
            return True
    return False


def value_end(raw: str, meaning: Meaning | None, *, opens: bool) -> int:
    """Where the value that begins ``raw`` (the text behind a label) ends.

    That is the end of its first line with text; of a field that is often broken into lines, the end of ``raw`` if
    its label ``opens`` the cell and no line reads as a sentence. An index number ends where other text begins.
    """
    field = "" if meaning is None else meaning.field
    if field == "index_number":
        return _number_end(raw)
    if BREAK not in raw:
        return len(raw)
    start = len(raw) - len(raw.lstrip())
    stop = raw.find(BREAK, start)
    if BREAK in raw[:start] and is_prose(raw[start : len(raw) if stop < 0 else stop]):
        return 0
    if stop < 0 or not raw[stop:].strip():
        return len(raw)
    short = len(raw) <= _LONGEST_BROKEN and not _SENTENCE.search(raw, stop)
    return len(raw) if field == IGNORED or (opens and short and field in _BROKEN) else stop


def _number_end(raw: str) -> int:
    """The end of an index number: it may hold spaces between its parts, but no other words and no date."""
    end, digits = 0, False
    for word in _WORD.finditer(raw.replace(BREAK, "\n") if BREAK in raw else raw):
        piece = word.group()
        if end and BREAK in raw[end : word.start()]:
            break
        if digits and (len(_HAN.findall(piece)) > 1 or parse_date(piece)):
            break
        end = word.end()
        digits = digits or any(sign.isdigit() for sign in piece)
    return end if end else len(raw)


def run_end(cell: Cell, start: int, end: int) -> int:
    """``end``, or the earlier place where a text node with words of its own begins behind digits (``1/2019-1<a>某文件``)."""
    for run in cell.runs[bisect_right(cell.runs, start) : bisect_left(cell.runs, end)]:
        if cell.text[run - 1].isdigit() and len(_HAN.findall(cell.text[run : min(run + 8, end)])) > 2:
            return run
    return end


def is_text(text: str) -> bool:
    """Whether letters, digits or characters stand in ``text``."""
    return _SIGN.search(text) is not None


def opening_lines(text: str, spans: list[tuple[int, int]]) -> list[str]:
    """The lines of a cell down to the first one with text that belongs to none of ``spans``; white space collapsed."""
    found, at = [], 0
    for line in text.split(BREAK):
        stop = at + len(line)
        if any(first <= stop and at < last for first, last in spans):
            found.append(" ".join(line.split()))
        elif is_text(line):
            break
        at = stop + 1
    return found


def is_mixed(text: str, spans: list[tuple[int, int]]) -> bool:
    """Whether a cell has lines with text that belong to none of ``spans`` (line of the label to the end of the value)."""
    if BREAK not in text:
        return False
    at = 0
    for line in text.split(BREAK):
        stop = at + len(line)
        if is_text(line) and not any(first <= stop and at < last for first, last in spans):
            return True
        at = stop + 1
    return False
