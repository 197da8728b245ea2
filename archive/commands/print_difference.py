"""What an edit changed, for people: coloured on a terminal, plain ``-`` and ``+`` lines elsewhere."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from archive.difference import Difference
from archive.search import printable
from archive.web.labels import SIGNOFF_LABELS, column_label

MAX_MARKED = 4_000
"""Characters of a changed line in which the changed characters are still looked for."""

_FIELDS = {"attachments": "附件", "tables": "表格", "signoff": "签发"}


def print_difference(console: Console, uid: str, difference: Difference) -> None:
    """The fields with both values, then the text's changed lines with the changed characters marked."""
    print_line(console, f"{uid}  {difference.old_seen_at} → {difference.new_seen_at}", style="bold")
    for change in difference.fields:
        print_line(console, field_label(change.name), style="bold")
        _print_changed(console, [change.old] if change.old else [], [change.new] if change.new else [])
    if difference.text:
        console.print()
        print_line(console, field_label("body_text"), style="bold")
    old: list[str] = []
    new: list[str] = []
    for line in difference.text:
        if line.startswith("-"):
            old.append(line[1:])
        elif line.startswith("+"):
            new.append(line[1:])
        else:
            _print_changed(console, old, new)
            old, new = [], []
            print_line(console, line, style="cyan" if line.startswith("@@") else "")
    _print_changed(console, old, new)


def _print_changed(console: Console, old: Sequence[str], new: Sequence[str]) -> None:
    """Lines that were and lines that are; where they pair off, what differs inside them is marked."""
    left = [Text(f"- {printable(line)}", style="red") for line in old]
    right = [Text(f"+ {printable(line)}", style="green") for line in new]
    if len(left) == len(right):
        for one, other in zip(left, right, strict=True):
            if console.is_terminal and len(one) + len(other) <= MAX_MARKED:
                _mark(one, other)
    for text in (*left, *right):
        console.print(text, soft_wrap=True)


def _mark(left: Text, right: Text) -> None:
    matcher = difflib.SequenceMatcher(None, left.plain[2:], right.plain[2:], autojunk=False)
    for kind, i, j, m, n in matcher.get_opcodes():
        if kind != "equal":
            left.stylize("reverse", i + 2, j + 2)
            right.stylize("reverse", m + 2, n + 2)


def field_label(name: str) -> str:
    """The Chinese name of a record's field; of ``extra.标签`` the label itself."""
    table, _, rest = name.partition(".")
    if table in ("extra", "signoff") and rest:
        return rest if table == "extra" else SIGNOFF_LABELS.get(rest, rest)
    return _FIELDS.get(name) or column_label("documents", name)


def print_line(console: Console, text: str, style: str = "") -> None:
    """One line of whatever a page or a portal said, safe on a terminal."""
    console.print(Text(printable(text), style=style), soft_wrap=True)
