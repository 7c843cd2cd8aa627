"""What can go wrong with the database, in words for the person who runs it."""

from __future__ import annotations


class StorageError(Exception):
    """Something failed in the database for a reason that a person can read and act on."""


class InvalidAddress(StorageError):
    """The address names no database that we can use."""


class DatabaseMissing(StorageError):
    """There is no database at the address."""


class DatabaseUnavailable(StorageError):
    """The database is there, or should be, but does not answer: down, locked for too long, or unreadable."""


class NotMigrated(StorageError):
    """The database has no tables of ours yet, or those of an older version."""


class NewerDatabase(StorageError):
    """A newer version of this program made the database."""


class MigrationFailed(StorageError):
    """An upgrade would have damaged the data, and was undone."""


class ValueRefused(StorageError):
    """A value broke a rule of its table: an unknown word, a missing parent, a moment without a time zone."""


class InvalidRoster(StorageError):
    """The data is not a roster in Popolo form."""


class InvalidBackup(StorageError):
    """The file is not a backup of ours, or not a whole one."""


class DatabaseNotEmpty(StorageError):
    """A backup is restored into an empty database only."""
