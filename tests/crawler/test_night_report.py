"""What a child's end means, where a report goes, the units, the page's small parts."""

from __future__ import annotations

import json
import re
import shutil
import socketserver
import subprocess
import threading
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.commands.systemd_units import write_units
from archive.layout import DataDirectory
from archive.nights.chart import bar_chart
from archive.nights.page import report_page
from archive.nights.prometheus import metrics
from crawler.config_error import ConfigError
from crawler.nightly.notify import notify
from crawler.nightly.outcome import outcome_of
from crawler.nightly.settings import NightSettings, night_settings
from crawler.samples.server import HttpPortal
from crawler.samples.wire import Request, Response

REPORT = {
    "portal": "x", "crawl": "c", "resumed": False, "completeness": "complete", "verdict": "ok", "reasons": [],
    "counts": {"new": 2}, "walks": [], "failures": [], "error": None, "sentence": None, "locked": False,
    "unusable": False, "disk": False,
}  # fmt: skip


def ended(out: str, *, code: int = 0, why: str | None = None, **changes: Any) -> Any:
    text = json.dumps({**REPORT, **changes}) if out == "report" else out
    return outcome_of("x", "某市", code=code, out=text, last_line="Segmentation fault", ended=why, seconds=60)


def test_the_end_of_a_child() -> None:
    assert (ended("report").status, ended("report").counts) == ("ok", {"new": 2})
    assert ended("noise\n" + json.dumps(REPORT)).status == "ok"
    assert ended("report", verdict="degraded").trouble
    assert ended("report", completeness="incomplete").status == "postponed"
    assert ended("report", locked=True, verdict="failed").status == "locked"
    crash = ended("", code=-11)
    assert crash.status == "crashed" and "signal 11: Segmentation fault" in crash.reasons[0]
    assert ended("[1]\n{not json", code=1).status == "crashed"
    assert ended("", code=-9, why="limit").status == "timed-out"
    assert ended("report", verdict="interrupted", why="window").status == "postponed"
    assert ended("report", verdict="interrupted", why="signal").status == "interrupted"
    assert ended("report", why="signal").status == "ok", "it was done before the signal came"


def night(
    title: str = "标题", url: str = "https://www.example.gov.cn/1", reason: str = "", status: str = "ok"
) -> dict[str, Any]:
    change = {
        "total": 1,
        "documents": [{"uid": "abc", "title": title, "portal": "x", "index_number": None, "url": url}],
    }
    portal = {
        "portal": "x", "name": title, "status": status, "reasons": [reason], "counts": {}, "seconds": 1.0, "slow": False,
        "requests_today": 3, "visited_days_ago": {"median": 1.5, "worst": 40},
    }  # fmt: skip
    return {
        "date": "2026-06-01", "began_at": "2026-06-01T00:00:00.000Z", "ended_at": "2026-06-01T01:00:00.000Z",
        "portals": [portal], "changes": dict.fromkeys(("new", "revised", "withdrawn", "returned", "quarantined", "released"), change),
        "failing": {"total": 1, "addresses": [{"portal": "x", "url": url, "last_error": reason, "failures": 1, "uid": None}]},
        "blocked": {"total": 0, "addresses": []}, "nights": [],
    }  # fmt: skip


class Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert all(not name.startswith("on") for name, _ in attrs)
        self.links += [value or "" for name, value in attrs if name == "href"]


@given(st.text(), st.text(), st.text())
def test_a_page_of_hostile_texts(title: str, url: str, reason: str) -> None:
    for text in (title, f"<img src=x onerror=alert(1)>{title}", f'"><script>{title}'):
        seen = Seen()
        seen.feed(
            report_page(night(text, f"javascript:{url}", f"'\"><b onclick=x>{reason}"), "https://a.example/")
        )
        assert not seen.tags & {"script", "img", "b"}
        assert all(link.startswith("https://a.example/-/document/") for link in seen.links)


def test_a_chart_is_as_high_as_its_values() -> None:
    svg = bar_chart("新<文件", [("06-01", 4), ("06-02", 2), ("06-03", 0)])
    heights = [float(text) for text in re.findall(r'width="[\d.]+" height="([\d.]+)" fill', svg)]
    assert heights[0] == 2 * heights[1] > 0 == heights[2] and "新&lt;文件" in svg
    assert "<svg" in bar_chart("空", [])


def test_prometheus_text() -> None:
    state = {
        "portals": [{"portal": "x", "complete_at": "2026-06-01T00:00:00.000Z"}], "queues": {"pending": 3},
        "disk": {"used": 5 * 10**12, "free": 7},
    }  # fmt: skip
    lines = metrics(night(), state).splitlines()
    assert 'gongkai_queue_length{queue="pending"} 3' in lines and "gongkai_data_bytes 5000000000000" in lines
    sample = re.compile(r'[a-z_]+(\{([a-z]+="[^"\n]*",?)+\})? [-+0-9.e]+')
    assert all(line.startswith("# ") or sample.fullmatch(line) for line in lines)
    assert len({line for line in lines if line.startswith("# TYPE")}) == sum(
        line.startswith("# TYPE") for line in lines
    )


def settings(tmp_path: Path, text: str) -> NightSettings:
    (tmp_path / "gongkai.toml").write_text(text, "utf-8")
    return night_settings(DataDirectory(tmp_path))


def test_settings_that_are_wrong_say_what(tmp_path: Path) -> None:
    assert night_settings(DataDirectory(tmp_path)).mail is None
    for text, word in [
        ("[mail]\nhost = 1", "mail"), ("[webhok]\nurl = 'https://x/'", "webhok"), ("x = ", "TOML"),
        ("[webhook]\nurl = 'file:///etc/passwd'", "webhook"),
    ]:  # fmt: skip
        with pytest.raises(ConfigError, match=word):
            settings(tmp_path, text)


def test_the_webhook_gets_the_summary_or_the_night_says_why_not(tmp_path: Path) -> None:
    got: list[Request] = []
    status = [200]

    def respond(request: Request, serial: int) -> Response:
        got.append(request)
        return Response(b"ok", status[0], ())

    server = HttpPortal(respond)
    server.start()
    try:
        said = settings(tmp_path, f"[webhook]\nurl = '{server.base_url}hook'\nwhen = 'trouble'")
        assert notify(night(), "", said) == [] and got == []
        assert notify(night(status="failed", reason="坏了"), "", said) == []
        assert (got[0].method, got[0].target) == ("POST", "/hook")
        status[0] = 500
        assert "webhook" in notify(night(status="failed"), "", said)[0]
    finally:
        server.stop()


class Smtp(socketserver.StreamRequestHandler):
    """As much SMTP as smtplib needs to leave a message."""

    kept: list[bytes]

    def handle(self) -> None:
        self.wfile.write(b"220 ready\r\n")
        while line := self.rfile.readline():
            if line.upper().startswith(b"DATA"):
                self.wfile.write(b"354 go on\r\n")
                while (line := self.rfile.readline()) != b".\r\n":
                    self.kept.append(line)
            self.wfile.write(b"221 bye\r\n" if line.upper().startswith(b"QUIT") else b"250 ok\r\n")
            if line.upper().startswith(b"QUIT"):
                return


def test_the_mail_has_the_page(tmp_path: Path) -> None:
    Smtp.kept = []
    with socketserver.TCPServer(("127.0.0.1", 0), Smtp) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        port = server.server_address[1]
        said = settings(
            tmp_path,
            f"[mail]\nhost = '127.0.0.1'\nport = {port}\ntls = 'none'\nsender = 'a@example.org'\n"
            "to = ['b@example.org']\nwhen = 'always'",
        )
        assert notify(night("标题\r\nBcc: c@example.org", status="failed"), "<p>页</p>", said) == []
        server.shutdown()
    message = b"".join(Smtp.kept)
    assert b"2026-06-01.html" in message and b"\nBcc:" not in message
    assert "mail" in notify(night(status="failed"), "", said)[0], "the server is gone"


def test_the_units_name_this_program_and_the_data(tmp_path: Path) -> None:
    data = tmp_path / "my data"
    data.mkdir()
    service, timer = write_units(tmp_path / "units", data)
    text = service.read_text("utf-8")
    assert f'nightly --data "{data}"' in text and "Asia/Shanghai" in timer.read_text("utf-8")
    if shutil.which("systemd-analyze"):
        checked = subprocess.run(
            ["systemd-analyze", "verify", "--user", str(service), str(timer)],
            capture_output=True, text=True, check=False, timeout=30,
            env={"PATH": "/usr/bin:/bin", "XDG_RUNTIME_DIR": str(tmp_path)},
        )  # fmt: skip
        complaints = [line for line in checked.stderr.splitlines() if "gongkai" in line]
        assert complaints == [], checked.stderr
