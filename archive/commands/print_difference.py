"""What an edit changed, for people: coloured on a terminal, plain ``-`` and ``+`` lines elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from archive.attachments.replaced import Replaced
from archive.history.difference import Difference, differing, passages
from archive.search import printable
from archive.web.labels import field_label
from archive.web.times import with_offset

MAX_MARKED = 4_000
"""Characters between the first and the last changed one of a line, up to which each of them is marked."""


def print_difference(console: Console, uid: str, difference: Difference) -> None:
    """The fields with both values, then the text's changed lines with the changed characters marked."""
    print_line(
        console,
        f"{uid}  {with_offset(difference.old_seen_at)} → {with_offset(difference.new_seen_at)}",
        style="bold",
    )
    for change in difference.fields:
        print_line(console, field_label(change.name), style="bold")
        _print_changed(console, [change.old] if change.old else [], [change.new] if change.new else [])
    if difference.text:
        console.print()
        print_line(console, field_label("body_text"), style="bold")
    for passage in passages(difference.text):
        _print_changed(console, passage.old, passage.new)
        if passage.same is not None:
            print_line(console, passage.same, style="cyan" if passage.same.startswith("@@") else "")


def print_replaced(console: Console, replaced: Sequence[Replaced]) -> None:
    """Each file that was replaced under its address: which bytes it was, which it is."""
    if replaced:
        console.print()
        print_line(console, f"附件更换（{len(replaced)}）", style="bold")
    for one in replaced:
        print_line(console, f"{one.name}  {one.url}")
        _print_changed(
            console,
            [f"{with_offset(one.old_seen_at)}  {one.old_size:,} 字节  {one.old_digest}"],
            [f"{with_offset(one.new_seen_at)}  {one.new_size:,} 字节  {one.new_digest}"],
        )


def _print_changed(console: Console, old: Sequence[str], new: Sequence[str]) -> None:
    """Lines that were and lines that are; where they pair off, what differs inside them is marked."""
    left = [Text(f"- {printable(line)}", style="red") for line in old]
    right = [Text(f"+ {printable(line)}", style="green") for line in new]
    if len(left) == len(right):
        for one, other in zip(left, right, strict=True):
            if console.is_terminal:
                _mark(one, other)
    for text in (*left, *right):
        console.print(text, soft_wrap=True)


def _mark(left: Text, right: Text) -> None:
    old, new, _ = differing(left.plain[2:], right.plain[2:], MAX_MARKED)
    for text, places in ((left, old), (right, new)):
        for start, end in places:
            text.stylize("reverse", start + 2, end + 2)


def print_line(console: Console, text: str, style: str = "") -> None:
    """One line of whatever a page or a portal said, safe on a terminal."""
    console.print(Text(printable(text), style=style), soft_wrap=True)
