"""The listing answers of one crawl, walked again as often as a repair wants: no network, any profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from archive.captures.reader import DamagedCapture, read_capture
from archive.history.quarantine.pairs import Response
from archive.layout import DataDirectory
from archive.urls import request_key
from crawler.engines import ENGINES, links
from crawler.engines.base import ListingError, ListingPage, ListingRequest
from crawler.portals.plan import DirectoryPlan
from pipelines.decode import Unreadable, decode

MOST_PAGES = 3
"""Listing pages of a directory that are looked at: the first shows the layout, the next ones that the pager works."""

_HOPS = 5


@dataclass(frozen=True, slots=True)
class Shown:
    """One listing answer: its decoded text, where it came from, and what a profile reads in it; None: nothing."""

    text: str
    url: str
    page: ListingPage | None


class Answers:
    """What a crawl's listing requests were answered, by request."""

    def __init__(self, data: DataDirectory, responses: Mapping[str, Response], encoding: str | None):
        self._data = data
        self._responses = responses
        self._encoding = encoding
        self._read: dict[str, tuple[str, str] | None] = {}

    def get(self, request: ListingRequest) -> tuple[str, str] | None:
        """Text and address of the answer to a request, redirects followed; None where the crawl has none."""
        body = request.body if request.form is None else urlencode(dict(request.form))
        try:
            key = request_key(request.method, request.url, body.encode() if body else None)
        except ValueError:
            return None
        if key not in self._read:
            self._read[key] = self._answer(key)
        return self._read[key]

    def _answer(self, key: str) -> tuple[str, str] | None:
        for _ in range(_HOPS):
            found = self._responses.get(key)
            if found is None:
                return None
            try:
                stored = read_capture(self._data, found.file, found.offset, found.length)
                if stored.status < 300:
                    return decode(stored.body, stored.content_type, self._encoding).text, found.url
            except (DamagedCapture, Unreadable):
                return None
            headers = {name.lower(): value for name, value in stored.headers}
            target = links.resolve(headers.get(b"location", b"").decode("latin-1"), found.url)
            if target is None:
                return None
            key = request_key("GET", target)
        return None


def shown(plan: DirectoryPlan, answers: Answers) -> list[Shown]:
    """The first pages of a directory as the crawl got them, read by ``plan``, as far as the plan leads."""
    engine = ENGINES[plan.engine]
    found: list[Shown] = []
    try:
        request: ListingRequest | None = engine.first(plan)
        while request is not None and len(found) < MOST_PAGES:
            answer = answers.get(request)
            if answer is None:
                break
            try:
                page = engine.read(plan, request, *answer)
            except ListingError:
                page = None
            found.append(Shown(*answer, page))
            request = page.next if page is not None else None
    except ListingError:
        pass  # the plan lacks what a first request takes: no redesign did that
    return found
