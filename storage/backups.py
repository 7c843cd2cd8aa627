"""Backups that both databases can write and read.

A backup is a gzip file of JSON lines: a header (``format``, ``revision``, ``made_at``), one line
``{"table": ..., "row": {...}}`` for each row, parents before children, and a last line ``{"rows": N}``
without which it is not whole. It holds rows only: the tables come from the migrations, at the revision of
the header, and the search is made anew.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import groupby, islice
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Date, DateTime, MetaData, Table, event, func, insert, select
from sqlalchemy.types import TypeEngine
from sqlmodel.sql.sqltypes import UTCDateTime

from storage import revisions, search
from storage.errors import InvalidBackup

_FORMAT = "citaatwacht-backup-1"
_BATCH = 1000


def write(connection: Connection, file: Path) -> int:
    """Write all rows of a database to a file; it takes its name only when it is whole.

    Args:
        connection: A connection over one snapshot, to a database with tables of ours.
        file: Where to; replaced if it is there.

    Returns:
        The number of rows.
    """
    header = {
        "format": _FORMAT,
        "revision": revisions.current(connection),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    partial = file.with_name(f"{file.name}.partial")
    rows = 0
    try:
        with gzip.open(partial, "wt", encoding="utf-8", compresslevel=6) as lines:
            _write_line(lines, header)
            for table in _tables(connection):
                result = connection.execute(select(table), execution_options={"yield_per": _BATCH})
                for row in result.mappings():
                    _write_line(lines, {"table": table.name, "row": {name: _as_json(row[name]) for name in row}})
                    rows += 1
            _write_line(lines, {"rows": rows})
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)
    return rows


def read(connection: Connection, file: Path, migrations: Path) -> int:
    """Fill an empty database from a file, and bring it to the newest revision.

    Args:
        connection: From ``connections.changing``, to a database without tables.
        file: What ``write`` wrote.
        migrations: The folder of migrations.

    Returns:
        The number of rows.

    Raises:
        InvalidBackup: If the file is missing, is not a backup, or not a whole one.
        NewerDatabase: If a newer version of the program wrote it.
    """
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            return _fill(connection, (json.loads(line) for line in lines), migrations)
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InvalidBackup(f"{file} cannot be read as a backup: {error}") from error


def _fill(connection: Connection, lines: Iterator[Any], migrations: Path) -> int:
    header = next(lines, None)
    if not isinstance(header, dict) or header.get("format") != _FORMAT:
        raise InvalidBackup("the file is not a backup of citaatwacht")
    revisions.migrate(connection, header["revision"], migrations)
    tables = {table.name: table for table in _tables(connection)}
    rows, end = 0, None
    for name, group in groupby(lines, key=_table_name):
        if name not in tables:
            end = next(group)
            break
        rows += _insert(connection, tables[name], (line["row"] for line in group))
    if end != {"rows": rows}:
        raise InvalidBackup("the backup is not whole: its end is missing")
    _continue_numbering(connection, tables.values())
    revisions.migrate(connection, "head", migrations)
    return rows


def _table_name(line: Any) -> str:
    return str(line.get("table", "")) if isinstance(line, dict) else ""


def _tables(connection: Connection) -> list[Table]:
    """Read the tables as they are at the database's own revision, parents before children."""
    metadata = MetaData()
    event.listen(metadata, "column_reflect", _keep_moments_aware)
    metadata.reflect(connection, only=lambda name, _: not search.is_derived(name) and name != revisions.VERSION_TABLE)
    return metadata.sorted_tables


def _keep_moments_aware(_inspector: object, _table: Table, column: Any) -> None:
    if isinstance(column["type"], DateTime):
        column["type"] = UTCDateTime()


def _insert(connection: Connection, table: Table, rows: Iterator[dict[str, Any]]) -> int:
    readers = {column.name: _reader(column.type) for column in table.columns}
    count = 0
    while batch := list(islice(rows, _BATCH)):
        values = [{name: _from_json(readers[name], value) for name, value in row.items()} for row in batch]
        connection.execute(insert(table), values)
        count += len(values)
    return count


def _continue_numbering(connection: Connection, tables: Iterable[Table]) -> None:
    """Let PostgreSQL number new rows after the restored ones; SQLite does so by itself."""
    if connection.dialect.name == "sqlite":
        return
    for table in tables:
        for column in table.primary_key.columns:
            sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
            highest = connection.scalar(select(func.max(column)))
            if sequence is not None and highest is not None:
                connection.execute(select(func.setval(sequence, highest)))


def _write_line(lines: IO[str], value: dict[str, Any]) -> None:
    lines.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _from_json(reader: Callable[[str], Any] | None, value: Any) -> Any:
    return value if reader is None or value is None else reader(value)


def _reader(column_type: TypeEngine[Any]) -> Callable[[str], Any] | None:
    if isinstance(column_type, UTCDateTime):
        return datetime.fromisoformat
    return date.fromisoformat if isinstance(column_type, Date) else None
