"""The store's file: its tables, how an older file is brought up to date, and what makes a file unfit.

A change of the tables is one more entry of `MIGRATIONS`; an entry that has been released is never edited.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from twin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

APPLICATION = int.from_bytes(b"TWIN")
"""What SQLite writes at the head of the file, so that another program's database is not taken for a store."""

BUSY_S = 30.0
"""How long to wait for another process that writes [s]."""

FIRST = (
    "CREATE TABLE about (key TEXT PRIMARY KEY, value) WITHOUT ROWID",
    # Times are seconds since the store's epoch [s]; the fields are JSON.
    """CREATE TABLE event (source TEXT NOT NULL, boot INT NOT NULL, sequence INT NOT NULL, time REAL NOT NULL,
        run INT NOT NULL, station TEXT, machine INT, kind TEXT NOT NULL, fields TEXT NOT NULL,
        PRIMARY KEY (source, boot, sequence)) WITHOUT ROWID""",
    "CREATE INDEX event_by_time ON event (time, source, boot, sequence)",
    "CREATE INDEX note_by_time ON event (time, source, boot, sequence) WHERE kind = 'note'",
    """CREATE TABLE quarantine (id INTEGER PRIMARY KEY AUTOINCREMENT, received_ns INT NOT NULL, topic TEXT NOT NULL,
        payload BLOB NOT NULL, size INT NOT NULL, reason TEXT NOT NULL)""",
    # A window's row is replaced while the window still runs, so that a shift has one row and not one a minute.
    """CREATE TABLE kpi (window TEXT NOT NULL, start_s REAL NOT NULL, station TEXT NOT NULL, policy TEXT NOT NULL,
        end_s REAL NOT NULL, row TEXT NOT NULL, PRIMARY KEY (window, start_s, station, policy)) WITHOUT ROWID""",
    "CREATE TABLE forecast (made_s REAL PRIMARY KEY, forecast TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE score (shift_end_s REAL PRIMARY KEY, score TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE checkpoint (time_s REAL PRIMARY KEY, shift TEXT NOT NULL, data BLOB NOT NULL) WITHOUT ROWID",
    # A point of the outbox is "series fields time" in line protocol; a series is named once.
    "CREATE TABLE series (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    """CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, series INT NOT NULL, time_ns INT NOT NULL,
        fields TEXT NOT NULL)""",
    "CREATE UNIQUE INDEX outbox_by_time ON outbox (series, time_ns)",
    "CREATE TABLE dead_letter (id INTEGER PRIMARY KEY AUTOINCREMENT, line TEXT NOT NULL, reason TEXT NOT NULL)",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (FIRST,)
"""The statements that bring a store from one version to the next; the version is the number of entries applied."""


class Unwritable(InputError):  # noqa: N818 -- it says what the store is, not that it erred
    """The store cannot be written now, as when the disk is full. Nothing of the attempt is kept; try again."""


def open_to_write(path: Path) -> sqlite3.Connection:
    """Open a store as its writer does: made if missing, brought up to date, safe on disk at each commit.

    Raises
    ------
    InputError
        If the file is no store, is from a newer version, or cannot be written.
    """
    with sentences(path):
        db = _connect(f"{path.absolute().as_uri()}?mode=rwc")
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA wal_autocheckpoint = 4000")
            # Identities that are hashes fall anywhere in the index: its pages are worth holding [KiB].
            db.execute("PRAGMA cache_size = -16000")
            _bring_up_to_date(db, path)
        except BaseException:
            db.close()
            raise
        return db


def open_to_read(path: Path) -> sqlite3.Connection:
    """Open a store that another may be writing.

    Raises
    ------
    InputError
        If there is no store, or one of another version.
    """
    if not path.is_file():
        raise InputError(f"{path}: no store is there; start `twin live` with it, or name the one it writes")
    with sentences(path):
        db = _connect(f"{path.absolute().as_uri()}?mode=ro")
        try:
            version = _version(db, path)
        except BaseException:
            db.close()
            raise
    if version < len(MIGRATIONS):
        db.close()
        raise InputError(f"{path}: the store is of an older version ({version}); start `twin live` once to renew it")
    return db


@contextmanager
def transaction(db: sqlite3.Connection, path: Path) -> Iterator[None]:
    """All or nothing: what is written inside is safe on disk at the end, or gone if anything fails.

    Raises
    ------
    Unwritable
        If the disk refuses.
    """
    with sentences(path):
        db.execute("BEGIN IMMEDIATE")
        try:
            yield
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise


@contextmanager
def sentences(path: Path) -> Iterator[None]:
    """Say what SQLite refuses in one sentence."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise Unwritable(_refusal(path, error)) from error
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
            raise
        raise InputError(f"{path}: this is no store ({error}); name another file, or restore a copy") from error


def _refusal(path: Path, error: sqlite3.OperationalError) -> str:
    name = getattr(error, "sqlite_errorname", "")
    if name == "SQLITE_FULL" or name.startswith("SQLITE_IOERR"):
        return f"{path}: the disk is full or refuses to write ({error}); make room, nothing is lost meanwhile"
    if name.startswith("SQLITE_BUSY"):
        return f"{path}: another program keeps the store locked; close it"
    return f"{path}: the store cannot be opened or written ({error}); name a file in a folder that can be written"


def _connect(uri: str) -> sqlite3.Connection:
    return sqlite3.connect(uri, uri=True, timeout=BUSY_S, isolation_level=None)


def _version(db: sqlite3.Connection, path: Path) -> int:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (tables,) = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if application != APPLICATION and (tables or version):
        raise InputError(f"{path}: this is another program's database; name another file")
    if version > len(MIGRATIONS):
        raise InputError(
            f"{path}: the store is of a newer version ({version}; this program knows {len(MIGRATIONS)}); "
            "install the newer line-twin, or name another file"
        )
    return int(version)


def _bring_up_to_date(db: sqlite3.Connection, path: Path) -> None:
    if _version(db, path) == len(MIGRATIONS):
        return
    with transaction(db, path):
        for statements in MIGRATIONS[_version(db, path) :]:
            for statement in statements:
                db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION}")
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
