"""Full-text search over the words of statements, with one behaviour on both databases.

What it stands on (an FTS5 table with its triggers, or a GIN index over a function) is derived from the
statements. It belongs to no revision: every upgrade makes it anew, since changing a table on SQLite drops
the table's triggers, and Alembic's comparison must not see it.
"""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import ColumnElement, Connection, column, func, literal_column, select, table, text
from sqlalchemy.exc import DatabaseError
from sqlmodel import col

from storage.tables import Statement

_PHRASES = re.compile(r'"([^"]*)"?')
_WORDS = re.compile(r"[^\W_]+")
_CURLY_MARKS = str.maketrans(dict.fromkeys("“”„«»", '"'))


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

_SQLITE = (
    "DROP TRIGGER IF EXISTS statement_search_insert",
    "DROP TRIGGER IF EXISTS statement_search_update",
    "DROP TRIGGER IF EXISTS statement_search_delete",
    "DROP TABLE IF EXISTS statement_search",
    """
    CREATE VIRTUAL TABLE statement_search USING fts5(
        content, content = 'statement', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
    )
    """,
    """
    CREATE TRIGGER statement_search_insert AFTER INSERT ON statement BEGIN
        INSERT INTO statement_search (rowid, content) VALUES (new.id, new.content);
    END
    """,
    """
    CREATE TRIGGER statement_search_update AFTER UPDATE OF content ON statement BEGIN
        INSERT INTO statement_search (statement_search, rowid, content) VALUES ('delete', old.id, old.content);
        INSERT INTO statement_search (rowid, content) VALUES (new.id, new.content);
    END
    """,
    """
    CREATE TRIGGER statement_search_delete AFTER DELETE ON statement BEGIN
        INSERT INTO statement_search (statement_search, rowid, content) VALUES ('delete', old.id, old.content);
    END
    """,
    "INSERT INTO statement_search (statement_search) VALUES ('rebuild')",
)

# PostgreSQL's parser would keep "3,5", "minister-president" and addresses whole; without their punctuation
# they fall apart as they do in FTS5. No stemming and no stop words: "geen cent meer" must be found as it is.
_POSTGRESQL = (
    "DROP INDEX IF EXISTS ix_statement_search",
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
    "CREATE INDEX ix_statement_search ON statement USING gin (statement_search_vector(content))",
)


def renew(connection: Connection) -> None:
    """Make the search anew from the statements, in the connection's transaction."""
    for command in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
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
        wanted = ["statement_search", *(f"statement_search_{event}" for event in ("insert", "update", "delete"))]
        missing = [f"the full-text search lacks {name}" for name in wanted if name not in names]
        return missing or _index_problems(connection)
    found = connection.execute(text("SELECT to_regclass('ix_statement_search')")).scalar()
    return [] if found else ["the full-text search lacks ix_statement_search"]


def matches(words: str, dialect: str) -> ColumnElement[bool] | None:
    """Give the condition that a statement holds all of these words.

    Args:
        words: What a user typed. Words in double quotes (curly ones too) must follow each other exactly;
            any other word may be the beginning of a longer one.
        dialect: ``sqlite`` or ``postgresql``.

    Returns:
        A condition on ``Statement``; None where nothing was typed that can be looked for.
    """
    terms = _terms(words)
    if not terms:
        return None
    if dialect == "sqlite":
        query = " AND ".join(f'"{" ".join(term)}"{"" if is_phrase else "*"}' for term, is_phrase in terms)
        index = table("statement_search", column("rowid"))
        hits = select(index.c.rowid).where(literal_column("statement_search").op("MATCH")(query))
        return col(Statement.id).in_(hits)
    query = " & ".join(f"({' <-> '.join(term)})" if is_phrase else f"{term[0]}:*" for term, is_phrase in terms)
    vector = func.statement_search_vector(col(Statement.content))
    return vector.op("@@")(func.to_tsquery(literal_column("'pg_catalog.simple'::regconfig"), query))


def _index_problems(connection: Connection) -> list[str]:
    try:
        connection.exec_driver_sql(
            "INSERT INTO statement_search (statement_search, rank) VALUES ('integrity-check', 1)"
        )
    except DatabaseError:
        return ["the full-text index does not agree with the statements"]
    return []


def _terms(words: str) -> list[tuple[list[str], bool]]:
    plain = unicodedata.normalize("NFC", words.translate(_CURLY_MARKS)).translate(_PLAIN).lower()
    phrases = [_WORDS.findall(phrase) for phrase in _PHRASES.findall(plain)]
    loose = _WORDS.findall(_PHRASES.sub(" ", plain))
    return [(phrase, True) for phrase in phrases if phrase] + [([word], False) for word in loose]
