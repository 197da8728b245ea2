"""gongkai import: other tools' captures become visits at their time, once, in whatever order they come."""

from __future__ import annotations

import gzip
import itertools
from datetime import date

import pytest
from click.testing import CliRunner

from archive.captures.observation import SeenCapture
from archive.captures.reader import read_capture
from archive.captures.records import Facts, response_block
from crawler.commands.rebuild import command as rebuild
from crawler.engines.base import ListingRequest
from crawler.importing.later_pages import later_page
from crawler.portals.loader import load_portal
from crawler.portals.plan import plan
from tests.crawler.importing.conftest import (
    HOST,
    LISTING,
    PAGE,
    Archive,
    Foreign,
    answer,
    html,
    listing,
    record,
    utf8,
    wacz,
)

CRAWL = "20230201T000000Z-00000001"


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


def test_importing_again_changes_nothing(archive, tmp_path):
    file = Foreign().page(LISTING, listing([1])).page(PAGE.format(1), utf8(1)).save(tmp_path / "a.warc.gz")
    archive.take(file)
    before = archive.story(), sorted(archive.data.captures.rglob("*")), archive.rows("SELECT * FROM captures")
    again = archive.take(file)
    assert again["counts"] == {"already": 2}
    assert again["crawl"] is None
    assert before == (
        archive.story(),
        sorted(archive.data.captures.rglob("*")),
        archive.rows("SELECT * FROM captures"),
    )


def test_an_older_capture_imported_later_is_the_earlier_revision(archive, tmp_path):
    new = (
        Foreign()
        .page(PAGE.format(1), utf8(1, extra="后来改过。"), "2024-01-01T00:00:00Z")
        .save(tmp_path / "new.warc.gz")
    )
    old = Foreign().page(PAGE.format(1), utf8(1), "2023-02-01T00:00:00Z").save(tmp_path / "old.warc.gz")
    archive.take(new)
    archive.take(old)
    rows = archive.rows("SELECT number, cause, seen_at FROM revisions ORDER BY number")
    assert [(row["number"], row["cause"], row["seen_at"][:4]) for row in rows] == [
        (1, "first", "2023"),
        (2, "edit", "2024"),
    ]
    (document,) = archive.rows("SELECT body_text, first_seen_at FROM documents")
    assert "后来改过" in document["body_text"]
    assert document["first_seen_at"] == "2023-02-01T00:00:00.000Z"


@pytest.mark.slow
def test_the_order_of_imports_makes_no_difference(new_archive, tmp_path):
    files = [
        Foreign().page(LISTING, listing([1, 2]), "2023-02-01T00:00:00Z").page(PAGE.format(1), utf8(1), "2023-02-01T00:00:01Z"),
        Foreign().page(PAGE.format(2), utf8(2), "2023-02-02T00:00:00Z").page(PAGE.format(1), utf8(1, extra="改。"), "2023-02-02T00:00:01Z"),
        Foreign().page(PAGE.format(1), b"gone", "2023-02-03T00:00:00Z", status="404 Not Found"),
    ]  # fmt: skip
    paths = [file.save(tmp_path / f"{n}.warc.gz") for n, file in enumerate(files)]
    stories = []
    for number, order in enumerate(itertools.permutations(paths)):
        one = new_archive(f"data{number}")
        for path in order:
            one.take(path)
        stories.append(one.story())
    whole = new_archive("whole")
    whole.take(*paths)
    assert all(story == whole.story() for story in stories)


def test_answers_of_one_second_have_one_order_whichever_file_came_first(new_archive, tmp_path):
    files = [
        Foreign().page(PAGE.format(1), utf8(1, extra=f"{word}。")).save(tmp_path / f"{word}.warc.gz")
        for word in "甲乙丙"
    ]
    stories = []
    for number, order in enumerate((files, files[::-1])):
        one = new_archive(f"data{number}")
        for path in order:
            one.take(path)
        stories.append(one.story())
    assert stories[0] == stories[1]
    assert [row["number"] for row in stories[0]["revisions"]] == [1, 2, 3]


def test_a_listing_makes_sightings_and_no_entries_and_its_next_page_is_known(archive, tmp_path):
    file = (
        Foreign()
        .page(LISTING, listing([1, 2], pages=2))
        .page(f"{LISTING}index_1.html", listing([3], pages=2))
    )
    found = archive.take(file.save(tmp_path / "a.warc.gz"))
    assert found["counts"] == {"taken": 2, "listing": 2}
    assert archive.rows("SELECT count(*) AS n FROM entries") == [{"n": 0}]
    assert archive.rows("SELECT count(*) AS n FROM walks") == [{"n": 0}]
    rows = archive.rows("SELECT url, kind, state FROM sightings ORDER BY url")
    assert rows == [{"url": PAGE.format(n), "kind": "page", "state": "pending"} for n in (1, 2, 3)]


@pytest.mark.parametrize("together", [True, False])
def test_a_listing_page_is_one_whichever_page_was_imported_first(new_archive, tmp_path, together):
    report = f"{HOST}/zwgk/nianbao/202301/P02.pdf"
    second = f"<ul><li><a href='{report}' title='年报'>年报</a><span>2023-01-05</span></li></ul>".encode()
    files = [
        Foreign().page(LISTING, listing([1], pages=2), "2023-02-01T08:00:00Z"),
        Foreign().page(f"{LISTING}index_1.html", second, "2023-02-01T08:00:01Z"),
        Foreign().page(
            report, b"%PDF-1.4 x", "2023-02-01T08:00:02Z", headers=[("Content-Type", "application/pdf")]
        ),
    ]
    paths = [file.save(tmp_path / f"{number}.warc.gz") for number, file in enumerate(files)]
    stories = []
    for order in (paths, paths[::-1]):
        one = new_archive(f"data{len(stories)}")
        for part in [order] if together else [[path] for path in order]:
            one.take(*part)
        stories.append(one.story())
    assert stories[0] == stories[1]
    assert [row["title"] for row in stories[0]["documents"]] == ["年报"]


def test_which_address_is_a_later_page(archive):
    portal = load_portal("imported", archive.data)
    planned = plan(portal, portal.directories[0], date(2023, 1, 1))

    def page(first: str, url: str) -> int | None:
        found = later_page(planned, ListingRequest(f"{HOST}{first}"), f"{HOST}{url}")
        return found.page if found is not None else None

    assert page("/a/", "/a/index_1.html") == 2 == page("/a/list.shtml", "/a/list_1.html")
    assert page("/a.jsp?c=7", "/a.jsp?c=7&pageNo=3") == 3 == page("/a.jsp?c=7&p=1", "/a.jsp?c=7&p=3")
    for first, url in (
        ("/a/", "/a/index.html"), ("/a/", "/b/index_1.html"), ("/a/", "/a/t20230105_1.html"), ("/a/", "/a/index_0.html"),
        ("/a.jsp?c=7", "/a.jsp?c=8"), ("/a.jsp?c=7", "/a.jsp?c=8&page=2"), ("/a.jsp?c=7", "/a.jsp?c=7&page=x"),
    ):  # fmt: skip
        assert page(first, url) is None


def test_what_is_no_document_of_the_portal_is_left_out_and_counted(archive, tmp_path):
    file = Foreign()
    file.page("http://cdn.example.com/a.js", b"1").page(
        "http://evil.gov.cn/zwgk/202301/t20230105_1.html", utf8()
    )
    file.page(f"{HOST}/style.css", b"p{}", headers=[("Content-Type", "text/css")]).page(f"{HOST}/", utf8())
    file.page(PAGE.format(9), b"{}", headers=[("Content-Type", "application/json")])
    file.page(PAGE.format(8), b"", status="302 Found", headers=[("Location", "/")])
    file.page("urn:text:1", b"").page("dns:www.import.gov.cn", b"").page("http://[::bad/", b"").page(
        "http://", b""
    )
    file.page(f"{HOST}/files/a.PDF", b"%PDF-1.4", headers=[("Content-Type", "application/pdf")])
    file.page(f"{HOST}/download.jsp?id=3", b"PK", headers=[("Content-Type", "application/vnd.ms-excel")])
    found = archive.take(file.save(tmp_path / "a.warc.gz"))
    assert found["counts"] == {"taken": 2, "attachment": 2, "offsite": 2, "other": 8}
    assert archive.rows("SELECT role, url FROM captures ORDER BY url") == [
        {"role": "attachment", "url": f"{HOST}/download.jsp?id=3"},
        {"role": "attachment", "url": f"{HOST}/files/a.PDF"},
    ]


def test_nothing_of_the_portal_is_bad_input(archive, tmp_path):
    result = archive.run(Foreign().page("http://other.cn/", utf8()).save(tmp_path / "a.warc.gz"))
    assert result.exit_code == 2
    assert result.stderr.splitlines()[1:] == [
        "gongkai: none of 1 answers is of www.import.gov.cn: is it the right portal?"
    ]


def test_a_wget_file_with_its_request_before_the_response(archive, tmp_path):
    """wget 1.21: WARC/1.0, addresses in brackets, the response says which request it belongs to."""
    body = utf8(1)
    asked = b"GET /x HTTP/1.1\r\nUser-Agent: Wget\r\nCookie: secret=1\r\n\r\n"
    chunked = answer(
        b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body),
        head=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/html",
    )
    url = f"<{PAGE.format(1)}>"
    records = [
        record("warcinfo", "", b"software: Wget/1.21\r\n"),
        record("request", url, asked, WARC_Record_ID="<urn:uuid:1>"),
        record("response", url, chunked, WARC_Concurrent_To="<urn:uuid:1>"),
    ]
    (tmp_path / "wget.warc.gz").write_bytes(b"".join(map(gzip.compress, records)))
    assert archive.take(tmp_path / "wget.warc.gz")["counts"] == {"taken": 1, "document": 1}
    (seen,) = [one for one in archive.observations() if isinstance(one, SeenCapture)]
    assert seen.facts["request_headers"] == {"User-Agent": "Wget"}
    assert seen.facts["imported_from"] == "wget.warc.gz"
    stored = read_capture(archive.data, seen.capture.file, seen.capture.offset, seen.capture.length)
    assert stored.payload == body
    assert b"transfer-encoding" not in [name.lower() for name, _ in stored.headers]


def test_the_request_behind_the_response_gives_method_and_body(archive, tmp_path):
    asked = b"POST /zwgk/nianbao/ HTTP/1.1\r\nAuthorization: x\r\nAccept: */*\r\n\r\npage=2"
    file = Foreign().raw(LISTING, answer(listing([1])), WARC_Record_ID="<urn:uuid:1>")
    file.raw(LISTING, asked, kind="request", WARC_Concurrent_To="<urn:uuid:1>")
    file.page(PAGE.format(1), utf8(1))
    assert archive.take(file.save(tmp_path / "a.warc.gz"))["counts"] == {
        "other": 1,
        "taken": 1,
        "document": 1,
    }


def test_gbk_pages_and_gbk_header_bytes_come_as_they_are(archive, tmp_path):
    body = html(1).format("gb2312").encode("gbk")
    name = "报告.html".encode("gbk")
    head = (
        b'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Disposition: inline; filename="' + name + b'"'
    )
    (tmp_path / "a.warc").write_bytes(record("response", PAGE.format(1), answer(body, head=head)))
    archive.take(tmp_path / "a.warc")
    (document,) = archive.rows("SELECT title, body_text FROM documents")
    assert (document["title"], "政府信息公开条例" in document["body_text"]) == ("第1号年度报告", True)
    (row,) = archive.rows("SELECT file, offset, length FROM captures")
    stored = read_capture(archive.data, row["file"], row["offset"], row["length"])
    assert (b"Content-Disposition", b'inline; filename="' + name + b'"') in stored.headers


def test_packed_bodies_stay_packed(archive, tmp_path):
    packed = gzip.compress(utf8(1), mtime=0)
    headers = [
        ("Content-Type", "text/html"),
        ("Content-Encoding", "gzip"),
        ("Content-Length", str(len(packed))),
    ]
    archive.take(Foreign().page(PAGE.format(1), packed, headers=headers).save(tmp_path / "a.warc.gz"))
    (row,) = archive.rows("SELECT file, offset, length FROM captures")
    stored = read_capture(archive.data, row["file"], row["offset"], row["length"])
    assert (stored.payload, stored.body) == (packed, utf8(1))


def test_browsers_unpack_and_keep_the_header(archive, tmp_path):
    """ArchiveWeb.page and others: the body is plain, whatever Content-Encoding and Content-Length say."""
    headers = [("Content-Type", "text/html"), ("Content-Encoding", "br"), ("Content-Length", "99999"), ("Transfer-Encoding", "chunked")]  # fmt: skip
    archive.take(
        Foreign().page(PAGE.format(1), utf8(1), headers=headers, status="200").save(tmp_path / "a.warc.gz")
    )
    (document,) = archive.rows("SELECT title FROM documents")
    assert document["title"] == "第1号年度报告"


def test_revisits_with_their_original(archive, tmp_path):
    file = Foreign().page(PAGE.format(1), utf8(1), "2023-02-01T08:00:00Z")
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 500\r\n\r\n"
    profile = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    file.raw(PAGE.format(1), head, "2023-02-05T08:00:00Z", "revisit", WARC_Profile=profile,
             WARC_Refers_To_Target_URI=PAGE.format(1), WARC_Refers_To_Date="2023-02-01T08:00:00Z")  # fmt: skip
    file.raw(PAGE.format(7), head, "2023-02-05T08:00:00Z", "revisit", WARC_Profile=profile,
             WARC_Refers_To_Target_URI=PAGE.format(7), WARC_Refers_To_Date="2023-02-01T08:00:00Z")  # fmt: skip
    path = file.save(tmp_path / "a.warc.gz")
    assert archive.take(path)["counts"] == {"taken": 2, "document": 2, "no_original": 1}
    rows = archive.rows(
        "SELECT record_type, fetched_at, refers_to_id IS NULL AS whole FROM captures ORDER BY fetched_at"
    )
    assert [(row["record_type"], row["whole"]) for row in rows] == [("response", 1), ("revisit-digest", 0)]
    assert archive.rows("SELECT count(*) AS n FROM revisions") == [{"n": 1}]
    assert archive.rows("SELECT last_seen_at FROM documents") == [
        {"last_seen_at": "2023-02-05T08:00:00.000Z"}
    ]
    assert archive.take(path)["counts"] == {"already": 2, "no_original": 1}


def test_revisits_alone_bring_nothing_and_it_says_what_to_import_first(archive, tmp_path):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 500\r\n\r\n"
    file = Foreign().raw(
        PAGE.format(1), head, "2023-02-05T08:00:00Z", "revisit",
        WARC_Profile="http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
        WARC_Refers_To_Target_URI=PAGE.format(1), WARC_Refers_To_Date="2023-02-01T08:00:00Z",
    )  # fmt: skip
    result = archive.run(file.save(tmp_path / "a.warc.gz"))
    assert result.exit_code == 2
    assert "nothing readable came: 1 revisit" in result.stderr and "earlier crawl" in result.stderr


def test_a_wacz_from_a_browser(archive, tmp_path):
    packed = Foreign().page(PAGE.format(1), utf8(1)).stream.getvalue()
    plain = Foreign(gzip=False).page(PAGE.format(2), utf8(2)).stream.getvalue()
    path = wacz(tmp_path / "a.wacz", {"archive/data.warc.gz": packed, "../../etc/passwd.warc": plain, "pages/pages.jsonl": b""})  # fmt: skip
    found = archive.take(path)
    assert found["counts"] == {"taken": 2, "document": 2}
    names = {one.facts["imported_from"] for one in archive.observations() if isinstance(one, SeenCapture)}
    assert names == {"data.warc.gz", "passwd.warc"}
    assert not (tmp_path / "etc").exists()


def test_our_own_capture_files_of_another_archive(new_archive, tmp_path):
    first, second = new_archive("one"), new_archive("two")
    first.take(
        Foreign().page(LISTING, listing([1])).page(PAGE.format(1), utf8(1)).save(tmp_path / "a.warc.gz")
    )
    (file,) = first.data.captures.rglob("*.warc.gz")
    assert second.take(file)["counts"] == {"taken": 2, "listing": 1, "document": 1}
    assert second.story() == first.story()
    ours = b"".join(
        response_block(
            url=PAGE.format(number), fetched_at=f"2023-02-0{number}T00:00:00Z", status=200, headers=[], body=utf8(number),
            facts=Facts(CRAWL, "imported", role, outcome, f"GET {number}"),
        ).data
        for number, role, outcome in [(1, "document", "soft-404"), (2, "probe", "content"), (3, "document", "content")]
    )  # fmt: skip
    (tmp_path / "ours.warc.gz").write_bytes(ours)
    third = new_archive("three")
    assert third.take(tmp_path / "ours.warc.gz")["counts"] == {"taken": 2, "document": 2, "other": 1}
    assert third.rows("SELECT title FROM documents") == [{"title": "第3号年度报告"}]
    assert third.rows("SELECT state, gone_days FROM sightings ORDER BY url_key LIMIT 1") == [
        {"state": "gone", "gone_days": 1}
    ]


def test_a_challenge_is_no_content_and_a_missing_page_is_gone(archive, tmp_path):
    challenge = b"<html><script>document.cookie='__jsl_clearance=1';location.href='/'</script></html>"
    file = (
        Foreign()
        .page(PAGE.format(1), challenge, status="521 ")
        .page(PAGE.format(2), b"no", status="404 Not Found")
    )
    archive.take(file.page(PAGE.format(3), b"oops", status="500 Error").save(tmp_path / "a.warc.gz"))
    rows = archive.rows("SELECT url, outcome FROM captures ORDER BY url")
    assert [row["outcome"] for row in rows] == ["blocked", "gone", "error"]
    assert archive.rows("SELECT count(*) AS n FROM documents") == [{"n": 0}]


def test_an_import_that_died_before_its_captures_became_visits_is_gone_on_with(
    archive, tmp_path, monkeypatch
):
    file = Foreign().page(PAGE.format(1), utf8(1)).page(PAGE.format(2), utf8(2)).save(tmp_path / "a.warc.gz")
    with monkeypatch.context() as patched:
        patched.setattr("crawler.commands.import_.replay_all", lambda *_, **__: [])
        archive.take(file)
    assert archive.rows("SELECT count(*) AS n FROM documents") == [{"n": 0}]
    assert archive.take(file)["counts"] == {"already": 2}
    assert archive.rows("SELECT count(*) AS n FROM documents") == [{"n": 2}]
    assert len(list(archive.data.captures.rglob("*.warc.gz"))) == 1


def test_a_file_that_a_listing_names_is_a_document(archive, tmp_path):
    report = f"{HOST}/zwgk/nianbao/202301/P020230105.pdf"
    rows = f"<ul><li><a href='{report}' title='第1号年度报告'>第1号</a><span>2023-01-05</span></li></ul>".encode()
    other = f"{HOST}/files/P2.pdf"
    pdf = [("Content-Type", "application/pdf")]
    file = Foreign().page(report, b"%PDF-1.4 x", "2023-02-01T08:00:02Z", headers=pdf)
    file.page(other, b"%PDF-1.4 y", "2023-02-01T08:00:02Z", headers=pdf)
    names = Foreign().page(LISTING, rows, "2023-02-01T08:00:00Z").save(tmp_path / "listing.warc.gz")
    archive.take(file.save(tmp_path / "files.warc.gz"))
    assert archive.rows("SELECT count(*) AS n FROM documents") == [{"n": 0}]
    archive.take(names)
    assert archive.rows("SELECT url, title, published_on FROM documents") == [
        {"url": report, "title": "第1号年度报告", "published_on": "2023-01-05"}
    ]
    assert [row["role"] for row in archive.rows("SELECT role FROM captures ORDER BY role")] == [
        "attachment",
        "attachment",
        "listing",
    ]


def test_an_interrupted_import_says_so(archive, tmp_path, monkeypatch):
    file = Foreign().page(PAGE.format(1), utf8(1)).save(tmp_path / "a.warc.gz")

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("crawler.commands.import_.replay_all", interrupt)
        result = archive.run(file)
    assert result.exit_code == 130
    assert "interrupted: what was copied is kept" in result.stderr
    assert archive.take(file)["new"] == 1


def test_a_rebuild_knows_what_was_imported(archive, tmp_path):
    report = f"{HOST}/zwgk/nianbao/202301/P020230105.pdf"
    file = Foreign().page(LISTING, listing([1, 2, 3])).page(PAGE.format(1), utf8(1), "2023-02-01T08:00:01Z")
    file.page(PAGE.format(2), b"no", "2023-02-01T08:00:02Z", status="404 Not Found")
    file.page(report, b"%PDF-1.4 x", "2023-02-01T08:00:02Z", headers=[("Content-Type", "application/pdf")])
    archive.take(file.save(tmp_path / "new.warc.gz"))
    older = Foreign().page(PAGE.format(1), utf8(1, extra="先前。"), "2022-02-01T00:00:00Z")
    archive.take(older.save(tmp_path / "old.warc.gz"))
    source, again = archive.data.root, Archive(tmp_path / "again", portal_file=False)
    arguments = ["--from", str(source), "--data", str(again.data.root)]
    result = CliRunner().invoke(rebuild, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert again.story() == archive.story()
    crawls = "SELECT id, command, options, started_at, finished_at, verdict FROM crawls ORDER BY id"
    assert again.rows(crawls) == archive.rows(crawls)
    assert [row["command"] for row in archive.rows(crawls)] == ["import", "import"]


def test_files_of_documents_are_versions_of_their_attachments(archive, tmp_path):
    link = f"<a href='{HOST}/files/a.pdf'>附件.pdf</a>"
    pdf = [("Content-Type", "application/pdf")]
    file = Foreign().page(PAGE.format(1), utf8(1, extra=link), "2023-02-01T08:00:00Z")
    file.page(f"{HOST}/files/a.pdf", b"%PDF-1.4 one", "2023-02-01T08:00:01Z", headers=pdf)
    file.page(f"{HOST}/files/a.pdf", b"<html>login</html>", "2023-02-02T08:00:01Z")
    later = Foreign().page(f"{HOST}/files/a.pdf", b"%PDF-1.4 two", "2023-03-01T08:00:01Z", headers=pdf)
    archive.take(later.save(tmp_path / "later.warc.gz"))
    archive.take(file.save(tmp_path / "first.warc.gz"))
    assert archive.rows("SELECT name, state FROM attachments") == [{"name": "附件.pdf", "state": "ok"}]
    rows = archive.rows(
        "SELECT v.seen_at, f.size FROM attachment_versions AS v JOIN files AS f USING (digest) ORDER BY 1"
    )
    assert rows == [
        {"seen_at": "2023-02-01T08:00:01.000Z", "size": 12},
        {"seen_at": "2023-03-01T08:00:01.000Z", "size": 12},
    ]
