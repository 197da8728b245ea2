"""What a new layout calls its fields: the words that stand before, or above, values that are known."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from archive.record import METADATA_FIELDS, Record
from crawler.repair.sample import says
from pipelines.metadata.candidates import DATES
from pipelines.metadata.cells import BREAK, Cells
from pipelines.metadata.vocabulary import squeeze, vocabulary

SHARE = 0.5
"""A word is a field's label when it stands at the value on this share of the pages that should show the value."""

LABELLED = tuple(name for name in METADATA_FIELDS if name not in ("index_number_raw", "summary"))
_LONGEST = 12
_ENDS = " \t\r\n\u00a0\u3000\u2002\u2003:：﹕∶】］])）=|｜—-" + BREAK
_STRONG = re.compile(f"[{BREAK}；;|｜，。,>》【\\[\n]")
_LABEL = re.compile(r"[\u3400-\u9fffA-Za-z（）()/·]{2,12}")
_HAN = re.compile("[\u3400-\u9fff]")


def learn_labels(pages: Sequence[tuple[Cells, Record, Record]]) -> dict[str, str]:
    """Label → field, of (page, what is known of it, what is read on it today): labels that no vocabulary knows so.

    Each label counts for the field whose values stand at it on most pages; of equals, for the field whose known
    labels it resembles.
    """
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    wanted: Counter[str] = Counter()
    for cells, known, _ in pages:
        for name in LABELLED:
            value = getattr(known, name)
            if value:
                wanted[name] += 1
                for label in set(labels_of(cells, name, value)):
                    votes[label][name] += 1
    missed = {name for _, known, read in pages for name in LABELLED if _lost(known, read, name)}
    found: dict[str, str] = {}
    for label, counts in votes.items():
        name = max(counts, key=lambda name: (counts[name], likeness(label, name)))
        meaning = vocabulary().get(label)
        told = meaning is not None and meaning.field == name and not meaning.is_weak
        if name in missed and not told and counts[name] >= max(1, SHARE * min(wanted[name], len(pages))):
            found[label] = name
    return found


def labels_of(cells: Cells, name: str, value: str) -> Iterator[str]:
    """The words that may be the label of ``value`` on a page, wherever it stands there."""
    pattern = value_pattern(name, value)
    for number, cell in enumerate(cells.items):
        if len(cell.text) > 400:
            continue
        for match in pattern.finditer(cell.text):
            before = cell.text[: match.start()].rstrip(_ENDS)
            if before:
                yield from _ending(before, [run for run in cell.runs if run < len(before)])
            else:
                yield from _beside(cells, number)
            break


def value_pattern(name: str, value: str) -> re.Pattern[str]:
    """What a value of the field looks like on a page: white space anywhere in it; a date in any usual writing."""
    if name in DATES:
        year, month, day = value.split("-")
        spaced = r"\s{0,3}"
        return re.compile(
            rf"{year}{spaced}[-./年]{spaced}0?{int(month)}{spaced}[-./月]{spaced}0?{int(day)}(?!\d)"
        )
    signs = [_sign(sign) for sign in value if not sign.isspace()]
    return re.compile(r"\s{0,3}".join(signs[:200]))


def _sign(sign: str) -> str:
    if sign in "〔[［【(（":
        return r"[〔\[［【(（]"
    if sign in "〕]］】)）":
        return r"[〕\]］】)）]"
    wide = chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign
    return re.escape(sign) if wide == sign else f"(?:{re.escape(sign)}|{wide})"


def _ending(before: str, runs: Sequence[int]) -> Iterator[str]:
    """Labels with which the text before a value may end."""
    starts = [match.end() for match in _STRONG.finditer(before)]
    segment = before[max(starts, default=0) :]
    yield from _word(segment)
    if segment.split():
        yield from _word(segment.split()[-1])
    for run in runs[-3:]:
        yield from _word(before[run:])


def _beside(cells: Cells, number: int) -> Iterator[str]:
    """The cell before a value that stands alone, and the head of its column."""
    if number:
        yield from _word(cells.items[number - 1].text)
    own = cells.items[number].table_cell
    row = own.getparent() if own is not None else None
    if own is None or row is None or row not in cells.rows:
        return
    place = cells.rows[row].index(own) if own in cells.rows[row] else -1
    for rows in cells.tables.values():
        if row in rows and rows[0] is not row and 0 <= place < len(cells.rows.get(rows[0], ())):
            yield from _word(cells.text_of(cells.rows[rows[0]][place]))


def _word(text: str) -> Iterator[str]:
    word = squeeze(unicodedata.normalize("NFKC", text).strip(_ENDS))
    if len(word) <= _LONGEST and _LABEL.fullmatch(word) and len(_HAN.findall(word)) >= 2:
        yield word


def _lost(known: Record, read: Record, name: str) -> bool:
    if not says(known, name):
        return False
    return not says(read, name) or getattr(known, name) != getattr(read, name)


def likeness(label: str, name: str) -> float:
    """How many of a label's characters a known label of the field has, at best."""
    signs = set(label)
    known = [other for other, meaning in vocabulary().items() if meaning.field == name]
    return max((len(signs & set(other)) / len(signs | set(other)) for other in known), default=0.0)
