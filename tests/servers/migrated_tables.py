"""TOP_N's tables, migrated once a run and then copied: migrating costs each test half a second of work."""

from __future__ import annotations

import shutil
from pathlib import Path

import pymysql

from core.store.database import Database
from tests.servers.mariadb_server import MariaDbServer

TEMPLATE = "migrated_template"


class MigratedFile:
    """The same for SQLite: one file."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "migrated.sqlite3"
        _migrate(f"sqlite:///{self._file}")

    def copy(self, path: Path) -> str:
        """The address of a new database in `path`."""
        shutil.copyfile(self._file, path)
        return f"sqlite:///{path}"


class MigratedTables:
    """On one MariaDB. Reads how the template's tables are made, and what the migrations put into them."""

    def __init__(self, server: MariaDbServer) -> None:
        self._server = server
        _migrate(server.create_database(TEMPLATE))
        self._statements: list[str] = []
        with server.connect() as connection, connection.cursor() as cursor:
            cursor.execute(f"SHOW TABLES FROM `{TEMPLATE}`")
            for (table,) in cursor.fetchall():
                self._read(cursor, table)

    def _read(self, cursor: pymysql.cursors.Cursor, table: str) -> None:
        cursor.execute(f"SHOW CREATE TABLE `{TEMPLATE}`.`{table}`")
        self._statements.append(cursor.fetchall()[0][1])
        copied = f"INSERT INTO `{table}` SELECT * FROM `{TEMPLATE}`.`{table}`"  # noqa: S608  # names of our own
        self._statements.append(copied)

    def copy(self, name: str) -> str:
        """The address of a new database of that name."""
        url = self._server.create_database(name)
        with self._server.connect(name) as connection, connection.cursor() as cursor:
            # Tables that refer to each other are made in the order of their names.
            cursor.execute("SET FOREIGN_KEY_CHECKS = 0")
            for statement in self._statements:
                cursor.execute(statement)
            connection.commit()
        return url


def _migrate(url: str) -> None:
    db = Database(url)
    db.migrate()
    db.close()
