"""Statements that carry the rows of one table over from the attached database ``replayed`` (see :mod:`tables`).

``temp.map_<table>`` holds, for each row of ``replayed`` with an id, the id it has in the archive.
"""

from __future__ import annotations

import sqlite3

from archive.transplant.tables import Table


def match(connection: sqlite3.Connection, table: Table) -> None:
    """Fill the table's map anew with every row that the archive has by its natural key."""
    if not table.has_id:
        return
    name = table.name
    connection.execute(
        f"CREATE TEMP TABLE IF NOT EXISTS map_{name}(old INTEGER PRIMARY KEY, new INTEGER NOT NULL)"
    )
    connection.execute(f"DELETE FROM temp.map_{name}")
    same = " AND ".join(f"t.{column} = {_mapped(table, column)}" for column in table.key)
    connection.execute(
        f"INSERT INTO temp.map_{name} SELECT s.id, t.id FROM replayed.{name} AS s CROSS JOIN main.{name} AS t WHERE {same}"
    )
    connection.execute(f"CREATE UNIQUE INDEX IF NOT EXISTS temp.map_{name}_new ON map_{name}(new)")


def insert_missing(connection: sqlite3.Connection, table: Table) -> int:
    """Insert the rows that the archive does not have, what is late empty; how many there were."""
    columns = _columns(connection, table)
    values = ["NULL" if column in table.late else _mapped(table, column) for column in columns]
    same = " AND ".join(f"t.{column} = {_mapped(table, column)}" for column in table.key)
    order = "ORDER BY s.id" if table.has_id else ""
    inserted = connection.execute(
        f"INSERT INTO main.{table.name}({_names(columns)}) SELECT {', '.join(values)} FROM replayed.{table.name} AS s"
        f" WHERE NOT EXISTS (SELECT 1 FROM main.{table.name} AS t WHERE {same}) {order}"
    ).rowcount
    match(connection, table)
    return inserted


def update_changed(connection: sqlite3.Connection, table: Table) -> int:
    """Make the archive's rows equal to the replayed ones; how many were not."""
    columns = [
        column
        for column in _columns(connection, table)
        if column not in table.kept and column not in table.key
    ]
    if not columns:
        return 0
    values = ", ".join(f"{_mapped(table, column)} AS {_quoted(column)}" for column in columns)
    if table.has_id:
        known = f"JOIN temp.map_{table.name} AS map ON map.old = s.id"
        values, same = f"map.new AS this, {values}", "t.id = x.this"
    else:
        keys = ", ".join(f"{_mapped(table, column)} AS key_{column}" for column in table.key)
        known, values = "", f"{keys}, {values}"
        same = " AND ".join(f"t.{column} = x.key_{column}" for column in table.key)
    ours, theirs = (", ".join(f"{side}.{_quoted(column)}" for column in columns) for side in "tx")
    changed = f"{ours} IS NOT {theirs}" if len(columns) == 1 else f"({ours}) IS NOT ({theirs})"
    settings = ", ".join(f"{_quoted(column)} = x.{_quoted(column)}" for column in columns)
    return connection.execute(
        f"UPDATE main.{table.name} AS t SET {settings}"
        f" FROM (SELECT {values} FROM replayed.{table.name} AS s {known}) AS x WHERE {same} AND {changed}"
    ).rowcount


def unmatched(table: Table) -> str:
    """SQL: the ids of the portal's rows (``:portal``) that the replay did not make; of a table with ids."""
    return (
        f"SELECT t.id FROM main.{table.name} AS t WHERE {table.mine}"
        f" AND NOT EXISTS (SELECT 1 FROM temp.map_{table.name} AS map WHERE map.new = t.id)"
    )


def delete_extra(connection: sqlite3.Connection, table: Table, portal: str) -> int:
    """Delete the portal's rows that the replay did not make, of a table without ids; how many there were."""
    gone = connection.execute(
        f"SELECT {', '.join(f't.{column}' for column in table.key)} FROM main.{table.name} AS t WHERE {table.mine}"
        f" EXCEPT SELECT {', '.join(_mapped(table, column) for column in table.key)} FROM replayed.{table.name} AS s",
        {"portal": portal},
    ).fetchall()
    where = " AND ".join(f"{column} = ?" for column in table.key)
    connection.executemany(f"DELETE FROM main.{table.name} WHERE {where}", gone)
    return len(gone)


def _mapped(table: Table, column: str) -> str:
    """The value of a replayed row ``s`` as the archive would write it."""
    target = table.refers.get(column)
    if target is None:
        return f"s.{_quoted(column)}"
    return f"(SELECT new FROM temp.map_{target} WHERE old = s.{column})"


def _columns(connection: sqlite3.Connection, table: Table) -> list[str]:
    rows = connection.execute(f"SELECT name FROM pragma_table_info('{table.name}', 'main')")
    return [row[0] for row in rows if not (table.has_id and row[0] == "id")]


def _names(columns: list[str]) -> str:
    return ", ".join(map(_quoted, columns))


def _quoted(column: str) -> str:
    return f'"{column}"'
