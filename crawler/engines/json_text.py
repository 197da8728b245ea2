"""From an answer's text to its JSON value, however it is wrapped or broken (platforms.md §1c, §1d, §27)."""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import Any

from crawler.engines.base import ListingError
from crawler.engines.markup import unescaped
from crawler.engines.xml_records import records

MAX_DEPTH_ERROR = "the answer is nested too deeply to be a listing"
_DECODER = json.JSONDecoder(strict=False)  # CR, LF and tabs stand inside strings
_BRACKET = re.compile(r"[{\[]")
_TRIED = 3  # brackets, as in try{callback({…})}catch(e){}
_SPACE = " \t\r\n\f\v\0\ufeff\u3000\xa0"
# callback({…}), null({…}), var list = […], export default `…`, /**/cb(…), try{cb(…)}catch(e){}
_WRAPPED = re.compile(r"(?:/\*[^*]{0,200}\*/)?[^{\[\"'`<(=]{0,200}[(=]\s{0,40}")
_LITERAL = re.compile(
    r"(?:export\s+default|return|(?:(?:var|let|const)\s+)?[\w$.]{1,80}\s?=)?\s{0,40}"
    r"(?:\"((?:[^\"\\]|\\.)*+)\"|'((?:[^'\\]|\\.)*+)'|`((?:[^`\\]|\\.)*+)`)",
    re.DOTALL,
)
# A string that is not closed goes to the end, so that nothing is scanned twice.
_TOKEN = re.compile(
    r"""("(?:[^"\\]|\\.)*+(?:"|\Z|\\\Z))|'((?:[^'\\]|\\.)*+)(?:'|\Z|\\\Z)|(,\s{0,200}+(?=[}\]]))|"""
    r"""([A-Za-z_$][\w$]{0,80}+)(?=\s{0,20}+:)|\b(undefined|NaN)\b""",
    re.DOTALL,
)
_BAD_ESCAPE = re.compile(r"\\(?:([\"\\/bfnrt]|u[0-9A-Fa-f]{4})|(.))", re.DOTALL)


def load(text: str, after: str | None = None) -> Any:
    """The JSON value of ``text``; raises :class:`ListingError` where there is none.

    Taken off or put up with: a BOM, leading blank lines, a JSONP call or an assignment around it, line ends
    inside strings, ``\\'`` and other escapes that JSON has not, commas before closing brackets, keys without
    quotes; WAS5's XML is read as its JSON. ``after``: a regular expression behind whose first match the value begins (data in a page's script).
    """
    if after is not None:
        found = re.search(after, text)
        if found is None:
            raise ListingError(f"the page has nothing that fits {after!r}, behind which its data was seen")
        text = text[found.end() :]
    text = text.strip(_SPACE)
    if not text:
        raise ListingError("the answer is empty")
    if text[0] == "<" and after is None:
        found_records = records(text)
        if found_records is not None:
            return found_records
        raise ListingError(f"the answer is HTML, not JSON: {' '.join(text[:80].split())}")
    for start in _starts(text):
        value = _value(text, start)
        if value is not None:
            return value
    raise ListingError(f"the answer is not JSON: {' '.join(text[:80].split())}")


def literal(text: str) -> str | None:
    """The value of a text that is one JavaScript string (``export default `…```), else None."""
    found = _LITERAL.match(text.strip(_SPACE))
    if found is None:
        return None
    return unescaped(next(group for group in found.groups() if group is not None))


def _starts(text: str) -> list[int]:
    """Where the value may begin."""
    starts = [0] if text[0] in '{["' else []
    wrapped = _WRAPPED.match(text)
    if wrapped:
        starts.append(wrapped.end())
    brackets = (match.start() for match in islice(_BRACKET.finditer(text), _TRIED))
    return list(dict.fromkeys([*starts, *brackets]))


def _value(text: str, start: int) -> Any:
    """The object or list that begins at ``start``; None if none does."""
    try:
        value = _DECODER.raw_decode(text, start)[0]
    except RecursionError as error:
        raise ListingError(MAX_DEPTH_ERROR) from error
    except ValueError:
        value = _mended(text[start:])
    if isinstance(value, str) and value.strip(_SPACE)[:1] in ("{", "["):
        return _value(value.strip(_SPACE), 0)  # JSON that was written as a string
    return value if isinstance(value, dict | list) else None


def _mended(text: str) -> Any:
    try:
        return _DECODER.raw_decode(_TOKEN.sub(_token, text))[0]
    except RecursionError as error:
        raise ListingError(MAX_DEPTH_ERROR) from error
    except ValueError:
        return None


def _token(match: re.Match[str]) -> str:
    double, single, comma, key, nothing = match.groups()
    if double is not None:
        return '"' + _BAD_ESCAPE.sub(_escape, double[1:-1]) + '"'
    if single is not None:
        return '"' + _BAD_ESCAPE.sub(_escape, single).replace('"', '\\"').replace('\\\\"', '\\"') + '"'
    if comma is not None:
        return ""
    return f'"{key}"' if key is not None else ("null" if nothing else "")


def _escape(match: re.Match[str]) -> str:
    """An escape that JSON knows as it is, of any other the character."""
    known, other = match.groups()
    return match.group() if known is not None else str(other)
