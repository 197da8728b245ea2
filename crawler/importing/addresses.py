"""What an address of a portal is, by its portal file: a listing page, a document, a file, or nothing to keep.

The rule is the address's and the media type's alone, so that the order of imports changes nothing:

- a request that opens a directory of the portal file is ``listing`` (``document`` where the directory is a single
  page); so is the page that a listing page of the same import leads to next, and one whose address says that it is a
  later page of a directory, whichever of them was imported first;
- an address with one of the families' file extensions, or an answer of a file's media type, is ``attachment`` (where a
  listing names it, the replay makes it a visit of a document that is a file);
- an address that a family's ``document`` patterns match is ``document``; where a family has no patterns, a page
  whose address has a number of three digits or more in it;
- anything else (style sheets, scripts, pictures, home pages) is not kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode, urlsplit

from archive.captures.model import Role
from archive.urls import request_key, url_key
from crawler.engines import ENGINES
from crawler.engines.base import ListingError, ListingRequest
from crawler.engines.links import likeness
from crawler.importing.later_pages import later_page
from crawler.platforms.loader import load_profile
from crawler.platforms.model import Urls
from crawler.portals.merge import layered
from crawler.portals.model import Portal
from crawler.portals.nearest import nearest_directory
from crawler.portals.plan import DirectoryPlan, era_of, plan

MAX_EXPECTED = 10_000
_NUMBER = re.compile(r"[0-9]{3}")
_PAGES = frozenset({"text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml"})
_DATA = re.compile(r"(?:application|text)/(?:json|javascript|x-javascript)")
_FILES = re.compile(
    r"application/(?:pdf|msword|ofd|zip|rtf|x-rar|x-rar-compressed|vnd\.(?:ms-|openxml|rar|oasis)[a-z0-9.+-]*)"
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What an answer is kept as; ``request`` and ``plan`` are those of a listing page."""

    role: Role
    key: str
    kind: str = "page"
    directory: str | None = None
    plan: DirectoryPlan | None = None
    request: ListingRequest | None = None


class Addresses:
    """The portal file's directories, each with the layout of a capture's day."""

    def __init__(self, portal: Portal):
        self._portal = portal
        self._plans: dict[date | None, list[DirectoryPlan]] = {}
        self._openings: dict[date | None, dict[str, tuple[DirectoryPlan, ListingRequest]]] = {}
        self._expected: dict[str, tuple[DirectoryPlan, ListingRequest]] = {}

    def kept_as(
        self, method: str, url: str, body: bytes | None, media_type: str | None, on: date
    ) -> Kept | None:
        """What the answer to this request is; None: nothing that is kept. Raises ``ValueError`` for no address."""
        asked = request_key(method, url, body)
        opening = self._opening(on).get(asked) or self._expected.get(asked)
        if opening is not None:
            planned, request = opening
            key = self._key(planned.urls, url)
            if planned.directory.expect == "single":
                return Kept("document", key, directory=planned.directory.key)
            return Kept("listing", key, directory=planned.directory.key, plan=planned, request=request)
        if method.upper() != "GET":
            return None
        if (later := self._later(url, media_type, on)) is not None:
            return later
        for urls in self._urls(on, url):
            like = likeness(urls, self._portal.own_hosts, url)
            if like == "file" and not (media_type or "").startswith("image/"):
                return Kept("attachment", url_key(url), "file")
            if like == "document" and self._is_document(urls, url, media_type):
                return Kept("document", self._key(urls, url))
        if media_type and _FILES.fullmatch(media_type):
            return Kept("attachment", url_key(url), "file")
        return None

    def _later(self, url: str, media_type: str | None, on: date) -> Kept | None:
        """A later page of a directory, told by its address."""
        if media_type is not None and media_type not in _PAGES and not _DATA.fullmatch(media_type):
            return None
        for planned, first in self._opening(on).values():
            if planned.directory.expect == "single":
                continue
            request = later_page(planned, first, url)
            if request is not None:
                key, directory = self._key(planned.urls, url), planned.directory.key
                return Kept("listing", key, directory=directory, plan=planned, request=request)
        return None

    def expect(self, planned: DirectoryPlan, request: ListingRequest) -> None:
        """The answer to ``request``, when it comes, is the directory's next page."""
        if len(self._expected) < MAX_EXPECTED:
            self._expected[_asked(request)] = planned, request

    @staticmethod
    def _key(urls: Urls, url: str) -> str:
        return url_key(url, drop_query=urls.drop_query, keep_fragment=urls.keep_fragment)

    @staticmethod
    def _is_document(urls: Urls, url: str, media_type: str | None) -> bool:
        if media_type is not None and media_type not in _PAGES and not _FILES.fullmatch(media_type):
            return False
        parts = urlsplit(url)
        return bool(urls.document) or _NUMBER.search(f"{parts.path}?{parts.query}") is not None

    def _urls(self, on: date, url: str) -> Iterator[Urls]:
        """How addresses are judged, first by the directory that the address lies under."""
        near = nearest_directory(self._portal, url, on)
        yield from (planned.urls for planned in self._on(on) if planned.directory.key == near)
        yield layered(load_profile(self._portal.family).urls, self._portal.urls)
        yield from (planned.urls for planned in self._on(on))

    def _on(self, on: date) -> list[DirectoryPlan]:
        era = era_of(self._portal, on)
        until = era.until if era is not None else None
        if until not in self._plans:
            self._plans[until] = [plan(self._portal, item, on) for item in self._portal.directories]
        return self._plans[until]

    def _opening(self, on: date) -> dict[str, tuple[DirectoryPlan, ListingRequest]]:
        era = era_of(self._portal, on)
        until = era.until if era is not None else None
        if until not in self._openings:
            found: dict[str, tuple[DirectoryPlan, ListingRequest]] = {}
            for planned in self._on(on):
                try:
                    request = ENGINES[planned.engine].first(planned)
                    if planned.url is not None:
                        found.setdefault(request_key("GET", planned.url), (planned, request))
                    found.setdefault(_asked(request), (planned, request))
                except (ListingError, ValueError):
                    continue  # a directory that cannot be asked for has no page to be recognised
            self._openings[until] = found
        return self._openings[until]


def _asked(request: ListingRequest) -> str:
    body = urlencode(dict(request.form)) if request.form is not None else request.body
    return request_key(request.method, request.url, body.encode() if body else None)
