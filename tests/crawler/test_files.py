"""crawler.files: whether an answer is the file that was asked for."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response

from archive.attachments.file import FileFacts
from archive.captures.model import Outcome
from crawler.files import received_file

PDF = b"%PDF-1.7\n" + b"x" * 100
PAGE = b"\xef\xbb\xbf \n<!DOCTYPE html><html><body>error</body></html>"
LIMIT = 1 << 20


def receive(
    body: bytes,
    content_type: str | None = "application/pdf",
    *,
    url: str = "http://x.gov.cn/a.pdf",
    status: int = 200,
    outcome: Outcome = "content",
    kind: str = "file",
    **meta: Any,
) -> tuple[FileFacts | None, str | None]:
    """The facts and the reason why there are none."""
    encoding = meta.pop("encoding", None)
    headers = {"Content-Type": content_type, "Content-Encoding": encoding}
    due = SimpleNamespace(url=url, kind=kind)
    request = Request(url, meta={"due": due, **meta})
    response = Response(url, status, {name: value for name, value in headers.items() if value}, body)
    facts = asyncio.run(received_file(request, response, outcome, LIMIT))
    assert facts == request.meta["file"]
    return facts, request.meta["no_file"]


def test_a_file_is_its_decoded_bytes() -> None:
    digest = f"sha256:{hashlib.sha256(PDF).hexdigest()}"
    expected = FileFacts(digest, len(PDF), "application/pdf")
    assert receive(PDF) == (expected, None)
    assert receive(gzip.compress(PDF, mtime=0), encoding="gzip") == (expected, None)
    large = PDF * 1000
    assert receive(large)[0] == FileFacts(
        f"sha256:{hashlib.sha256(large).hexdigest()}", len(large), "application/pdf"
    )


@pytest.mark.parametrize(
    ("body", "values", "why"),
    [
        (b"", {}, "empty"),
        (PAGE, {"content_type": "text/html; charset=utf-8"}, "a web page came"),
        (PAGE.decode("utf-8-sig").encode("utf-16"), {"content_type": "text/html"}, "a web page came"),
        (PAGE, {"content_type": "text/html", "url": "http://x.gov.cn/d.jsp?filename=1.xls"}, "a web page came"),
        (b"<html><meta http-equiv=Refresh content='0;url=/x'>", {"content_type": "text/html", "url": "http://x.gov.cn/d"},
         "leads elsewhere"),
        (gzip.compress(b"0" * (LIMIT + 1), mtime=0), {"encoding": "gzip"}, "larger than allowed"),
        (gzip.compress(PDF, mtime=0)[:-12], {"encoding": "gzip"}, "cut off"),
    ],
)  # fmt: skip
def test_what_is_no_file_says_why(body: bytes, values: dict[str, Any], why: str) -> None:
    facts, reason = receive(body, **values)
    assert facts is None and why in str(reason)


@pytest.mark.parametrize(
    ("body", "content_type", "url"),
    [
        (
            PAGE,
            "application/vnd.ms-excel",
            "http://x.gov.cn/a.xls",
        ),  # a page under the name of a table opens in Excel
        (PAGE, "text/html", "http://x.gov.cn/annex/12"),
        (PDF, "text/html", "http://x.gov.cn/down.jsp?filename=a.pdf"),
    ],
)
def test_odd_files_are_files(body: bytes, content_type: str, url: str) -> None:
    facts, reason = receive(body, content_type, url=url)
    assert facts is not None and reason is None


def test_only_what_was_asked_for_and_came() -> None:
    known = FileFacts("sha256:0", 1, None)
    assert receive(PDF, kind="page") == (None, None)
    assert receive(PDF, outcome="blocked") == (None, None)
    assert receive(b"", status=302) == (None, None)
    assert receive(b"", status=206) == (None, None)
    assert receive(b"", status=304) == (None, None)
    assert receive(b"", status=304, known_file=known) == (known, None)
