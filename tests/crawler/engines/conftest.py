"""Plans for engine tests: one directory of one portal, everything else as the family's profile has it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from crawler.engines import ENGINES
from crawler.engines.base import ListingPage, ListingRequest
from crawler.portals.model import Portal
from crawler.portals.plan import DirectoryPlan, plan

HOST = "https://www.example.gov.cn"
Planned = Callable[..., DirectoryPlan]


@pytest.fixture
def planned() -> Planned:
    """``planned(family, url, **directory keys)``; ``params`` alone: a directory without an address."""

    def make(family: str, url: str | None = "/zwgk/", base_url: str = HOST, **keys: Any) -> DirectoryPlan:
        directory = {"key": "it", "name": "目录", **({"url": url} if url else {}), **keys}
        portal = {
            "schema": 1,
            "name": "样例",
            "family": family,
            "base_url": base_url,
            "directories": [directory],
        }
        loaded = Portal.model_validate({**portal, "id": "sample"})
        return plan(loaded, loaded.directories[0], date(2026, 11, 1))

    return make


@pytest.fixture
def read() -> Callable[..., ListingPage]:
    """``read(plan, text)`` reads page 1; ``request`` and ``url`` for another."""

    def run(
        made: DirectoryPlan, text: str, request: ListingRequest | None = None, url: str | None = None
    ) -> ListingPage:
        engine = ENGINES[made.engine]
        asked = request or engine.first(made)
        return engine.read(made, asked, text, url or asked.url)

    return run
