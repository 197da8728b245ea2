"""Bad input and bad luck: one clear sentence each, the right exit code, nothing lost."""

from __future__ import annotations

import signal
import socket
import sqlite3
import time
from pathlib import Path

import pytest

from .conftest import Demo
from .runner import Gongkai, portal_text
from .sites import LocalSite, trs_document, trs_listing, trs_path

PORTAL = portal_text("http://127.0.0.1:9/", "trs-static", 'key = "a"\nname = "公告"\nurl = "/zwgk/"')
DIRECTORY = '[[directories]]\nkey = "a"\nname = "公告"\nurl = "/zwgk/"'
MALFORMED = {
    "unknown key": (PORTAL + 'colour = "red"\n', "colour"),
    "unknown http key": (PORTAL.replace("[http]", "[http]\nspeed = 3"), "speed"),
    "bad url": (PORTAL.replace("http://127.0.0.1:9/", "gopher://x/"), "base_url"),
    "no address": (PORTAL.replace('url = "/zwgk/"', 'url = "/zw gk/"'), "url"),
    "missing family": (PORTAL.replace('family = "trs-static"', 'family = "nobodys"'), "nobodys"),
    "no family": (PORTAL.replace('family = "trs-static"\n', ""), "family"),
    "bad selector": (PORTAL + 'detail.body = ["div[class="]\n', "detail has body 'div[class='"),
    "wrong type": (PORTAL.replace("delay = 0", 'delay = "often"'), "delay"),
    "no directory": (PORTAL.replace(DIRECTORY, ""), "directories"),
    "twice the same key": (PORTAL + DIRECTORY + "\n", "'a'"),
    "not TOML": (PORTAL.replace("[http]", "[http"), "TOML"),
    "not UTF-8": (PORTAL.replace("本机", "\udcff"), "UTF-8"),
}
READERS = (["search", "公开"], ["show", "公开"], ["verify"], ["reextract"], ["portals", "list"])
WRITERS = (["crawl", "there"], ["backfill", "there"], ["portals", "enable", "there"], ["init"])


@pytest.mark.parametrize(
    ("name", "content", "options", "word"),
    [
        ("none.html", None, [], "none.html"),
        (".", None, [], "directory"),
        ("empty.html", b"", [], "empty.html"),
        ("blank.html", b" \n ", [], "blank.html"),
        ("scan.pdf", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n" + b"\x00\x01" * 500, [], "scan.pdf"),
        ("photo.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 8, [], "photo.jpg"),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 900, [], "old.doc"),
        ("noise.bin", bytes(range(256)) * 40, [], "noise.bin"),
        ("page.html", b"<p>x</p>", ["--encoding", "klingon"], "klingon"),
        ("page.html", b"<p>x</p>", ["--portal", "nobody"], "nobody"),
        ("page.html", b"<p>x</p>", ["--url", "no address"], "no address"),
    ],
)
def test_extract(
    gongkai: Gongkai, tmp_path: Path, name: str, content: bytes | None, options: list[str], word: str
) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    ran = gongkai("extract", str(file), *options, "--json")
    assert word in ran.complained(2)
    assert ran.out == ""
    assert not gongkai.data.exists()


@pytest.mark.parametrize(("text", "word"), MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_portal_files(gongkai: Gongkai, text: str, word: str) -> None:
    file = gongkai.data / "portals" / "there.toml"
    file.parent.mkdir(parents=True)
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    for words in (["crawl", "there"], ["portals", "show", str(file)]):
        sentence = gongkai(*words).complained(2)
        assert "there.toml" in sentence and word in sentence
    assert not (gongkai.data / "gongkai.db").exists()


def test_unknown_portals_and_bad_options(gongkai: Gongkai) -> None:
    assert "nowhere" in gongkai("crawl", "nowhere").complained(2)
    assert "nowhere.toml" in gongkai("crawl", "./nowhere.toml").complained(2)
    assert "GONGKAI_NOW" in gongkai("crawl", "shangqiu", now="yesterday").complained(2)
    for words in (
        ["crawl"],
        ["crawl", "shangqiu", "--revisit", "-3"],
        ["backfill", "shangqiu", "--limit", "0"],
        ["fly"],
    ):
        ran = gongkai(*words)
        assert ran.code == 2 and "Traceback" not in ran.err and ran.err
    for words in READERS[:4]:
        assert "no archive" in gongkai(*words).complained(2)
    assert not gongkai.data.exists()


def test_a_host_that_cannot_be_reached(gongkai: Gongkai) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        gongkai.portal("there", portal_text(url, "trs-static", 'key = "a"\nname = "公告"\nurl = "/zwgk/"'))
        ran = gongkai("crawl", "there", "--allow-private-hosts")
        sentence = ran.complained(1)
        assert "there" in sentence and "refused the connection" in sentence
        assert "refused the connection" not in ran.out, "it is said once"
        assert "refused" in gongkai("extract", url, "--allow-private-hosts").complained(1)
        assert gongkai("extract", url).complained(1).count(url) == 1
    assert gongkai.query("SELECT verdict, completeness FROM crawls") == [("failed", "failed")]
    gongkai.portal(
        "there", portal_text("http://nowhere.invalid/", "trs-static", 'key = "a"\nname = "公告"\nurl = "/"')
    )
    assert "nowhere.invalid" in gongkai("crawl", "there").complained(1)


def newer(path: Path) -> None:
    """An archive that a later version migrated."""
    with sqlite3.connect(path) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations(migration_set, name, applied_at) VALUES ('gongkai', '0999_later', 'x')"
        )
    connection.close()


def another_program(path: Path) -> None:
    """A SQLite database that is no archive."""
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE recipes(name)")
    connection.close()


def no_database(path: Path) -> None:
    """Not a SQLite file."""
    path.write_bytes(b"<html>not a database</html>" * 100)


@pytest.mark.parametrize(
    ("spoil", "word"),
    [(newer, "0999_later"), (another_program, "not a Gongkai archive"), (no_database, "not a database")],
)
def test_a_database_that_cannot_be_used(demo: Demo, tmp_path: Path, spoil: object, word: str) -> None:
    gongkai = demo.gongkai.copy_to(tmp_path / "copy")
    gongkai.portal("there", PORTAL)
    database = gongkai.data / "gongkai.db"
    assert callable(spoil)
    spoil(database)
    before = database.read_bytes()
    for words in (*READERS, *WRITERS):
        assert word in gongkai(*words).complained(2), words
        assert database.read_bytes() == before, words


def test_a_data_directory_that_cannot_be_written(gongkai: Gongkai, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    shelf = tmp_path / "there.toml"
    shelf.write_text(PORTAL, encoding="utf-8")
    below = str(tmp_path / "file" / "data")
    for words, code in (
        (["crawl", str(shelf)], 1),
        (["backfill", str(shelf)], 1),
        (["init"], 2),
        (["portals", "enable", str(shelf)], 2),
    ):
        assert below in gongkai(*words, "--data", below).complained(code), words
    assert (tmp_path / "file").read_text(encoding="utf-8") == "not a folder"


def test_a_second_run_is_told_who_holds_the_portal(gongkai: Gongkai) -> None:
    answers = {"/zwgk/": trs_listing([trs_path(n) for n in range(9)])} | {
        trs_path(n): trs_document(n) for n in range(9)
    }
    with LocalSite(answers, seconds=0.1) as site:
        directory = 'key = "a"\nname = "公告"\nurl = "/zwgk/"'
        gongkai.portal(
            "there", portal_text(site.base_url, "trs-static", directory, http="allow_private_hosts = true")
        )
        first = gongkai.start("backfill", "there")
        gongkai.wait_for("SELECT count(*) FROM crawls")
        first.send_signal(signal.SIGSTOP)  # it holds the lock for as long as we want
        for words in (["crawl", "there"], ["reextract"]):
            sentence = gongkai(*words).complained(3)
            assert f"gongkai backfill there (process {first.pid})" in sentence
        first.send_signal(signal.SIGCONT)
        assert first.wait(timeout=30) == 0
        began = time.monotonic()
        assert gongkai("crawl", "there").code == 0, "the lock died with its holder"
        assert time.monotonic() - began < 20
    assert gongkai.count("documents") == 9
    assert gongkai.count("crawls") == 2
