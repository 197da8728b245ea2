"""What a family's sample file says (``<family>.toml``), and the documents that its portal has."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

SUBJECTS = (
    "河道清淤",
    "农田水利",
    "政务公开",
    "道路养护",
    "社区养老",
    "校园安全",
    "植树造林",
    "供水管网",
    "集镇规划",
)
KINDS = ("通知", "意见", "公告", "批复", "方案")
_FIRST_DAY = date(2019, 1, 8)


@dataclass(frozen=True, slots=True)
class Answer:
    """One kind of request and how it is answered.

    ``path`` is a regular expression for the whole path; a group ``page`` in it, or ``page``
    (``query.p``, ``form.p``, ``json.a.b``, ``query.paramJson.pageNo``), says which page is asked for, ``first`` how
    the first is numbered. ``numbering`` ``descending``: the path counts down from the last page. ``row`` is filled for
    each document, ``text`` with the ``rows`` joined. ``window``: names of the first and last record's parameters.
    ``days``: names of the parameters of a range of days. ``size``: where the size of a page is asked for, of which
    ``most`` are given. ``cap``: only so many entries can be reached. ``beyond`` the last page: ``empty``, ``404``,
    ``stub`` or ``first``. ``needs``: a header without which there is a 404. ``cookie``: a cookie without which the answer
    is a redirect to itself that sets it. ``when``: parameters that must have these
    values.
    """

    path: str
    text: str
    row: str = ""
    join: str = ""
    page: str = ""
    first: int = 1
    numbering: str = ""
    window: tuple[str, str] | tuple[()] = ()
    days: tuple[str, str] | tuple[()] = ()
    size: str = ""
    most: int = 0
    cap: int = 0
    beyond: str = "empty"
    needs: str = ""
    cookie: str = ""
    escape: str = ""
    method: str = "GET"
    content_type: str = "text/html; charset=utf-8"
    when: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Paper:
    """One document of a sample portal; days are YYYY-MM-DD."""

    n: int
    title: str
    index_number: str
    document_number: str
    agency: str
    published_on: str
    written_on: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Specification:
    """A sample portal. ``listing_only``: record fields that the pages do not show, only the listing. ``column``: the column's
    page, where its directories have no address: what of it calls the service.
    """

    family: str
    cites: tuple[str, ...]
    address: str
    documents: int
    page_size: int
    answers: tuple[Answer, ...]
    portal: str
    listing_only: tuple[str, ...] = ()
    detail: str = ""
    column: str = ""

    def papers(self) -> list[Paper]:
        """The portal's documents, the newest first, as its listing has them."""
        return [_paper(self, n) for n in range(self.documents, 0, -1)]


def names() -> list[str]:
    """The families that have a sample portal here, sorted."""
    folder = files("crawler.samples.families")
    return sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml"))


@cache
def load(family: str) -> Specification:
    """The sample portal of ``family``."""
    text = (files("crawler.samples.families") / f"{family}.toml").read_text(encoding="utf-8")
    values: dict[str, Any] = tomllib.loads(text)
    answers = tuple(Answer(**_tupled(table)) for table in values.pop("answers"))
    return Specification(family=family, answers=answers, **_tupled(values))


def _tupled(table: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}


def _paper(specification: Specification, n: int) -> Paper:
    published = _FIRST_DAY + timedelta(days=23 * n)
    written = published - timedelta(days=3)
    digest = hashlib.sha256(f"{specification.family} {n}".encode()).hexdigest()
    agency = f"样例县{SUBJECTS[n % len(SUBJECTS)][:2]}办公室"
    index_number = f"0009{n % 7}0{n % 10}11/{published.year}-{n:05d}"
    document_number = f"样政办发〔{published.year}〕{n}号"
    title = f"样例县人民政府办公室关于{SUBJECTS[n % len(SUBJECTS)]}工作的{KINDS[n % len(KINDS)]}（第{n}件）"
    midnight = datetime(published.year, published.month, published.day, tzinfo=UTC) - timedelta(hours=8)
    values = {
        "n": str(n),
        "id": str(2_000_000 + n),
        "title": title,
        "short": f"{title[:12]}…",
        "index": index_number,
        "number": document_number,
        "agency": agency,
        "published": published.isoformat(),
        "written": written.isoformat(),
        "epoch": str(int(midnight.timestamp())),
        "epoch_ms": f"{int(midnight.timestamp())}000",
        "written_epoch": str(int(midnight.timestamp()) - 3 * 86_400),
        "day8": published.strftime("%Y%m%d"),
        "month6": published.strftime("%Y%m"),
        "year": published.strftime("%Y"),
        "month": published.strftime("%m"),
        "day": published.strftime("%d"),
        "hex32": digest[:32],
        "hex24": digest[:24],
        "uuid": "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32])),
    }
    return Paper(
        n, title, index_number, document_number, agency, published.isoformat(), written.isoformat(), values
    )
