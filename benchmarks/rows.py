"""Rows of a store's tables as plain tuples, and bare statements that write them again. Knows no nouns."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# Parents before children, as the foreign keys want it; each table with the column that names the project.
TABLES: Mapping[str, str] = {
    "projects": "id",
    "entries": "project",
    "records": "project",
    "tasks": "project",
    "risks": "project",
    "approvals": "project",
    "clocks": "project",
    "outbox": "project",
    "answers": "project",
}
Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What one transaction does to one table: full rows to insert, updates ready to run, keys to delete."""

    table: str
    inserts: tuple[Row, ...] = ()
    updates: tuple[tuple[str, Row], ...] = ()
    deletes: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Statements:
    """The texts that write one table."""

    table: str
    names: tuple[str, ...]
    keys: tuple[int, ...]
    insert: str
    delete: str

    def update(self, old: Row, new: Row) -> tuple[str, Row]:
        """The statement that sets just what differs between two versions of a row."""
        differ = [index for index, value in enumerate(new) if value != old[index]]
        sets = ", ".join(f"{self.names[index]} = ?" for index in differ)
        where = " AND ".join(f"{self.names[index]} = ?" for index in self.keys)
        text = f"UPDATE {self.table} SET {sets} WHERE {where}"  # noqa: S608 -- names of our own schema
        return text, tuple(new[index] for index in (*differ, *self.keys))


def connect(place: Path) -> sqlite3.Connection:
    """A bare connection with the durability that the store has."""
    connection = sqlite3.connect(place, isolation_level=None)
    for pragma in ("foreign_keys = ON", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def statements(connection: sqlite3.Connection) -> Mapping[str, Statements]:
    """The texts for every table, by the primary keys that the schema declares."""
    return {table: _statements(connection, table) for table in TABLES}


def rows_of(connection: sqlite3.Connection, project: str) -> dict[str, list[Row]]:
    """Every row of a project, by table."""
    return {
        table: connection.execute(f"SELECT * FROM {table} WHERE {column} = ?", (project,)).fetchall()  # noqa: S608 -- TABLES
        for table, column in TABLES.items()
    }


def changes(
    before: Mapping[str, Sequence[Row]], after: Mapping[str, Sequence[Row]], texts: Mapping[str, Statements]
) -> tuple[Change, ...]:
    """What leads from the one set of rows to the other, tables without a change left out."""
    found = []
    for table, text in texts.items():
        old = {_key(row, text): row for row in before[table]}
        new = {_key(row, text): row for row in after[table]}
        change = Change(
            table=table,
            inserts=tuple(row for key, row in new.items() if key not in old),
            updates=tuple(text.update(old[key], row) for key, row in new.items() if key in old and old[key] != row),
            deletes=tuple(key for key in old if key not in new),
        )
        if change.inserts or change.updates or change.deletes:
            found.append(change)
    return tuple(found)


def write(connection: sqlite3.Connection, work: Iterable[Change], texts: Mapping[str, Statements]) -> None:
    """The changes are durable, in one transaction of bare statements."""
    connection.execute("BEGIN IMMEDIATE")
    for change in work:
        text = texts[change.table]
        if change.deletes:
            connection.executemany(text.delete, change.deletes)
        for update, values in change.updates:
            connection.execute(update, values)
        if change.inserts:
            connection.executemany(text.insert, change.inserts)
    connection.execute("COMMIT")


def copy_definitions(connection: sqlite3.Connection, source: Path) -> None:
    """The pinned definitions of another store, to which projects refer, are in this one."""
    connection.execute("ATTACH ? AS source", (str(source),))
    for table in ("pins", "definitions", "pin_members"):
        connection.execute(f"INSERT INTO {table} SELECT * FROM source.{table}")  # noqa: S608 -- names above
    connection.execute("DETACH source")


def _statements(connection: sqlite3.Connection, table: str) -> Statements:
    columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
    names = tuple(str(column[1]) for column in columns)
    keys = tuple(index for index, column in enumerate(columns) if column[5])
    where = " AND ".join(f"{names[index]} = ?" for index in keys)
    return Statements(
        table=table,
        names=names,
        keys=keys,
        insert=f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",  # noqa: S608 -- TABLES
        delete=f"DELETE FROM {table} WHERE {where}",  # noqa: S608
    )


def _key(row: Row, text: Statements) -> Row:
    return tuple(row[index] for index in text.keys)
