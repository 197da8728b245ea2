"""Recognises the answers that are no content: challenges of web application firewalls (platforms.md §27).

They are reported and never archived as a document; nothing here tries to pass them.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

HEAD_BYTES = 64 * 1024
SHELL_TEXT = 200
"""A shell has fewer characters of text than this outside scripts and styles."""

_NOT_TEXT = re.compile(rb"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.I | re.S)


@dataclass(frozen=True, slots=True)
class Challenge:
    """One way of a firewall: its name, the status codes it uses, the marks of its page."""

    name: str
    any: tuple[bytes, ...]
    status: tuple[int, ...] = ()
    shell: bool = False

    def matches(self, status: int, head: bytes, text_length: int) -> bool:
        """Whether an answer is this challenge."""
        if self.status and status not in self.status:
            return False
        if self.shell and text_length > SHELL_TEXT:
            return False
        return any(mark in head for mark in self.any)


@cache
def known_challenges() -> tuple[Challenge, ...]:
    """The challenges of ``challenges.toml``."""
    rows = tomllib.loads(files("crawler").joinpath("challenges.toml").read_text("utf-8"))["challenge"]
    return tuple(
        Challenge(
            name=row["name"],
            any=tuple(mark.encode() for mark in row["any"]),
            status=tuple(row.get("status", ())),
            shell=row.get("shell", False),
        )
        for row in rows
    )


def recognise(status: int, body: bytes) -> str | None:
    """The name of the challenge that an answer is, or None. ``body`` has its Content-Encoding removed.

    Chinese marks are looked for as UTF-8 and as GB18030.
    """
    head = body[:HEAD_BYTES]
    if b"<" not in head and status < 400:
        return None
    text_length = len(b"".join(_NOT_TEXT.sub(b" ", head).split())) // 2
    try:
        readable = head.decode("utf-8").encode()
    except UnicodeDecodeError:
        readable = head.decode("gb18030", "replace").encode()
    for challenge in known_challenges():
        if challenge.matches(status, readable, text_length):
            return challenge.name
    return None
