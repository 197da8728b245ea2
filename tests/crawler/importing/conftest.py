"""Foreign captures for tests: a small TRS portal, and files as wget, browsertrix and warcio write them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlite_utils import Database
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.layout import DataDirectory
from archive.transaction import connect
from crawler.commands.import_ import command
from crawler.replay.index import Index

HOST = "http://www.import.gov.cn"
LISTING = f"{HOST}/zwgk/nianbao/"
PAGE = f"{HOST}/zwgk/nianbao/202301/t20230105_{{}}.html"
PORTAL = f"""
schema = 1
name = "导入市人民政府"
family = "trs-static"
base_url = "{HOST}/"
[[directories]]
key = "annual-reports"
name = "年度报告"
url = "/zwgk/nianbao/"
"""


def html(
    number: int = 1,
    body: str = "根据《中华人民共和国政府信息公开条例》,现公布本机关年度报告。",
    extra: str = "",
) -> str:
    return (
        f"<html><head><meta charset='{{}}'><title>第{number}号年度报告</title>"
        f"<meta name='ArticleTitle' content='第{number}号年度报告'><meta name='PubDate' content='2023-01-05'></head>"
        f"<body><div class='TRS_Editor'><p>{body}{extra}这是第{number}号文件的正文,内容各不相同。</p></div></body></html>"
    )


def utf8(number: int = 1, **values: str) -> bytes:
    return html(number, **values).format("utf-8").encode()


def listing(numbers: list[int], pages: int = 1) -> bytes:
    rows = "".join(
        f"<li><a href='{PAGE.format(n)}' title='第{n}号年度报告'>第{n}号年度报告</a><span>2023-01-05</span></li>"
        for n in numbers
    )
    return f"<html><body><ul>{rows}</ul><script>createPageHTML({pages}, 0, 'index', 'html');</script></body></html>".encode()


class Foreign:
    """A WARC file that warcio writes, as other tools do."""

    def __init__(self, gzip: bool = True):
        self.stream = io.BytesIO()
        self.writer = WARCWriter(self.stream, gzip=gzip, warc_version="1.1")

    def page(
        self,
        url: str,
        body: bytes,
        at: str = "2023-02-01T08:00:00Z",
        *,
        status: str = "200 OK",
        headers: list[tuple[str, str]] | None = None,
        **fields: str,
    ) -> Foreign:
        http = StatusAndHeaders(status, headers or [("Content-Type", "text/html")], protocol="HTTP/1.1")
        record = self.writer.create_warc_record(
            url, "response", io.BytesIO(body), http_headers=http,
            warc_headers_dict={"WARC-Date": at, **{name.replace("_", "-"): value for name, value in fields.items()}},
        )  # fmt: skip
        self.writer.write_record(record)
        return self

    def raw(
        self, url: str, block: bytes, at: str = "2023-02-01T08:00:00Z", kind: str = "response", **fields: str
    ) -> Foreign:
        record = self.writer.create_warc_record(
            url, kind, io.BytesIO(block), length=len(block), warc_content_type=f"application/http; msgtype={kind}",
            warc_headers_dict={"WARC-Date": at, **{name.replace("_", "-"): value for name, value in fields.items()}},
        )  # fmt: skip
        self.writer.write_record(record)
        return self

    def save(self, path: Path) -> Path:
        path.write_bytes(self.stream.getvalue())
        return path


def record(kind: str, url: str | bytes, block: bytes, *, length: int | None = None, **fields: str) -> bytes:
    """A WARC/1.0 record byte by byte, as tools without a library write it; ``length`` None: the block's."""
    named = {"WARC-Date": "2023-02-01T08:00:00Z", "Content-Type": f"application/http;msgtype={kind}"}
    named |= {name.replace("_", "-"): value for name, value in fields.items()}
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\n".encode()
    head += b"WARC-Target-URI: " + (url.encode() if isinstance(url, str) else url) + b"\r\n"
    head += b"".join(f"{name}: {value}\r\n".encode() for name, value in named.items() if value)
    if length is None or length >= 0:
        head += b"Content-Length: %d\r\n" % (len(block) if length is None else length)
    return head + b"\r\n" + block + b"\r\n\r\n"


def answer(body: bytes, *, head: bytes = b"HTTP/1.1 200 OK\r\nContent-Type: text/html") -> bytes:
    """A response's block."""
    return head + b"\r\n\r\n" + body


def wacz(path: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("datapackage.json", "{}")
        for name, content in members.items():
            archive.writestr(name, content)
    return path


class Archive:
    """A data directory with the portal's file, and ``gongkai import`` into it."""

    def __init__(self, root: Path, *, portal_file: bool = True):
        self.data = DataDirectory(root)
        if not portal_file:
            return
        self.data.portals.mkdir(parents=True)
        (self.data.portals / "imported.toml").write_text(PORTAL, encoding="utf-8")

    def run(self, *files: Path, options: tuple[str, ...] = ()) -> Result:
        arguments = [*map(str, files), "--portal", "imported", "--data", str(self.data.root), *options]
        return CliRunner().invoke(command, arguments, catch_exceptions=False)

    def take(self, *files: Path, code: int = 0) -> dict[str, Any]:
        result = self.run(*files, options=("--json",))
        assert result.exit_code == code, result.output
        found: dict[str, Any] = json.loads(result.stdout)
        return found

    def rows(self, query: str) -> list[dict[str, Any]]:
        db: Database = connect(self.data.database, readonly=True)
        try:
            return list(db.query(query))
        finally:
            db.close()

    def observations(self) -> Iterator[Any]:
        path = self.data.root / "index.db"
        path.unlink(missing_ok=True)
        return iter(list(Index.build(self.data, "imported", path)))

    def story(self) -> dict[str, list[dict[str, Any]]]:
        """What must not depend on the order of imports, without row ids and places."""
        return {
            "documents": self.rows(
                "SELECT uid, title, url, content_hash, first_seen_at FROM documents ORDER BY url"
            ),
            "revisions": self.rows(
                "SELECT s.url_key, r.number, r.cause, r.status, r.seen_at, r.content_hash FROM revisions AS r"
                " JOIN sightings AS s ON s.id = r.sighting_id ORDER BY s.url_key, r.number"
            ),
            "sightings": self.rows(
                "SELECT url_key, kind, state, first_seen_at, visited_at FROM sightings ORDER BY url_key"
            ),
        }


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "data")


@pytest.fixture
def new_archive(tmp_path: Path) -> Callable[[str], Archive]:
    return lambda name: Archive(tmp_path / name)
