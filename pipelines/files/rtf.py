"""RTF: the words of the document without fonts, styles and pictures; Chinese in its code page or as ``\\u`` numbers."""

from __future__ import annotations

import re

from pipelines.decode import charset
from pipelines.files.model import NoText, Text

_TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?[0-9]{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-z'])|([{}])|[\r\n]+|([^\\{}\r\n]+)|\\"
)
_SKIPPED = frozenset(
    (b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"themedata", b"datastore", b"filetbl",
     b"listtable", b"listoverridetable", b"revtbl", b"rsidtbl", b"generator", b"xmlnstbl", b"latentstyles", b"header",
     b"footer", b"headerl", b"headerr", b"footerl", b"footerr", b"fldinst", b"bkmkstart", b"bkmkend", b"nonshppict")
)  # fmt: skip
_WORDS = {
    b"par": "\n", b"line": "\n", b"row": "\n", b"sect": "\n", b"page": "\n", b"cell": " | ", b"nestcell": " | ",
    b"tab": " ", b"emdash": "—", b"endash": "–", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”",
    b"bullet": "•", b"emspace": " ", b"enspace": " ",
}  # fmt: skip
MOST_DEPTH = 1_000


def read_rtf(body: bytes, text: Text) -> None:
    """The text of an RTF file, a line a paragraph or row."""
    reader = _Reader(text)
    at = 0
    while (found := _TOKEN.match(body, at)) is not None:
        at = found.end() + reader.token(found)
    reader.flush()


class _Reader:
    def __init__(self, text: Text):
        self._text = text
        self._encoding = "gb18030"
        self._line: list[str] = []
        self._bytes = bytearray()  # of characters that take two
        self._groups: list[tuple[bool, int]] = []
        self._silent = False
        self._uc = 1  # bytes that stand for a \u number, for elder readers
        self._over = 0  # how many of them are still to come
        self._star = False

    def token(self, found: re.Match[bytes]) -> int:
        """One piece of the source; how many bytes of binary data follow it."""
        word, number, code, sign, brace, plain = found.groups()
        if word == b"bin":
            return max(0, int(number or 0))
        if word is not None:
            self._word(word, int(number) if number else None)
        elif code is not None:
            if self._over:
                self._over -= 1
            elif not self._silent:
                self._bytes.append(int(code, 16))
        elif brace is not None:
            self._brace(brace)
        elif sign is not None:
            self._sign(sign)
        elif plain is not None:
            skipped = min(self._over, len(plain))
            self._over -= skipped
            if not self._silent:
                self._bytes += plain[skipped:]
        return 0

    def flush(self) -> None:
        """End the last line."""
        self._decode()
        if self._line:
            self._end_line()

    def _brace(self, brace: bytes) -> None:
        self._decode()
        self._over = 0
        if brace == b"{":
            if len(self._groups) >= MOST_DEPTH:
                raise NoText("failed", "the RTF is nested too deeply")
            self._groups.append((self._silent, self._uc))
        elif self._groups:
            self._silent, self._uc = self._groups.pop()
        self._star = False

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self._star = True
        elif not self._silent:
            self._bytes += {b"~": b" ", b"_": b"-", b"-": b""}.get(
                sign, sign if sign in (b"\\", b"{", b"}") else b""
            )

    def _word(self, word: bytes, number: int | None) -> None:
        if self._star or word in _SKIPPED:
            self._star = False
            self._silent = True
            return
        if word == b"ansicpg":
            self._encoding = charset(f"cp{number}") or self._encoding
        elif word == b"uc":
            self._uc = max(0, min(number or 0, 10))
        elif word == b"u" and number is not None:
            self._decode()
            self._over = self._uc
            if not self._silent:
                self._line.append(chr(number & 0xFFFF))
        elif word in _WORDS and not self._silent:
            self._decode()
            piece = _WORDS[word]
            if piece == "\n":
                self._end_line()
            else:
                self._line.append(piece)

    def _decode(self) -> None:
        if self._bytes:
            self._line.append(self._bytes.decode(self._encoding, "replace"))
            self._bytes.clear()

    def _end_line(self) -> None:
        line = "".join(self._line)
        # Numbers of \u are UTF-16: two may be one character.
        line = line.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        self._text.add(line.rstrip(" |"))
        self._line.clear()
