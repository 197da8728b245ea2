"""Whether an answer brought the file that was asked for: decided before its record is written, so that it says so."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from scrapy import Request
from scrapy.http import Response

from archive.attachments.file import MAX_FILE, FileFacts, describe_file
from archive.captures.encoding import TooLarge, Truncated, decode_body
from archive.captures.media_type import media_type
from archive.captures.model import Outcome
from crawler.middlewares.meta_refresh import LOOKED_AT
from pipelines.attachments.filelinks import file_name_in
from pipelines.decode import looks_binary

BROUGHT = (200, 203)
NOT_MODIFIED = 304
THREAD_BYTES = 64 * 1024
"""Larger bodies are hashed on a thread."""
_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class NoFile(ValueError):
    """The answer is not the file that was asked for; one sentence."""


async def received_file(
    request: Request, response: Response, outcome: Outcome, limit: int
) -> FileFacts | None:
    """The file that ``response``, as received, brought; None where none was asked for or none came.

    Asked for: as an attachment, or as an entry of a listing that is a file. Sets ``request.meta``: ``file`` to the
    result, ``no_file`` to the reason where a successful answer is no file. ``limit``: bytes of the largest file that is
    taken, as the downloader has it.
    """
    meta = request.meta
    meta["file"] = meta["no_file"] = None
    due = meta.get("due")
    if outcome != "content" or due is None or due.kind != "file":
        return None
    if response.status == NOT_MODIFIED:
        meta["file"] = meta.get("known_file")  # what the request was conditional on
    elif response.status in BROUGHT:
        try:
            if len(response.body) < THREAD_BYTES:
                meta["file"] = _file(due.url, response, limit)
            else:
                meta["file"] = await asyncio.get_running_loop().run_in_executor(
                    None, _file, due.url, response, limit
                )
        except NoFile as reason:
            meta["no_file"] = str(reason)
    file: FileFacts | None = meta["file"]
    return file


def _file(url: str, response: Response, limit: int) -> FileFacts:
    encodings = response.headers.getlist("Content-Encoding")
    return file_in(url, response.body, encodings, response.headers.get("Content-Type"), limit)


def file_in(
    url: str, payload: bytes, encodings: Sequence[bytes], content_type: bytes | None, limit: int = MAX_FILE
) -> FileFacts:
    """The facts of the file that a successful answer with these headers brought; raises :class:`NoFile`.

    ``url``: what was asked for; ``payload``: the body as received; ``limit``: bytes of the largest file that is taken.
    """
    try:
        body = decode_body(payload, encodings, min(limit, MAX_FILE), whole=True)
    except TooLarge as error:
        raise NoFile(f"the file is larger than allowed ({error})") from error
    except Truncated as error:
        raise NoFile(f"the file is cut off: {error}") from error
    if not body:
        raise NoFile("the answer is empty")
    declared = media_type(content_type)
    if declared in _PAGES and _is_markup(body):
        if file_name_in(url) is not None:
            raise NoFile("a web page came instead of the file")
        if b"refresh" in body[:LOOKED_AT].lower():
            raise NoFile("a web page that leads elsewhere came instead of the file")
    return describe_file(body, declared, looks_binary(body))


def _is_markup(body: bytes) -> bool:
    """Whether it begins as a page does. Old office programs' pages under the name .xls are not declared as such."""
    start = body[:512]
    for mark in _BOMS:
        start = start.removeprefix(mark)
    return start.replace(b"\0", b"").lstrip().startswith(b"<")
