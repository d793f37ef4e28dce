"""A real MariaDB for tests, on a loopback port, with its data in a folder of its own."""

from __future__ import annotations

import getpass
import shutil
import subprocess
from pathlib import Path

import pymysql

from tests.servers.local_process import LocalProcess, free_port


class MariaDbServer:
    """`url(name)` is good while it runs. A restart keeps the port and the data."""

    def __init__(self, folder: Path, program: str) -> None:
        self.folder = folder
        self.port = free_port()
        data = folder / "data"
        self.process = LocalProcess(
            [
                program,
                "--no-defaults",
                f"--datadir={data}",
                f"--socket={folder / 's'}",
                f"--port={self.port}",
                "--bind-address=127.0.0.1",
                f"--pid-file={folder / 'pid'}",
                f"--user={getpass.getuser()}",
                # Nothing here must survive a loss of power, only kills; waiting for the disk is most of a migration.
                "--innodb-flush-log-at-trx-commit=2",
                "--innodb-flush-method=nosync",
                "--innodb-doublewrite=0",
                "--skip-log-bin",
                "--max-connections=200",
            ],
            folder / "mariadb.log",
        )
        if not data.exists():
            folder.mkdir(parents=True, exist_ok=True)
            _install(data)

    def connect(self, name: str | None = None) -> pymysql.Connection:
        """A connection, to the database of that name if one is given. Used by `with`, it closes at the end."""
        return pymysql.connect(host="127.0.0.1", port=self.port, user="root", database=name, connect_timeout=2)

    def _answers(self) -> bool:
        try:
            self.connect().close()
        except pymysql.MySQLError:
            return False
        return True

    def start(self) -> None:
        """Start and wait for the first answer."""
        self.process.start(self._answers)

    def stop(self) -> None:
        """End it."""
        self.process.stop()

    def create_database(self, name: str) -> str:
        """A new empty database; its SQLAlchemy address."""
        connection = self.connect()
        try:
            connection.cursor().execute(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4")
        finally:
            connection.close()
        return f"mysql+pymysql://root@127.0.0.1:{self.port}/{name}"

    def drop_database(self, name: str) -> None:
        """Remove it."""
        connection = self.connect()
        try:
            connection.cursor().execute(f"DROP DATABASE IF EXISTS `{name}`")
        finally:
            connection.close()


def _install(data: Path) -> None:
    """The tables that it needs itself. What is half there is taken away, so that the next one begins anew."""
    command = ["mariadb-install-db", "--no-defaults", f"--datadir={data}", f"--user={getpass.getuser()}"]
    command += ["--auth-root-authentication-method=normal", "--skip-test-db"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    if done.returncode:
        shutil.rmtree(data, ignore_errors=True)
        raise AssertionError(f"{command[0]} ended with {done.returncode}: {(done.stdout + done.stderr)[-3000:]}")
