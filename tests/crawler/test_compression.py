"""Content-Encoding on the wire: what is cut off is no page, what is not compressed is taken as it is."""

from __future__ import annotations

import gzip
import zlib

import brotli
import pytest
from backports import zstd
from scrapy import Request
from scrapy.exceptions import IgnoreRequest, ResponseDataLossError
from scrapy.http import HtmlResponse, Response
from scrapy.utils.test import get_crawler

from crawler.middlewares.compression import CaptureCompressionMiddleware

PAGE = "<html><body>政府信息公开</body></html>".encode() * 50


def received(body: bytes, encoding: str) -> Response:
    crawler = get_crawler(settings_dict={"DOWNLOAD_MAXSIZE": 1_000_000})
    headers = {"Content-Encoding": encoding, "Content-Type": "text/html; charset=utf-8"}
    response = Response("http://x.example/", headers=headers, body=body)
    answer = CaptureCompressionMiddleware.from_crawler(crawler).process_response(
        Request("http://x.example/"), response
    )
    assert isinstance(answer, Response)
    return answer


ENCODED = [
    ("gzip", gzip.compress(PAGE, mtime=0)),
    ("deflate", zlib.compress(PAGE)),
    ("br", brotli.compress(PAGE)),
    ("zstd", zstd.compress(PAGE)),
    ("gzip", gzip.compress(PAGE[:500], mtime=0) + gzip.compress(PAGE[500:], mtime=0)),
]


@pytest.mark.parametrize(("encoding", "body"), ENCODED, ids=["gzip", "deflate", "br", "zstd", "two-members"])
def test_whole_bodies_are_read(encoding: str, body: bytes) -> None:
    answer = received(body, encoding)
    assert isinstance(answer, HtmlResponse)
    assert answer.body == PAGE


@pytest.mark.parametrize(("encoding", "body"), ENCODED[:4], ids=["gzip", "deflate", "br", "zstd"])
def test_a_body_that_is_cut_off_is_an_error(encoding: str, body: bytes) -> None:
    with pytest.raises(ResponseDataLossError, match="cut off"):
        received(body[: len(body) - 9], encoding)


def test_plain_text_declared_gzip_is_read_as_it_is() -> None:
    assert received(PAGE, "gzip").body == PAGE


def test_a_bomb_is_refused() -> None:
    with pytest.raises(IgnoreRequest, match="exceeded"):
        received(gzip.compress(b" " * 5_000_000, mtime=0), "gzip")
