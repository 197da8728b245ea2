"""Where a document's redirect leads when there is no document: home, to a directory, to the portal's error page."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from archive.urls import host_of, url_key
from crawler.portals.model import Portal

_HOME = re.compile(r"/?(?:(?:index|default|main|home)(?:\.[a-z]{2,5})?/?)?", re.I)


class Elsewhere:
    """The addresses of a portal that are nobody's document."""

    def __init__(self, portal: Portal):
        self._hosts = portal.own_hosts
        named = [portal.base_url]
        named += [
            portal.absolute(directory.url)
            for directory in portal.directories
            if directory.url is not None and directory.expect != "single"
        ]
        self._known = {_place(address) for address in named}

    def learn(self, address: str) -> None:
        """Take in where the portal leads from an address that cannot exist."""
        self._known.add(_place(address))

    def leads_away(self, asked: str, location: str) -> bool:
        """Whether the answer to ``asked`` that redirects to ``location`` says that there is no such document."""
        try:
            target = urljoin(asked, location.strip())
            place = _place(target)
            return place != _place(asked) and (place in self._known or self.is_home(target))
        except ValueError:  # no http address: what is refused is not gone
            return False

    def is_home(self, address: str) -> bool:
        """Whether it is the root of one of the portal's hosts; raises ``ValueError`` for what is no address."""
        parts = urlsplit(address)
        if parts.query or parts.fragment.strip("/!") or host_of(address) not in self._hosts:
            return False
        return _HOME.fullmatch(parts.path) is not None


def _place(address: str) -> str:
    """The address's key; with and without a slash at its end it is one place."""
    return url_key(address, keep_fragment=True).rstrip("/")
