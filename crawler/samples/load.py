"""A portal of any size for benchmarks and stress tests, in a process of its own.

It lists as a TRS portal and serves ``pages`` documents of about ``page_bytes`` each: a text and a metadata
block of their own, and navigation, styles and scripts that all pages share, as on real portals.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import TracebackType

from crawler.samples.load_pages import LISTING, document_path


class LoadSite:
    """The load portal while the ``with`` block runs; ``rows`` entries stand on one listing page."""

    def __init__(self, *, pages: int = 2000, page_bytes: int = 85_000, rows: int = 50, port: int = 0) -> None:
        self.pages = pages
        self.page_bytes = page_bytes
        self.rows = rows
        self._port = port
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> LoadSite:
        numbers = [str(number) for number in (self.pages, self.page_bytes, self.rows, self._port)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "crawler.samples.load_server", *numbers],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.strip().isdecimal():
            self._stop()
            raise OSError(f"The load server did not start on port {self._port or 'of its choice'}.")
        self._port = int(line)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    @property
    def base_url(self) -> str:
        """The root address, with a slash at its end."""
        return f"http://127.0.0.1:{self._port}/"

    @property
    def listing_url(self) -> str:
        """The first listing page."""
        return self.base_url + LISTING.removeprefix("/")

    @property
    def urls(self) -> list[str]:
        """The addresses of all documents."""
        return [self.base_url.rstrip("/") + document_path(number) for number in range(self.pages)]

    def write_portal_file(self, folder: Path, *, portal_id: str = "load", concurrency: int = 16) -> str:
        """Write a portal file for this site into ``folder`` and return its id."""
        folder.mkdir(parents=True, exist_ok=True)
        text = (
            f'schema = 1\nname = "压力样例"\nfamily = "trs-static"\nbase_url = "{self.base_url}"\n'
            f'hosts = ["127.0.0.1:{self._port}"]\nenabled = true\n\n'
            f"[http]\ndelay = 0\nconcurrency = {concurrency}\nallow_private_hosts = true\n\n"
            f'[[directories]]\nkey = "load"\nname = "通知公告"\nurl = "{LISTING}"\n'
        )
        (folder / f"{portal_id}.toml").write_text(text, encoding="utf-8")
        return portal_id
