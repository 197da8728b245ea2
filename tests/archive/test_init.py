"""gongkai init: makes an archive, may be run again, says in one sentence why it cannot."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from archive.commands.init import command
from archive.info import get_info
from archive.transaction import connect, transaction


@pytest.fixture
def run(tmp_path):
    def invoke(*options, root=tmp_path / "new" / "data"):
        return CliRunner().invoke(command, ["--data", str(root), *options])

    return invoke


def test_it_makes_an_archive_and_may_be_run_again(run, tmp_path):
    first = run("--contact", "archive@example.org", "--json")
    assert first.exit_code == 0, first.output
    made = json.loads(first.output)
    assert (made["created"], made["contact"]) == (True, "archive@example.org")
    assert (tmp_path / "new" / "data" / "gongkai.db").is_file()
    again = json.loads(run("--json").output)
    assert again == made | {"created": False}
    assert (
        json.loads(run("--json", "--contact", "https://example.org/about").output)["contact"]
        == "https://example.org/about"
    )
    assert "https://example.org/about" in run().output


def test_without_a_contact_it_says_how_to_give_one(run):
    result = run()
    assert result.exit_code == 0
    assert "--contact" in result.output


@pytest.mark.parametrize(
    "contact", ["", "nobody", "a@b", "ftp://x", "a@example.org\r\nX: 1", "张@example.org", "http://"]
)
def test_a_contact_that_cannot_stand_in_a_header_is_refused(run, tmp_path, contact):
    result = run("--contact", contact)
    assert result.exit_code == 2
    assert result.output.count("\n") == 1
    assert not (tmp_path / "new").exists()


def test_what_cannot_be_an_archive_is_one_sentence(run, tmp_path):
    (tmp_path / "gongkai.db").write_bytes(b"no database" * 500)
    for root, words in ((tmp_path, "file is not a database"), (tmp_path / "gongkai.db", "is a file")):
        result = run(root=root)
        assert result.exit_code == 2
        assert words in result.output
    blocked = run(root=tmp_path / "gongkai.db" / "data")
    assert blocked.exit_code == 2
    assert "gongkai.db" in blocked.output
    assert "Traceback" not in blocked.output


def test_a_newer_archive_is_refused(run, tmp_path):
    assert run(root=tmp_path).exit_code == 0
    db = connect(tmp_path / "gongkai.db")
    with transaction(db):
        db["_sqlite_migrations"].insert({"migration_set": "gongkai", "name": "0999", "applied_at": ""})
    result = run("--contact", "a@example.org", root=tmp_path)
    assert result.exit_code == 2
    assert "upgrade gongkai" in result.output
    assert get_info(db, "contact") is None
