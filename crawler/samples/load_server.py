"""The process behind ``LoadSite``: pre-rendered pages, HTTP/1.1 keep-alive. Ends when its stdin closes.

``python -m crawler.samples.load_server PAGES PAGE_BYTES ROWS PORT`` prints the port it listens on.
"""

from __future__ import annotations

import asyncio
import sys

from crawler.samples import load_pages

_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nNot Found"
_BUFFER_LIMIT = 1 << 16


def render(pages: int, page_bytes: int, rows: int) -> dict[bytes, tuple[bytes, ...]]:
    """Every answer by its request target; documents share the bytes of their head and tail."""
    answers: dict[bytes, tuple[bytes, ...]] = {}
    head = load_pages.head()
    own = len(load_pages.document(0))
    tail = load_pages.tail(max(0, page_bytes - len(head) - own))
    for number in range(pages):
        document = load_pages.document(number)
        length = len(head) + len(document) + len(tail)
        answers[load_pages.document_path(number).encode()] = (_head(length), head, document, tail)
    count = max(1, -(-pages // rows))
    for page in range(count):
        body = load_pages.listing(page, count, range(page * rows, min(pages, (page + 1) * rows)))
        names = ("", "index.html") if page == 0 else (f"index_{page}.html",)
        for name in names:
            answers[(load_pages.LISTING + name).encode()] = (_head(len(body)), body)
    return answers


def _head(length: int) -> bytes:
    return (
        "HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html; charset=utf-8\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


class Connection(asyncio.Protocol):
    """One keep-alive connection; requests without a body, answered in order."""

    def __init__(self, answers: dict[bytes, tuple[bytes, ...]]) -> None:
        self.answers = answers
        self.buffer = b""
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete."""
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            request, self.buffer = self.buffer[:end], self.buffer[end + 4 :]
            parts = request.split(b" ", 2)
            answer = self.answers.get(parts[1] if len(parts) > 1 else b"")
            self.transport.writelines(answer or (_NOT_FOUND,))
        if len(self.buffer) > _BUFFER_LIMIT:
            self.transport.close()


async def serve(pages: int, page_bytes: int, rows: int, port: int) -> None:
    """Serve until stdin closes."""
    answers = render(pages, page_bytes, rows)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(answers), "127.0.0.1", port, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(*(int(argument) for argument in sys.argv[1:5])))
