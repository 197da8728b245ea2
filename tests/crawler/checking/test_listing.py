"""What a listing page's own words say of the pages after it."""

from __future__ import annotations

import pytest

from crawler.checking.listing import has_more


@pytest.mark.parametrize(
    ("announced_total", "pages", "entries", "more"),
    [(11, 2, 11, False), (12, 2, 11, True), (12, None, 11, True), (None, 2, 11, True), (None, 1, 11, False),
     (None, None, 11, False)],
)  # fmt: skip
def test_the_total_decides_before_the_pages(
    announced_total: int | None, pages: int | None, entries: int, more: bool
) -> None:
    assert has_more(announced_total, pages, entries) is more
