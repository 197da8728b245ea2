"""How much a link promises a disclosure section, by its name and its path (``names.toml``)."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

from crawler.discovery.outgoing import Link


@dataclass(frozen=True, slots=True)
class Names:
    """The table, compiled: weights with what they go with, the highest first."""

    section: int
    names: tuple[tuple[int, re.Pattern[str]], ...]
    segments: dict[str, int]
    never_name: re.Pattern[str]
    never_path: re.Pattern[str]
    single: re.Pattern[str]
    document: re.Pattern[str]


@cache
def known_names() -> Names:
    """``names.toml``."""
    table = tomllib.loads(files("crawler.probing").joinpath("names.toml").read_text("utf-8"))
    return Names(
        section=table["section"],
        names=tuple((row["weight"], re.compile("|".join(row["any"]))) for row in table["name"]),
        segments={word: row["weight"] for row in reversed(table["segment"]) for word in row["any"]},
        never_name=re.compile("|".join(table["never"]["name"])),
        never_path=re.compile("|".join(table["never"]["path"]), re.I),
        single=re.compile("|".join(table["single"]["name"])),
        document=re.compile("|".join(table["document"]["url"])),
    )


def promise(link: Link) -> int:
    """0 to 100: how likely ``link`` leads to (a part of) the disclosure section; 0 where nothing speaks for it."""
    if never(link):
        return 0
    return max(by_name(link.name), by_path(link.url))


def by_name(name: str) -> int:
    """The weight of a link's name."""
    return next((weight for weight, pattern in known_names().names if pattern.search(name)), 0)


def by_path(url: str) -> int:
    """The weight of the best segment of an address's path."""
    parts = urlsplit(url)
    words = [word.rpartition(".")[0] or word for word in parts.path.lower().split("/") if word]
    return max(
        (known_names().segments.get(word, 0) for word in [*words, parts.path.lower().rpartition("/")[2]]),
        default=0,
    )


def never(link: Link) -> bool:
    """Whether the link is furniture: the home page, other languages, forms, mail boxes."""
    names = known_names()
    if by_name(link.name) >= names.section:
        return False
    if names.never_name.search(link.name):
        return True
    return not by_name(link.name) and names.never_path.search(urlsplit(link.url).path) is not None


def is_single(name: str) -> bool:
    """Whether a link of that name leads to one page that is itself the document."""
    return known_names().single.search(name) is not None
