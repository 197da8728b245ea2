"""Findings and reasons in the readers' language: what the program wrote, recognised by ``findings.tsv`` and said in Chinese.

The archive keeps one wording, which the API and scripts have; a message that no row knows stays as it is, with its times
as China's clock shows them.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from archive.web.times import with_offset

_PLACE = re.compile(r"\{([a-z]+[0-9]?(?:_at|_digest)?)\}")
# Placeholders at which a number stands: what stands before it is another message's.
_COUNTS = {
    "announced", "bytes", "count", "crawls", "found", "known", "most", "page", "pages", "read", "share", "tags",
    "tried", "usual", "visited",
}  # fmt: skip
_COUNT = re.compile(r"[0-9,]{1,20}(?: %)?")
_DIGEST = len("sha256:") + 12
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z", re.ASCII)


def finding_sentence(rule: object, message: object) -> str:
    """The Chinese sentence for a finding's ``message`` under its ``rule``."""
    return _said(str(rule), str(message)) or local_times(str(message))


def crawl_reason(text: str) -> str:
    """The Chinese sentence for why a crawl or a walk ended as it did, or a revision is held back."""
    return _said(":reason", text) or local_times(text)


def error_sentence(text: str) -> str:
    """The Chinese sentence for what an address answered instead of its page."""
    return _said(":why", text) or local_times(text)


def local_times(text: str) -> str:
    """A text with every UTC time in it as China's clock shows it."""
    return _TIME.sub(lambda found: with_offset(found[0]), text)


@cache
def patterns() -> dict[str, list[tuple[list[str], str]]]:
    """Rule → its rows: the message cut at its placeholders (text, name, text …), and the Chinese."""
    found: dict[str, list[tuple[list[str], str]]] = {}
    for line in (files("archive.web") / "findings.tsv").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            rule, message, chinese = line.split("\t")
            found.setdefault(rule, []).append((_PLACE.split(message), chinese))
    return found


def _said(rule: str, message: str) -> str | None:
    for pieces, chinese in patterns().get(rule, ()):
        if (values := _values(pieces, message)) is not None:
            parts = _PLACE.split(chinese)
            parts[1::2] = [_value(name, values[name]) for name in parts[1::2]]
            return "".join(parts)
    return None


def _values(pieces: list[str], message: str) -> dict[str, str] | None:
    """What stands at the placeholders; None where the message is another one. Each text is looked for once, from left
    to right: linear, whatever a page put into it."""
    if not message.startswith(pieces[0]):
        return None
    place, values = len(pieces[0]), {}
    for name, text in zip(pieces[1::2], pieces[2::2], strict=True):
        last = name == pieces[-2] and text == pieces[-1]
        end = message.find(text, place) if text and not last else len(message) - len(text)
        if end < place or not message.startswith(text, end):
            return None
        values[name] = message[place:end]
        if name in _COUNTS and not _COUNT.fullmatch(values[name]):
            return None
        place = end + len(text)
    return values if place == len(message) else None


def _value(name: str, value: str) -> str:
    if name.endswith("_at"):
        return with_offset(value)
    if name.endswith("_digest"):
        return f"{value[:_DIGEST]}…" if len(value) > _DIGEST else value
    return _said(f":{name.rstrip('0123456789')}", value) or local_times(value)
