"""archive.mirrors.update: the same groups whatever the order and the interruptions; measured on made texts."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlite_utils import Database

from archive.commands.mirrors import command
from archive.commands.serve import command as serve
from archive.commands.show import command as show
from archive.history.joining import join
from archive.layout import DataDirectory
from archive.lock import portal_lock
from archive.migrations import migrate
from archive.mirrors import store, update
from archive.mirrors.check import check_groups, check_signatures
from archive.mirrors.running import bring_up_to_date
from archive.mirrors.update import update_mirrors
from archive.search import rebuild_index
from archive.transaction import connect, transaction
from benchmarks.mirrors.archive import AT, fill, scores, stored_groups
from benchmarks.mirrors.texts import Made, articles, copies, everything, forms, instruments, reports, weekly


@pytest.fixture
def archive(tmp_path: Path) -> Callable[..., Database]:
    """A maker of archives with texts in them, in the order given."""

    def make(made: list[Made], name: str = "gongkai.db") -> Database:
        db = connect(tmp_path / name)
        migrate(db, AT)
        fill(db, made)
        return db

    return make


SMALL = [*instruments(7, 6), *forms(3, 12), *reports(4, 2), *copies(5, 3), *weekly(6, 3)]
TWINS = [made for made in SMALL if made.truth == "instrument-0"]


def state(db: Database) -> set[tuple[Any, ...]]:
    return set(db.conn.execute("SELECT uid, group_uid, rule, round(likeness, 6) FROM mirrors"))


def pairs(db: Database) -> set[tuple[Any, ...]]:
    """By uid, in which an archive's order of ids does not show."""
    sql = """SELECT min(a.uid, b.uid), max(a.uid, b.uid), p.rule FROM mirror_pairs AS p
             JOIN documents AS a ON a.id = p.document_id JOIN documents AS b ON b.id = p.other_id"""
    return set(db.conn.execute(sql))


def test_nothing_is_grouped_that_is_two_and_nothing_missed(archive: Callable[..., Database]) -> None:
    made, db = everything(seed=11), archive([])
    truths = fill(db, made)
    done = update_mirrors(db)
    precision, recall = scores(stored_groups(db), truths)
    assert len(made) > 900 and done.documents > 300
    assert precision == 1.0, "two instruments stand in one group"
    assert recall >= 0.99
    assert done.compared < 15 * len(made), "the buckets do not bound the work"


def test_no_order_and_no_interruption_changes_the_outcome(
    archive: Callable[..., Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = archive(SMALL, "whole.db")
    update_mirrors(whole)
    expected = state(whole)
    assert len(expected) > 10
    turned = SMALL[::-1]
    for name, cuts in (("turned", 1), ("three", 3), ("each", 12)):
        db = archive([], f"{name}.db")
        for part in range(cuts):
            fill(db, turned[part::cuts])
            update_mirrors(db)
        assert state(db) == expected, name
        assert pairs(db) == pairs(whole)
    chance, broken = random.Random(5), archive(turned, "broken.db")
    real = update.in_batches

    def killed(db: Database, step: Callable[[], bool]) -> None:
        def dying() -> bool:
            if chance.random() < 0.03:
                raise KeyboardInterrupt
            return step()

        real(db, dying)

    with monkeypatch.context() as patched:
        patched.setattr(update, "in_batches", killed)
        kills = 0
        while True:
            try:
                update_mirrors(broken)
                break
            except KeyboardInterrupt:
                kills += 1
                assert not store.is_current(broken)
    assert kills > 3 and state(broken) == expected
    assert list(check_groups(broken)) == list(check_signatures(broken)) == []


def change(db: Database, uid: str, **fields: Any) -> None:
    with transaction(db):
        for name, value in fields.items():
            db.conn.execute(f"UPDATE documents SET {name} = ? WHERE uid = ?", (value, uid))


def test_a_text_that_changes_is_compared_anew_and_one_that_is_hidden_goes(
    archive: Callable[..., Database],
) -> None:
    db = archive(SMALL)
    update_mirrors(db)
    group, (first, *_) = next(iter(sorted(stored_groups(db).items())))[1], sorted(stored_groups(db))
    others = {uid for uid, name in stored_groups(db).items() if name == group} - {first}
    change(
        db,
        first,
        body_text="\n\n".join(articles(random.Random(99), 9)),
        content_hash="another",
        document_number=None,
    )
    assert first not in stored_groups(db), "readers are shown what was compared"
    done = update_mirrors(db)
    assert done.read == 1 and first not in stored_groups(db)
    hidden = next(iter(others))
    change(db, hidden, revision_id=None, content_hash=None)
    assert update_mirrors(db).read == 0 and hidden not in stored_groups(db)
    assert db.conn.execute("SELECT count(*) FROM signatures").fetchone()[0] == len(SMALL) - 1


def test_nothing_new_writes_nothing(archive: Callable[..., Database]) -> None:
    db = archive(SMALL)
    update_mirrors(db)
    before = db.conn.total_changes
    done = update_mirrors(db)
    assert (done.read, done.compared, db.conn.total_changes) == (0, 0, before)


def test_another_version_compares_everything_again(
    archive: Callable[..., Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    db = archive(SMALL)
    assert update_mirrors(db).read == len(SMALL)
    expected = state(db)
    with transaction(db):
        db.conn.execute("UPDATE archive_info SET value = '0 current' WHERE key = 'mirrors'")
    assert update_mirrors(db).read == len(SMALL) and state(db) == expected
    assert update_mirrors(db, again=True).read == len(SMALL) and state(db) == expected


def test_a_document_that_is_joined_to_another_leaves_its_group(archive: Callable[..., Database]) -> None:
    db = archive(TWINS + SMALL[-1:])
    update_mirrors(db)
    rebuild_index(db)
    members = sorted(stored_groups(db))
    assert len(members) == len(TWINS) >= 2
    one, other = (
        db.conn.execute("SELECT id FROM documents WHERE uid = ?", (uid,)).fetchone()[0] for uid in members[:2]
    )
    with transaction(db):
        join(db, one, other, at=AT, crawl_id=None)
    assert db.conn.execute("PRAGMA foreign_key_check").fetchall() == []
    assert not store.is_current(db)
    update_mirrors(db)
    assert len(stored_groups(db)) == (len(TWINS) - 1 if len(TWINS) > 2 else 0)


def test_verify_sees_what_does_not_fit(archive: Callable[..., Database]) -> None:
    db = archive(SMALL)
    update_mirrors(db)
    assert list(check_groups(db)) == list(check_signatures(db)) == []
    with transaction(db):
        uid = db.conn.execute("SELECT uid FROM mirrors ORDER BY uid").fetchone()[0]
        db.conn.execute(
            "UPDATE mirror_groups SET group_uid = 'x' WHERE document_id = (SELECT id FROM documents WHERE uid = ?)",
            (uid,),
        )
        db.conn.execute("UPDATE signatures SET body_key = 7 WHERE document_id = 2")
    assert [uid in said for said in check_groups(db)] == [True]
    assert len(list(check_signatures(db))) == 1
    update_mirrors(db, again=True)
    assert list(check_groups(db)) == list(check_signatures(db)) == []


def test_the_command_and_show_say_it(archive: Callable[..., Database], tmp_path: Path) -> None:
    archive(TWINS + SMALL[-1:])
    data = ["--data", str(tmp_path)]
    told = CliRunner().invoke(command, data)
    assert told.exit_code == 0, told.output
    assert f"{len(TWINS)} 份文件属于 1 组转载" in told.output and TWINS[0].title in told.output
    found = json.loads(CliRunner().invoke(command, [*data, "--json"]).output)
    assert found["read"] == 0 and [len(group["documents"]) for group in found["groups"]] == [len(TWINS)]
    with portal_lock(DataDirectory(tmp_path), "mirrors", "gongkai mirrors"):
        assert CliRunner().invoke(command, data).exit_code == 3
    member = found["groups"][0]["group_uid"]
    text = CliRunner().invoke(show, [member, *data]).output
    assert f"同一文件的其他版本/转载（{len(TWINS) - 1}）" in text and "文号相同" in text
    mirrors = json.loads(CliRunner().invoke(show, [member, "--json", *data]).output)["mirrors"]
    assert len(mirrors) == len(TWINS) - 1
    assert {"uid", "portal", "rule", "likeness", "group_uid"} <= set(mirrors[0])
    assert {row["group_uid"] for row in mirrors} == {member}


def test_a_database_that_cannot_be_written_is_one_sentence(
    archive: Callable[..., Database], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive(SMALL[:2])

    def full(*_: Any) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(store, "save_signature", full)
    result = CliRunner().invoke(command, ["--data", str(tmp_path)])
    assert result.exit_code == 1 and "disk is full" in result.output and "run it again" in result.output


def test_another_command_leaves_the_work_to_who_does_it_and_ends_in_time(
    archive: Callable[..., Database], tmp_path: Path
) -> None:
    db, data = archive(SMALL), DataDirectory(tmp_path)
    with portal_lock(data, "mirrors", "gongkai mirrors"):
        assert bring_up_to_date(db, data, "gongkai nightly") is None
    assert store.waiting(db) and not stored_groups(db)
    asked = iter([False] * 5 + [True])
    assert bring_up_to_date(db, data, "gongkai nightly", lambda: next(asked)) is None
    assert not store.is_current(db)
    done = bring_up_to_date(db, data, "gongkai nightly")
    assert done is not None and done.documents == len(stored_groups(db)) > 10


def test_an_older_archive_is_read_as_far_as_it_goes(archive: Callable[..., Database], tmp_path: Path) -> None:
    db = archive(SMALL[:2])
    with transaction(db):
        db.conn.execute("DROP VIEW mirrors")
        for table in ("mirror_groups", "mirror_pairs", "signatures"):
            db.conn.execute(f"DROP TABLE {table}")
        db.conn.execute("DELETE FROM _sqlite_migrations WHERE name = '0003_mirrors'")
    assert list(check_groups(db)) == list(check_signatures(db)) == []
    for verb, words in ((show, ["x"]), (serve, ["--port", "0"])):
        result = CliRunner().invoke(verb, [*words, "--data", str(tmp_path)])
        assert result.exit_code == 2 and "run `gongkai init`" in result.output
    assert CliRunner().invoke(command, ["--data", str(tmp_path)]).exit_code == 0, (
        "a command that writes migrates it"
    )
    assert db.conn.execute("SELECT count(*) FROM signatures").fetchone()[0] == 2
