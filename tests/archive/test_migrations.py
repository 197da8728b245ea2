"""archive.migrations: a new archive has every table; a newer or foreign database is refused untouched."""

from __future__ import annotations

import re
import sqlite3
from importlib import resources

import pytest

from archive.migrations import NewerDatabase, NotAnArchive, check_version, migrate, migrations
from archive.transaction import connect, transaction

T0 = "2026-11-23T02:15:00Z"


def schema(db):
    return {
        row[0]: row[1] for row in db.conn.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
    }


def test_a_new_archive_is_the_schema_and_knows_itself(db, tmp_path):
    plain = sqlite3.connect(tmp_path / "plain.db")
    plain.executescript(resources.files("archive").joinpath("schema.sql").read_text("utf-8"))
    expected = dict(plain.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL"))
    found = {name: sql for name, sql in schema(db).items() if "_sqlite_migrations" not in name}
    assert found == expected
    info = dict(db.conn.execute("SELECT key, value FROM archive_info"))
    assert info["created_at"] == T0
    assert len(info["archive_id"]) == 36
    assert info["masking"] == "1"
    assert info["search_version"]


def test_again_changes_nothing(db):
    before = schema(db)
    info = dict(db.conn.execute("SELECT key, value FROM archive_info"))
    changes = db.conn.total_changes
    migrate(db, "2027-01-01T00:00:00Z")
    check_version(db)
    assert db.conn.total_changes == changes
    assert schema(db) == before
    assert dict(db.conn.execute("SELECT key, value FROM archive_info")) == info


def test_every_step_is_applied_in_order(db):
    assert [row.name for row in migrations.applied(db)] == [step.name for step in migrations._migrations]


def test_an_archive_from_before_the_texts_of_files_gets_their_columns(tmp_path):
    script = resources.files("archive").joinpath("schema.sql").read_text("utf-8")
    for new in (", text_note TEXT", "\n  text_digest TEXT REFERENCES files(digest),"):
        assert script.count(new) == 1
        script = script.replace(new, "")
    for name in ("files_text", "attachments_digest", "attachments_text", "attachments_behind"):
        script, count = re.subn(rf"CREATE INDEX {name} [^;]*;", "", script)
        assert count == 1
    old = connect(tmp_path / "old.db")
    old.conn.executescript(script)
    with transaction(old):
        migrations.ensure_migrations_table(old)
        row = {"migration_set": "gongkai", "name": "0001_schema", "applied_at": T0}
        old["_sqlite_migrations"].insert(row)
    assert "text_note" not in old["files"].columns_dict
    migrate(old, T0)
    fresh = connect(tmp_path / "new.db")
    migrate(fresh, T0)
    for name in ("files", "attachments"):
        assert set(old[name].columns_dict) == set(fresh[name].columns_dict)
        assert {index.name for index in old[name].indexes} == {index.name for index in fresh[name].indexes}
        assert old[name].foreign_keys == fresh[name].foreign_keys
    check_version(old)


def test_an_archive_from_before_the_republications_gets_their_tables(tmp_path):
    script = resources.files("archive").joinpath("schema.sql").read_text("utf-8")
    start, end = script.index("CREATE TABLE signatures("), script.index("CREATE TABLE sightings(")
    old = connect(tmp_path / "old.db")
    old.conn.executescript(script[:start] + script[end:])
    with transaction(old):
        migrations.ensure_migrations_table(old)
        for name in ("0001_schema", "0002_file_texts"):
            row = {"migration_set": "gongkai", "name": name, "applied_at": T0}
            old["_sqlite_migrations"].insert(row)
    assert not {"signatures", "mirror_pairs"} & set(old.table_names())
    migrate(old, T0)
    fresh = connect(tmp_path / "new.db")
    migrate(fresh, T0)
    assert {n: sql.strip() for n, sql in schema(old).items()} == {
        n: sql.strip() for n, sql in schema(fresh).items()
    }
    assert old.view_names() == ["mirrors"]


def test_a_newer_database_is_refused_in_one_sentence(db, data):
    with transaction(db):
        db["_sqlite_migrations"].insert(
            {"migration_set": "gongkai", "name": "0999_from_the_future", "applied_at": T0}
        )
    for refused in (check_version, lambda db: migrate(db, T0)):
        with pytest.raises(NewerDatabase, match="0999_from_the_future") as caught:
            refused(db)
        assert "upgrade gongkai" in str(caught.value)
        assert "\n" not in str(caught.value)


def test_another_programs_database_is_left_alone(tmp_path):
    db = connect(tmp_path / "other.db")
    with transaction(db):
        db.conn.execute("CREATE TABLE moz_places(id INTEGER)")
    with pytest.raises(NotAnArchive, match="moz_places"):
        migrate(db, T0)
    with pytest.raises(NotAnArchive):
        check_version(db)
    assert db.table_names() == ["moz_places"]


def test_a_failing_step_leaves_no_half_schema(tmp_path, monkeypatch):
    db = connect(tmp_path / "a.db")

    def broken(_):
        yield "CREATE TABLE half(x)"
        yield "CREATE TABLE ("

    with monkeypatch.context() as patched:
        patched.setattr("archive.migrations._statements", broken)
        with pytest.raises(sqlite3.OperationalError):
            migrate(db, T0)
    assert db.table_names() == []
    migrate(db, T0)
    check_version(db)
