"""What the sample portals answer: documents, quirks, editions, and the load portal and traps."""

from __future__ import annotations

import gzip
import http.client
import io
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from crawler.portals.loader import load_portal
from crawler.samples.load import LoadSite
from crawler.samples.server import SampleServer
from crawler.samples.traps import TRAPS, TrapSite


@pytest.fixture(scope="module")
def server() -> Iterator[SampleServer]:
    with SampleServer() as running:
        yield running


@pytest.fixture(autouse=True)
def first_edition(server: SampleServer) -> None:
    server.edition = 1


class Answer:
    """A response read to its end."""

    def __init__(
        self, base_url: str, path: str, headers: dict[str, str] | None = None, method: str = "GET"
    ) -> None:
        connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=10)
        connection.request(method, path, headers=headers or {})
        response = connection.getresponse()
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()
        connection.close()
        if self.headers["Content-Encoding"] == "gzip":
            self.body = gzip.decompress(self.body)


def address(server: SampleServer, portal_id: str, document_id: str, place: int = 0) -> str:
    site = server.sites[portal_id]
    document = site.data.document(document_id)
    return site.address(document, site.data.column(document.directories[place]))


def test_every_expected_document_is_served(server: SampleServer) -> None:
    for portal_id, portal in server.expected().items():
        charset = server.sites[portal_id].data.charset
        for document in portal.documents:
            for path in document.addresses:
                answer = Answer(server.base_url(portal_id), path)
                assert answer.status == 200, path
                if document.kind == "page":
                    page = answer.body.decode(charset)
                    assert document.title in page
                    assert document.index_number is None or document.index_number in page


def test_addresses_that_give_no_document(server: SampleServer) -> None:
    expected = server.expected()
    assert Answer(server.base_url("qinghewan"), expected["qinghewan"].blocked[0]).status == 521
    assert Answer(server.base_url("yunling"), expected["yunling"].blocked[0]).status == 412
    assert Answer(server.base_url("bailuzhou"), expected["bailuzhou"].failing[0]).status == 500
    moved = Answer(server.base_url("bailuzhou"), expected["bailuzhou"].redirects[0])
    assert (moved.status, moved.headers["Location"]) == (301, address(server, "bailuzhou", "z01"))


def test_the_second_edition(server: SampleServer) -> None:
    removed, added = address(server, "yunling", "70358"), address(server, "yunling", "70261")
    edited = address(server, "wutongzhou", "20511")
    before = Answer(server.base_url("wutongzhou"), edited).body.decode()
    assert Answer(server.base_url("yunling"), removed).status == 200
    assert Answer(server.base_url("yunling"), added).status == 404
    server.edition = 2
    assert Answer(server.base_url("yunling"), removed).status == 404
    assert Answer(server.base_url("yunling"), added).status == 200
    after = Answer(server.base_url("wutongzhou"), edited).body.decode()
    assert "信息21条" in before
    assert "信息23条" in after


def test_gbk_bytes_under_a_wrong_header(server: SampleServer) -> None:
    answer = Answer(server.base_url("yunling"), address(server, "yunling", "70318"))
    assert answer.headers["Content-Type"] == "text/html;charset=ISO-8859-1"
    assert b"charset=gb2312" in answer.body
    assert "喆溪" in answer.body.decode("gbk")
    with pytest.raises(UnicodeDecodeError):
        answer.body.decode("gb2312")


def test_pages_differ_on_every_fetch_but_for_static_ones(server: SampleServer) -> None:
    for portal_id, document_id in (("bailuzhou", "z02"), ("yunling", "70301"), ("wutongzhou", "30117")):
        path = address(server, portal_id, document_id)
        assert Answer(server.base_url(portal_id), path).body != Answer(server.base_url(portal_id), path).body


def test_validators_answer_304_until_the_page_changes(server: SampleServer) -> None:
    base, path = server.base_url("qinghewan"), address(server, "qinghewan", "39871")
    first = Answer(base, path)
    known = {"If-None-Match": first.headers["ETag"]}
    again = Answer(base, path, known)
    assert (again.status, again.body) == (304, b"")
    assert Answer(base, path, {"If-Modified-Since": first.headers["Last-Modified"]}).status == 304
    server.edition = 2
    assert Answer(base, path, known).status == 200


def test_gzip_where_asked_and_unasked(server: SampleServer) -> None:
    asked = {"Accept-Encoding": "gzip"}
    path = address(server, "bailuzhou", "z02")
    assert Answer(server.base_url("bailuzhou"), path).headers["Content-Encoding"] is None
    assert Answer(server.base_url("bailuzhou"), path, asked).headers["Content-Encoding"] == "gzip"
    unasked = Answer(server.base_url("yunling"), "/col/col4021/index.html")
    assert unasked.headers["Content-Encoding"] == "gzip"


def test_attachments_open_and_bear_chinese_names(server: SampleServer) -> None:
    site = server.sites["yunling"]
    document = site.data.document("70402")
    column = site.data.column("xxgk-cz")
    link = site.file_link(document, column, "附件2：项目绩效目标申报表.pdf", "goals.pdf")
    answer = Answer(server.base_url("yunling"), link)
    raw = answer.headers["Content-Disposition"].encode("latin-1")
    assert raw.decode("gbk") == 'attachment; filename="附件2：项目绩效目标申报表.pdf"'
    page = zlib.decompress(answer.body.partition(b"stream\n")[2])
    assert document.title[:30].encode("utf-16-be").hex().encode() in page
    sheet = Answer(server.base_url("yunling"), site.file_path(document, column, "funds.xlsx"))
    assert zipfile.ZipFile(io.BytesIO(sheet.body)).testzip() is None
    uploaded = quote("/upload/files/2025/8/2024年市级决算草案.pdf")
    assert Answer(server.base_url("wutongzhou"), uploaded).body.startswith(b"%PDF-")


def test_the_pager_says_page_one_again(server: SampleServer) -> None:
    site = server.sites["wutongzhou"]
    first = site.page_rows(site.data.column("gfxwj"), 1, 1)[0]
    beyond = Answer(server.base_url("wutongzhou"), "/zwgk/zc/gfxwjlgf?page=99").body.decode()
    assert all(row.href in beyond for row in first)


def test_a_stub_and_missing_pages(server: SampleServer) -> None:
    stub = Answer(server.base_url("qinghewan"), "/zwgk/tzgg/index_77.html")
    assert stub.status == 200
    assert 250 <= len(stub.body) <= 400
    assert Answer(server.base_url("qinghewan"), "/%ff%fe?x=%zz").status == 404
    soft = Answer(server.base_url("bailuzhou"), "/blzq/c101021/xlist_9.shtml")
    assert soft.status == 200 and "您访问的页面不存在" in soft.body.decode()
    away = Answer(server.base_url("wutongzhou"), "/%ff%fe?x=%zz")
    assert (away.status, away.headers["Location"]) == (302, "/")
    assert "最新公开" in Answer(server.base_url("wutongzhou"), "/").body.decode()


def test_robots_and_the_log(server: SampleServer) -> None:
    answer = Answer(server.base_url("qinghewan"), "/robots.txt", {"User-Agent": "probe"})
    assert b"Crawl-delay: 0.05" in answer.body
    last = server.requests("qinghewan")[-1]
    assert (last.method, last.path, last.headers["user-agent"]) == ("GET", "/robots.txt", "probe")


def test_a_busy_port_is_an_error_and_leaves_nothing_open(server: SampleServer) -> None:
    busy = urlsplit(server.base_url("yunling")).port
    assert busy is not None
    with pytest.raises(OSError, match="in use"), SampleServer(ports=[0, 0, 0, busy]):
        pass
    with pytest.raises(ValueError, match="4 sample portals"):
        SampleServer(ports=[1])


def test_the_load_site_serves_its_pages(tmp_path: Path) -> None:
    with LoadSite(pages=120, page_bytes=30_000, rows=50) as load:
        sizes = [len(Answer(load.base_url, urlsplit(url).path).body) for url in load.urls]
        assert len(sizes) == 120
        assert all(28_000 < size < 32_000 for size in sizes)
        last = Answer(load.base_url, "/zwgk/load/index_2.html").body.decode()
        assert 'createPageHTML(3, 2, "index", "html")' in last
        assert last.count("<li>") == 20
        assert Answer(load.base_url, "/nothing").status == 404
        assert load_portal(tmp_path / f"{load.write_portal_file(tmp_path)}.toml", None).http.concurrency == 16


def test_traps_do_what_they_say(tmp_path: Path) -> None:
    with TrapSite() as traps:

        def get(url: str) -> Answer:
            return Answer(traps.base_url, url.removeprefix(traps.base_url.rstrip("/")))

        assert load_portal(tmp_path / f"{traps.write_portal_file(tmp_path)}.toml", None).directories
        assert (
            get(traps.url("endless") + "index_500.html").body
            != get(traps.url("endless") + "index_501.html").body
        )
        assert get(traps.url("repeat")).body == get(traps.url("repeat") + "index_7.html").body
        assert get(traps.url("session")).body != get(traps.url("session")).body
        assert b"<li>" not in get(traps.url("flaky") + "index_1.html").body
        assert b"<li>" in get(traps.url("flaky") + "index_1.html").body
        assert get(traps.document_url("self-redirect")).headers["Location"].endswith("/t20260105_1.html")
        assert (
            get(traps.document_url("to-metadata")).headers["Location"].startswith("http://169.254.169.254/")
        )
        assert get(traps.document_url("to-private")).headers["Location"] == "http://10.0.0.1/"
        assert get(traps.document_url("to-file")).headers["Location"].startswith("file:")
        assert get(traps.document_url("links")).body.count(b"<a ") == 100_000
        with pytest.raises(http.client.IncompleteRead):
            get(traps.document_url("short"))
        with pytest.raises(KeyError):
            traps.url("none")
        assert len(TRAPS) == len({traps.url(trap) for trap in TRAPS})


def test_the_bomb_is_one_gzip_member() -> None:
    with TrapSite() as traps:
        connection = http.client.HTTPConnection(urlsplit(traps.base_url).netloc, timeout=10)
        connection.request("GET", urlsplit(traps.document_url("bomb")).path)
        body = connection.getresponse().read()
        connection.close()
    assert len(body) < 2 << 20
    unpacker = zlib.decompressobj(wbits=31)
    assert unpacker.decompress(body, 64 << 20) == b" " * (64 << 20)
    assert not unpacker.eof


def test_streaming_traps_end_with_the_client() -> None:
    with TrapSite() as traps:
        for trap, wanted in (("huge", 1 << 21), ("endless-body", 1 << 21), ("drip", 12)):
            connection = http.client.HTTPConnection(urlsplit(traps.base_url).netloc, timeout=10)
            connection.request("GET", urlsplit(traps.document_url(trap)).path)
            assert len(connection.getresponse().read(wanted)) == wanted
            connection.close()
        started = time.monotonic()
    assert time.monotonic() - started < 5


def test_the_shifting_list_moves_a_row_to_the_next_page() -> None:
    with TrapSite() as traps:
        path = urlsplit(traps.url("shifting")).path
        first = Answer(traps.base_url, path).body.decode()
        second = Answer(traps.base_url, path + "index_1.html").body.decode()
        assert "t20260105_9.html" in first
        assert "t20260105_9.html" in second


def test_the_vanishing_row_hides_another_from_one_pass() -> None:
    with TrapSite() as traps:
        path = urlsplit(traps.url("vanishing")).path
        first = Answer(traps.base_url, path).body.decode()
        second = Answer(traps.base_url, path + "index_1.html").body.decode()
        assert "t20260105_10.html" not in first + second
        assert "t20260105_10.html" in Answer(traps.base_url, path).body.decode()
