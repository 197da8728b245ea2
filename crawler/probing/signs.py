"""Which families a page speaks for, and by what: the profiles' own signs, in the order of platforms.md §21."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from archive.urls import host_of
from crawler.discovery.outgoing import Link
from crawler.platforms.loader import profiles
from crawler.platforms.model import Profile, Sign
from crawler.platforms.recognise import MAX_HTML
from crawler.probing.page import Seen

LINKS_ENOUGH = 2
"""So many links of the portal's own must have an address that a family alone uses."""
SHAPED = 3
"""So many of a family's document addresses make a page worth trying as a list of that family."""
ANYBODYS = (
    "/zwgk/123456.html",
    "/a/12345678.shtml",
    "/202401/123456.html",
    "/123456/index.html",
    "/2024/0102/123456.html",
)
"""Addresses of documents as many systems form them."""
_EXCERPT = 90


@dataclass(frozen=True, slots=True)
class Clue:
    """``evidence`` says what was seen, for a person; ``strong``: a sign of the family, not only its form of address."""

    family: str
    evidence: str
    strong: bool = True


def clues(seen: Seen) -> list[Clue]:
    """Every family that the page speaks for, first those that platforms.md §21 asks for first, then weak ones."""
    own = _own_links(seen)
    page = "\n".join([seen.text[:MAX_HTML], *own])
    strong, weak = [], []
    for profile in profiles():
        found = next(
            filter(None, (_shown(sign, seen.url, page, own) for sign in profile.recognise.any)), None
        )
        if found is not None:
            strong.append(Clue(profile.family, found))
        elif (shaped := _shaped(profile, own)) is not None:
            weak.append(Clue(profile.family, shaped, strong=False))
    return strong + weak


def _own_links(seen: Seen) -> list[str]:
    return [link.url for link in seen.links if _same_host(link, seen.url)]


def _same_host(link: Link, url: str) -> bool:
    try:
        return host_of(link.url) == host_of(url)
    except ValueError:
        return False


def _shown(sign: Sign, url: str, page: str, own: Sequence[str]) -> str | None:
    """What shows the sign; None where something that it asks for is missing."""
    seen = []
    for pattern in sign.html:
        match = re.search(pattern, page)
        if match is None:
            return None
        seen.append(f"the page has {_excerpt(match)}")
    if sign.url is None:
        return " + ".join(seen)
    if re.search(sign.url, url):
        return " + ".join([*seen, f"the address {url[:160]}"])
    like = [] if sign.html else [link for link in own if re.search(sign.url, link)]
    return f"{len(like)} links as {like[0][:160]}" if len(like) >= LINKS_ENOUGH else None


def _excerpt(match: re.Match[str]) -> str:
    """What was matched, short; a sign that looks at the whole page ends where it counts."""
    return " ".join(match.group()[-_EXCERPT:].split())


def _shaped(profile: Profile, own: Sequence[str]) -> str | None:
    """Links that have the form of the family's documents, for families whose lists are pages.

    Forms that any site may have say nothing.
    """
    if profile.engine not in ("static_pages", "jpage_xml"):
        return None
    forms = [form for form in profile.urls.document if not any(re.search(form, like) for like in ANYBODYS)]
    like = [link for link in own if any(re.search(form, link) for form in forms)]
    return f"{len(like)} links as {like[0][:160]}" if len(like) >= SHAPED else None
