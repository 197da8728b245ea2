"""gongkai import: other tools' captures become visits at their time, once, in whatever order they come."""

from __future__ import annotations

import gzip
import itertools

import pytest
from tests.crawler.importing.conftest import HOST, LISTING, PAGE, Archive, Foreign, html, listing, utf8, wacz

from archive.captures.observation import SeenCapture
from archive.captures.reader import read_capture


def test_pages_become_visits_at_the_time_of_their_capture(archive, tmp_path):
    file = Foreign().page(PAGE.format(1), utf8(1)).page(PAGE.format(2), utf8(2), "2023-03-01T08:00:00.5Z")
    found = archive.take(file.save(tmp_path / "a.warc.gz"))
    assert found["counts"] == {"taken": 2, "document": 2}
    assert (found["new"], found["problems"]) == (2, [])
    rows = archive.rows("SELECT title, first_seen_at FROM documents ORDER BY title")
    assert rows == [
        {"title": "第1号年度报告", "first_seen_at": "2023-02-01T08:00:00.000Z"},
        {"title": "第2号年度报告", "first_seen_at": "2023-03-01T08:00:00.500Z"},
    ]
    (crawl,) = archive.rows("SELECT command, completeness, verdict, vantage FROM crawls")
    assert crawl == {"command": "import", "completeness": "complete", "verdict": "ok", "vantage": None}
