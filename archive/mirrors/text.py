"""What is compared of a document when its republications are looked for. Pure: texts in, keys out."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from archive.history.content import SHORT_BODY
from archive.history.similarity import condense, shingles
from archive.mirrors.sketch import sketch

# 国发〔2020〕1号 in any brackets; a number without a year, as 第12号, is every office's.
_NUMBER = re.compile(r"([^〔〕]{2,30})〔((?:19|20)\d\d)〕第?0*(\d{1,5})号?")
_BRACKETS = str.maketrans("[](){}【】〖〗<>〈〉《》", "〔〕〔〕〔〕〔〕〔〕〔〕〔〕〔〕")
# What a republication writes behind a title: its number, 转载, 全文. Not (第一批) or (某公司), which tell two texts apart.
_IN = r"[^()（）\[\]【】]"
_ADDED = re.compile(rf"[(（\[【](?:{_IN}{{0,30}}〔\d{{4}}〕{_IN}{{0,12}}号|转载|转发|全文|附全文)[)）\]】]")
_ENDS = re.compile(r"[。；;！!？?\n]+")
# 来源：市政府办公室, which every portal writes for itself.
_OF_THE_PAGE = re.compile(
    r"\s*(?:信息|文章|稿件)?(?:来源|发布时间|发布日期|浏览次数|阅读次数|责任编辑|编辑|字体|字号)\s*[:：]"
)
_CHINESE = "〇零一二三四五六七八九十百千万亿两"
_FIGURES = re.compile(rf"\d+|[{_CHINESE}]{{2,}}|[{_CHINESE}](?=[年月日届次批期])")


@dataclass(frozen=True)
class Text:
    """A document as far as it is compared: what it shows now."""

    id: int
    uid: str
    portal: str
    published_on: str | None
    title: str
    body: str
    document_number: str | None

    @cached_property
    def number(self) -> str | None:
        """The 文号 as it is compared."""
        return number_key(self.document_number)

    @cached_property
    def title_key(self) -> int | None:
        """The title as it is compared; None where there is none."""
        return digest(condense(_ADDED.sub("", self.title)))

    @cached_property
    def short(self) -> bool:
        """Whether the body, as 见附件, says too little to be compared."""
        return len(self.body) < 4 * SHORT_BODY and len(condense(self.body)) < SHORT_BODY

    @cached_property
    def body_key(self) -> int | None:
        """Equal for bodies that differ in layout alone; None of a short one."""
        return None if self.short else digest(condense(self.body))

    @cached_property
    def shingles(self) -> frozenset[int]:
        """Those of the body."""
        return shingles(self.body)

    @cached_property
    def bands(self) -> bytes | None:
        """The mark by which alike bodies meet; None of a short one."""
        return None if self.short else sketch(self.shingles)

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """The body's sentences and lines without layout, in order, without what a portal says of the page itself."""
        parts = (part for part in _ENDS.split(self.body) if not _OF_THE_PAGE.match(part))
        return tuple(plain for part in parts if (plain := condense(part)))

    @cached_property
    def figures(self) -> frozenset[str]:
        """The numbers that stand in the body: years, dates, amounts, codes, also in Chinese numerals."""
        said = "\n".join(part for part in self.body.split("\n") if not _OF_THE_PAGE.match(part))
        return frozenset(_FIGURES.findall(unicodedata.normalize("NFKC", said)))


def number_key(number: str | None) -> str | None:
    """The form in which 文号 are compared; None for what is no whole one (issuer, year, serial) or several."""
    bare = re.sub(r"\s+", "", unicodedata.normalize("NFKC", number or "")).casefold().translate(_BRACKETS)
    found = _NUMBER.fullmatch(bare)
    return f"{found[1]}〔{found[2]}〕{found[3]}" if found else None


def digest(text: str) -> int | None:
    """64 bits of a text, signed as SQLite's integers; None of an empty one."""
    if not text:
        return None
    data = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(data, "little", signed=True)
