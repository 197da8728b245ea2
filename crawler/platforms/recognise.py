"""Which family a page belongs to, by the signs of the profiles in their order (platforms.md §21)."""

from __future__ import annotations

import re

from crawler.platforms.loader import profiles
from crawler.platforms.model import Profile, Sign

MAX_HTML = 400_000
"""Characters of a page that are looked at; the signs stand in links, scripts and comments all over it."""


def recognise(url: str, html: str) -> Profile:
    """The first profile with a sign on the page; ``generic`` where there is none."""
    page = html[:MAX_HTML]
    ordered = profiles()
    found = (profile for profile in ordered if any(shows(sign, url, page) for sign in profile.recognise.any))
    return next(found, ordered[-1])


def shows(sign: Sign, url: str, html: str) -> bool:
    """Whether everything that the sign asks for is there."""
    if sign.url is not None and re.search(sign.url, url) is None:
        return False
    return all(re.search(pattern, html) for pattern in sign.html)
