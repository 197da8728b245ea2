"""One page that a probe has read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from lxml import etree

from crawler.discovery.outgoing import Link, outgoing
from crawler.engines import markup
from crawler.selectors import text_of

_META = ("SiteName", "SiteIDCode", "SiteDomain", "ColumnName", "ColumnType", "generator")


@dataclass(frozen=True)
class Seen:
    """``url`` is where the answer came from after redirects; ``problem`` says in a sentence why there is none."""

    asked: str
    url: str
    status: int = 0
    text: str = ""
    body: bytes = b""
    content_type: str | None = None
    problem: str | None = None
    challenge: str | None = None

    @property
    def ok(self) -> bool:
        """Whether there is a page to look at."""
        return self.problem is None and self.challenge is None

    @cached_property
    def root(self) -> etree._Element | None:
        """The page as a tree; None where it is no HTML."""
        return markup.parse(self.text) if "<" in self.text else None

    @cached_property
    def links(self) -> list[Link]:
        """Its links and frames; those that scripts write and those in comments too."""
        found = outgoing(self.root, self.url)
        if self.root is not None:
            hidden = [
                tree
                for tree in (markup.in_scripts(self.root), markup.in_comments(self.root))
                if tree is not None
            ]
            known = {link.url for link in found}
            found += [link for tree in hidden for link in outgoing(tree, self.url) if link.url not in known]
        return found

    @cached_property
    def title(self) -> str:
        """The page's title."""
        found = self.root.find(".//title") if self.root is not None else None
        return text_of(found) if found is not None else ""

    @cached_property
    def meta(self) -> dict[str, str]:
        """What the national meta tags say (GB/T 39044: SiteName, SiteIDCode …); empty ones are left out."""
        wanted = {name.lower(): name for name in _META}
        found: dict[str, str] = {}
        for element in self.root.iter("meta") if self.root is not None else ():
            name = wanted.get((element.get("name") or "").lower())
            value = " ".join((element.get("content") or "").split())
            if name and value:
                found.setdefault(name, value)
        return found


def origin(url: str) -> str:
    """Scheme and host of an address, with a slash: the home page."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


@dataclass(frozen=True, slots=True)
class Site:
    """What a draft will say of the portal: its ``base_url``, and the ``hosts`` (``host:port``) whose pages are its own."""

    base_url: str
    hosts: tuple[str, ...]
