"""Full-text search over the words of statements, with one behaviour on both databases.

What it stands on (an FTS5 table, or a table with a GIN index, both kept by triggers) is derived from the statements. It
belongs to no revision: every upgrade makes it anew, since changing a table on SQLite drops the table's triggers, and
Alembic's comparison must not see it.

Its entries are numbered by day, then by statement: hits come in the order in which they are shown, a period is a range
of numbers, and a page costs what it shows, however common the words are. The speaker stands beside the words of each
entry, so that a person's hits are found by intersection, like those of two words. What was withdrawn is not in it.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from sqlalchemy import BigInteger, ColumnElement, Connection, cast, column, literal_column, table, text
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.exc import DatabaseError

_PHRASES = re.compile(r'"([^"]*)"?')
_WORDS = re.compile(r"[^\W_]+")
_CURLY_MARKS = str.maketrans(dict.fromkeys("“”„«»", '"'))
_SHORTEST_BEGINNING = 4
"""Letters from which on a word may be the beginning of a longer one: "eu" is no "euro"."""

_ENTRIES = table(
    "statement_search", column("rowid", BigInteger), column("number", BigInteger), column("words", TSVECTOR)
)
_A_DAY = 10_000_000_000
"""How many numbers a day has for its statements."""


def _plain_letters() -> dict[str, str]:
    """Map Latin letters with a diacritic to the plain ones, as FTS5's tokenizer does."""
    letters = {}
    for code in range(0x00C0, 0x0250):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base.isascii() and base.isalpha():
            letters[chr(code)] = base.lower()
    return letters


_PLAIN_LETTERS = _plain_letters()
_PLAIN = str.maketrans(_PLAIN_LETTERS)
_EVENTS = ("insert", "update", "delete")


def _if_shown(row: str) -> str:
    return f"WHERE {row}.withdrawn_at IS NULL"


def _fts_entry(row: str) -> str:
    """Write number, words and speaker of a row, for SQLite."""
    number = f"CAST(replace({row}.said_on, '-', '') AS INTEGER) * {_A_DAY} + {row}.id"
    return f"{number}, {row}.content, lower(hex({row}.person_id))"


_FTS_KEEP = f"INSERT INTO statement_search (rowid, content, speaker) SELECT {_fts_entry('new')} {_if_shown('new')};"
# FTS5 forgets an entry by being told once more what it was.
_FTS_FORGET = (
    "INSERT INTO statement_search (statement_search, rowid, content, speaker) "
    f"SELECT 'delete', {_fts_entry('old')} {_if_shown('old')};"
)
_SQLITE_DROP = (
    *(f"DROP TRIGGER IF EXISTS statement_search_{event}" for event in _EVENTS),
    "DROP TABLE IF EXISTS statement_search",
    "DROP VIEW IF EXISTS statement_words",
)
_SQLITE = (
    f"""
    CREATE VIEW statement_words (number, content, speaker) AS
    SELECT {_fts_entry("statement")} FROM statement {_if_shown("statement")}
    """,  # noqa: S608
    "CREATE VIRTUAL TABLE statement_search USING fts5(content, speaker, content = 'statement_words', "
    "content_rowid = 'number', tokenize = 'unicode61 remove_diacritics 2')",
    f"CREATE TRIGGER statement_search_insert AFTER INSERT ON statement BEGIN {_FTS_KEEP} END",
    "CREATE TRIGGER statement_search_update AFTER UPDATE OF content, person_id, said_on, withdrawn_at ON statement "
    f"BEGIN {_FTS_FORGET} {_FTS_KEEP} END",
    f"CREATE TRIGGER statement_search_delete AFTER DELETE ON statement BEGIN {_FTS_FORGET} END",
    "INSERT INTO statement_search (statement_search) VALUES ('rebuild')",
)


def _gin_number(row: str) -> str:
    """Write the number of a row, for PostgreSQL."""
    day = " + ".join(
        f"extract({part} FROM {row}.said_on)::bigint * {weight}"
        for part, weight in (("year", 10_000), ("month", 100), ("day", 1))
    )
    return f"({day}) * {_A_DAY} + {row}.id"


def _gin_entry(row: str) -> str:
    """Write number and words of a row, for PostgreSQL; no word of a text begins like the speaker's."""
    speaker = f"array_to_tsvector(ARRAY['=' || encode(convert_to({row}.person_id, 'UTF8'), 'hex')])"
    return f"{_gin_number(row)}, statement_search_vector({row}.content) || {speaker}"


_POSTGRESQL_DROP = (
    "DROP INDEX IF EXISTS ix_statement_search",
    *(f"DROP TRIGGER IF EXISTS statement_search_{event} ON statement" for event in (*_EVENTS, "truncate")),
    "DROP TABLE IF EXISTS statement_search",
)
# PostgreSQL's parser would keep "3,5", "minister-president" and addresses whole; without their punctuation
# they fall apart as they do in FTS5. No stemming and no stop words: "geen cent meer" must be found as it is.
_POSTGRESQL = (
    f"""
    CREATE OR REPLACE FUNCTION statement_search_vector(content text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN to_tsvector(
        'pg_catalog.simple'::regconfig,
        regexp_replace(
            lower(translate(content, '{"".join(_PLAIN_LETTERS)}', '{"".join(_PLAIN_LETTERS.values())}')),
            '[^[:alnum:]]+', ' ', 'g'
        )
    )
    """,
    f"""
    CREATE OR REPLACE FUNCTION statement_search_follow() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'TRUNCATE' THEN
            TRUNCATE statement_search;
            RETURN NULL;
        END IF;
        IF TG_OP <> 'INSERT' THEN
            DELETE FROM statement_search WHERE number = {_gin_number("old")};
        END IF;
        IF TG_OP <> 'DELETE' THEN
            INSERT INTO statement_search SELECT {_gin_entry("new")} {_if_shown("new")};
        END IF;
        RETURN NULL;
    END $$
    """,  # noqa: S608
    "CREATE TABLE statement_search (number bigint NOT NULL, words tsvector NOT NULL)",
    f"INSERT INTO statement_search SELECT {_gin_entry('statement')} FROM statement {_if_shown('statement')}",  # noqa: S608
    "ALTER TABLE statement_search ADD CONSTRAINT pk_statement_search PRIMARY KEY (number)",
    "CREATE INDEX ix_statement_search ON statement_search USING gin (words)",
    *(
        f"CREATE TRIGGER statement_search_{event} AFTER {event} ON statement "
        f"FOR EACH {'STATEMENT' if event == 'truncate' else 'ROW'} EXECUTE FUNCTION statement_search_follow()"
        for event in (*_EVENTS, "truncate")
    ),
    # A plan depends on how common a word is.
    "ANALYZE statement_search",
)


def renew(connection: Connection) -> None:
    """Make the search anew from the statements, in the connection's transaction."""
    drop(connection)
    for command in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
        connection.exec_driver_sql(command)


def drop(connection: Connection) -> None:
    """Take the search away: SQLite lets no table change its form while a view stands on it."""
    for command in _SQLITE_DROP if connection.dialect.name == "sqlite" else _POSTGRESQL_DROP:
        connection.exec_driver_sql(command)


def is_derived(name: str | None) -> bool:
    """Whether a table or index of that name belongs to the search."""
    return name is not None and (name.startswith("statement_search") or name == "ix_statement_search")


def problems(connection: Connection) -> list[str]:
    """Say what is wrong with the search.

    Args:
        connection: A connection that may write; on SQLite FTS5 compares its index with the statements.

    Returns:
        One line for each problem.
    """
    if connection.dialect.name == "sqlite":
        names = {name for (name,) in connection.execute(text("SELECT name FROM sqlite_master"))}
        wanted = ["statement_search", *(f"statement_search_{event}" for event in _EVENTS)]
        missing = [f"the full-text search lacks {name}" for name in wanted if name not in names]
        return missing or _index_problems(connection)
    found = connection.execute(text("SELECT to_regclass('ix_statement_search')")).scalar()
    return [] if found else ["the full-text search lacks ix_statement_search"]


def entry_number(dialect: str) -> ColumnElement[int]:
    """Give the column that numbers the entries, by which they are ordered.

    Args:
        dialect: ``sqlite`` or ``postgresql``.
    """
    return _ENTRIES.c.rowid if dialect == "sqlite" else _ENTRIES.c.number


def statement_of(number: ColumnElement[int]) -> ColumnElement[int]:
    """Give the number of the statement that an entry is of."""
    return number % literal_column(str(_A_DAY), BigInteger)


def first_of(day: date) -> int:
    """Give the number below which no entry of a day is."""
    return int(day.isoformat().replace("-", "")) * _A_DAY


def first_after(day: date) -> int:
    """Give a number above all entries of a day, and above none of a later day."""
    return first_of(day) + _A_DAY


def holds(words: str, dialect: str, person_id: str | None = None) -> ColumnElement[bool] | None:
    """Give the condition that an entry holds all of these words.

    Args:
        words: What a user typed. Words in double quotes (curly ones too) must follow each other exactly; any other
            word of at least four letters may be the beginning of a longer one. Case and diacritics do not matter.
        dialect: ``sqlite`` or ``postgresql``.
        person_id: Only this speaker's.

    Returns:
        The condition; None where nothing was typed that can be looked for.
    """
    terms = _terms(words)
    if not terms:
        return None
    speaker = person_id.encode().hex() if person_id is not None else None
    if dialect == "sqlite":
        found = " AND ".join(f'"{" ".join(term)}"{"*" if is_open else ""}' for term, is_open in terms)
        query = f"content : ({found})" + (f' AND speaker : "{speaker}"' if speaker else "")
        return literal_column("statement_search").op("MATCH")(query)
    parts = [f"'{term[0]}':*" if is_open else " <-> ".join(f"'{word}'" for word in term) for term, is_open in terms]
    query = " & ".join([*(f"({part})" for part in parts), *([f"'={speaker}'"] if speaker else [])])
    return _ENTRIES.c.words.op("@@")(cast(query, TSQUERY))


def _index_problems(connection: Connection) -> list[str]:
    try:
        connection.exec_driver_sql(
            "INSERT INTO statement_search (statement_search, rank) VALUES ('integrity-check', 1)"
        )
    except DatabaseError:
        return ["the full-text index does not agree with the statements"]
    return []


def _terms(words: str) -> list[tuple[list[str], bool]]:
    """Give what must be found: words in their order, and whether the last may go on."""
    plain = unicodedata.normalize("NFC", words.translate(_CURLY_MARKS)).translate(_PLAIN).lower()
    phrases = [_WORDS.findall(phrase) for phrase in _PHRASES.findall(plain)]
    loose = _WORDS.findall(_PHRASES.sub(" ", plain))
    return [(phrase, False) for phrase in phrases if phrase] + [
        ([word], len(word) >= _SHORTEST_BEGINNING) for word in loose
    ]
