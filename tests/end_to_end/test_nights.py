"""Night after night at the sample portals: what lands, what must not change anything, edits, withdrawals."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import urlsplit

import pytest

from crawler.samples.data import PORTAL_IDS

from .conftest import Night
from .runner import TABLES, Gongkai

FURNITURE = ("留言与评论", "验证码", "标签", "扫一扫")
VISITS = {
    "documents": {"last_seen_at"},
    "sightings": {
        "visited_at",
        "ok_at",
        "etag",
        "last_modified",
        "payload_digest",
        "failures",
        "next_visit_at",
    },
    "entries": {"last_walk_id", "capture_id"},
    "attachments": {"last_seen_at"},
    "findings": {"last_seen_at"},
}
"""What a visit that finds nothing new may change."""


def kept(gongkai: Gongkai) -> dict[str, list[dict[str, Any]]]:
    """Every row that a reader sees, without what every visit changes."""
    return {table: gongkai.rows(table, without=VISITS.get(table, ())) for table in TABLES}


def texts_of(gongkai: Gongkai, title: str) -> list[str]:
    """The body texts of a document's revisions, the oldest first."""
    query = (
        "SELECT json_extract(r.record, '$.body_text') FROM revisions r JOIN documents d ON d.id = r.document_id"
        " WHERE d.title = ? ORDER BY r.id"
    )
    return [text for (text,) in gongkai.query(query, title)]


def path_of(url: str) -> str:
    """Path and query of an address."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


@pytest.mark.parametrize("portal", PORTAL_IDS)
def test_what_a_page_says_is_what_the_archive_holds(first_night: Night, portal: str) -> None:
    gongkai, expected = first_night.gongkai, first_night.server.expected(1)[portal]
    assert first_night.ran.code == 0, first_night.ran.err
    by_address = {
        path_of(url): document_id
        for url, document_id in gongkai.query(
            "SELECT url, document_id FROM sightings WHERE portal = ? AND document_id IS NOT NULL", portal
        )
    }
    documents = {row["id"]: row for row in gongkai.rows("documents")}
    for document in expected.documents:
        ids = {by_address[address] for address in document.addresses}
        assert len(ids) == 1, f"{document.title} became {len(ids)} documents"
        (found,) = (documents[id_] for id_ in ids)
        assert (found["title"], found["index_number"]) == (document.title, document.index_number)
        if document.agency is not None:
            assert found["agency"] == document.agency
            assert found["published_on"] == document.published_on
        names = gongkai.query(
            "SELECT name FROM attachments WHERE document_id = ? ORDER BY ordinal", found["id"]
        )
        if document.kind == "page":
            assert [name for (name,) in names] == list(document.attachments)
        squeezed = "".join(found["body_text"].split())
        for paragraph in document.paragraphs:
            assert "".join(paragraph.split()) in squeezed, (document.title, paragraph)
        assert not [word for word in FURNITURE if word in found["body_text"]], document.title
    assert Counter(documents[id_]["portal"] for id_ in set(by_address.values())) == {
        portal: len(expected.documents)
    }


@pytest.mark.parametrize("portal", PORTAL_IDS)
def test_addresses_without_a_document_say_why(first_night: Night, portal: str) -> None:
    gongkai, expected = first_night.gongkai, first_night.server.expected(1)[portal]
    rows = gongkai.query(
        "SELECT url, state, last_error FROM sightings WHERE portal = ? AND document_id IS NULL", portal
    )
    states = {path_of(url) if state != "offsite" else url: (state, error) for url, state, error in rows}
    assert set(states) == {*expected.failing, *expected.blocked, *expected.forbidden, *expected.offsite}
    assert all(states[address] == ("error", "HTTP 500") for address in expected.failing)
    assert all(states[address][0] == "blocked" and states[address][1] for address in expected.blocked)
    assert all(states[address] == ("error", "Forbidden by robots.txt") for address in expected.forbidden)
    assert all(states[address] == ("offsite", None) for address in expected.offsite)
    asked = [request.path for request in first_night.server.requests(portal)]
    assert not set(expected.forbidden) & set(asked)


def test_one_document_at_two_addresses_and_one_number_on_two_documents(first_night: Night) -> None:
    gongkai = first_night.gongkai
    twice = "SELECT document_id, group_concat(role) FROM sightings WHERE document_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1"
    found = {tuple(sorted(roles.split(","))) for _, roles in gongkai.query(twice)}
    assert found <= {
        ("alias", "principal"),
        ("principal", "variant"),
    }  # a variant: another directory's catalogue
    addresses = [
        d for p in first_night.server.expected(1).values() for d in p.documents if len(d.addresses) == 2
    ]
    redirects = sum(len(portal.redirects) for portal in first_night.server.expected(1).values())
    assert len(gongkai.query(twice)) == len(addresses) + redirects == 3
    (number,) = first_night.server.expected(1)["bailuzhou"].shared_numbers
    titles = gongkai.query("SELECT title FROM documents WHERE index_number = ?", number)
    assert len(set(titles)) == 2
    assert gongkai.count("document_links", "relation = 'shares-number'") == 1
    assert gongkai.count("findings", "rule = 'index-number-reused'") == 1


@pytest.mark.parametrize("options", [[], ["--sweep"], ["--sweep", "--revisit", "all"]], ids=" ".join)
def test_a_night_without_news_changes_nothing(night: Night, options: list[str]) -> None:
    before, captures = kept(night.gongkai), night.gongkai.count("captures")
    ran = night.gongkai("crawl", *PORTAL_IDS, *options, "--json", now="2026-06-02T02:00:00+08:00")
    assert ran.code == 0, ran.err
    assert kept(night.gongkai) == before
    assert night.gongkai.count("captures") > captures
    counts = {report["portal"]: report["counts"] for report in ran.json()}
    assert all(
        not count.get(word) for count in counts.values() for word in ("new", "revised", "renumbered", "gone")
    )
    assert all(count["unchanged"] > 0 for count in counts.values())
    # The pages themselves differed: counters, tokens, advertisements.
    differing = "SELECT portal FROM captures WHERE role = 'document' GROUP BY portal, request_key HAVING count(DISTINCT payload_digest) > 1"
    assert {portal for (portal,) in night.gongkai.query(differing)} == set(PORTAL_IDS)


def test_edits_and_withdrawals_over_the_nights(night: Night) -> None:
    gongkai, expected = night.gongkai, night.server.expected(2)
    revisions, events = gongkai.count("revisions"), gongkai.count("events")
    texts = {title: texts_of(gongkai, title) for portal in expected.values() for title in portal.edited}
    gone = sorted(title for portal in expected.values() for title in portal.gone)
    bodies = dict(gongkai.query("SELECT title, body_text FROM documents"))
    night.server.edition = 2
    for day, hour in ((2, "02"), (2, "23"), (3, "02"), (4, "02")):
        now = f"2026-06-{day:02}T{hour}:00:00+08:00"
        assert gongkai("crawl", *PORTAL_IDS, "--sweep", "--revisit", "all", now=now).code == 0
        assert gongkai.count("revisions") == revisions + 4 + 4, "one of each edit, one of each added document"
        assert gongkai.count("events", "kind = 'revised'") == 4
        days = gongkai.query("SELECT DISTINCT state, gone_days FROM sightings WHERE gone_days > 0")
        assert days == [("gone", day - 1)]
        withdrawn = gongkai.query("SELECT title FROM documents WHERE withdrawn_at IS NOT NULL ORDER BY title")
        assert [title for (title,) in withdrawn] == (gone if day == 4 else [])
    replaced = sum(len(portal.replaced) for portal in expected.values())
    assert gongkai.count("events") == events + 4 + 4 + 4 + 4 + replaced, (
        "revised, new, delisted, withdrawn, a file replaced"
    )
    assert gongkai.count("events", "kind = 'attachment-changed'") == replaced == 1
    assert gongkai.count("events", "kind = 'delisted'") == 4
    soft = "SELECT portal, status, outcome FROM captures WHERE outcome IN ('gone', 'soft-404') AND role = 'document'"
    assert set(gongkai.query(soft)) == {
        ("qinghewan", 404, "gone"), ("yunling", 404, "gone"), ("bailuzhou", 200, "soft-404"),
        ("wutongzhou", 302, "soft-404"),
    }  # fmt: skip
    for title, (first,) in texts.items():
        old, new = texts_of(gongkai, title)
        assert old == first != new
        assert gongkai.query("SELECT body_text FROM documents WHERE title = ?", title) == [(new,)]
    for title in gone:
        assert gongkai.query("SELECT body_text FROM documents WHERE title = ?", title) == [(bodies[title],)]
    night.server.edition = 1
    assert gongkai("crawl", *PORTAL_IDS, "--revisit", "all", now="2026-06-05T02:00:00+08:00").code == 0
    assert gongkai.count("documents", "withdrawn_at IS NOT NULL") == 0
    assert gongkai.count("events", "kind = 'returned'") == 4
