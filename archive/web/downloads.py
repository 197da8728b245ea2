"""A capture's bytes for a reader's disk; never as a page of this site, whoever wrote them."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

from datasette.utils.asgi import NotFound, Response
from datasette.views.base import DatasetteError
from sqlite_utils import Database

from archive.captures.names import file_name
from archive.captures.reader import DamagedCapture
from archive.captures.stored import StoredBody, stored_body
from archive.layout import DataDirectory

OCTETS = "application/octet-stream"

_INERT = frozenset(
    {
        "application/json",
        "application/msword",
        "application/ofd",
        "application/pdf",
        "application/rtf",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.ms-works",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.rar",
        "application/zip",
        "image/gif",
        "image/jpeg",
        "image/png",
        "image/tiff",
        "text/csv",
        "text/plain",
    }
)
"""What no browser runs; everything else, HTML, SVG and XML among it, goes out as octets."""


async def download(datasette: Any, databases: set[str], capture_id: int) -> Response:
    """The answer with the bytes of a capture, its Content-Encoding removed, a revisit resolved.

    404: no such capture, or the captures are not beside the database; 410: it is damaged.
    """
    for name in sorted(databases):
        database = datasette.get_database(name)
        if (stored := await database.execute_fn(lambda connection: _stored(connection, capture_id))) is None:
            continue
        data = _data(database.path)
        if data is None:
            raise NotFound("这里只有数据库，没有抓取：请用数据目录运行 gongkai serve --data 目录。")
        try:
            body = await asyncio.to_thread(stored.read, data)
        except DamagedCapture as error:
            message = f"抓取 {capture_id} 已损坏，取不出来：{error}。运行 gongkai verify 可见全部损坏之处。"
            raise DatasetteError(message, title="抓取已损坏", status=410) from error
        return _response(body, stored, capture_id)
    raise NotFound(f"没有编号为 {capture_id} 的抓取")


def _stored(connection: sqlite3.Connection, capture_id: int) -> StoredBody | None:
    return stored_body(Database(connection), capture_id)


def _data(path: str | None) -> DataDirectory | None:
    """The data directory that the database lies in; None where it lies alone."""
    if path is None:
        return None
    data = DataDirectory(Path(path).parent)
    return data if Path(path).name == data.database.name and data.captures.is_dir() else None


def _response(body: bytes, stored: StoredBody, capture_id: int) -> Response:
    media_type = stored.media_type if stored.media_type in _INERT else OCTETS
    name = file_name(stored.name or "", stored.media_type, url=stored.url)
    plain = f"capture-{capture_id}.{name.rpartition('.')[2]}"
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    headers = {"Content-Disposition": disposition, "Cache-Control": "private, no-cache"}
    return Response(body, headers=headers, content_type=media_type)
