"""``gongkai serve``: the archive in the browser."""

from __future__ import annotations

import signal
import socket
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import uvicorn

from archive.commands.common import data_option, fail, open_archive, refuse_older
from archive.layout import DataDirectory
from archive.search import IndexOutdated
from archive.search.index import require_current
from archive.web.app import make_datasette


def _listen(host: str, port: int) -> socket.socket:
    """A bound socket; ends the command with one sentence if there is none to be had."""
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        # Bound only, another server could still take the port: listening claims it.
        listener.listen(128)
    except (OSError, OverflowError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        fail(f"cannot serve on {host} port {port} ({reason}): choose another with --port")
    return listener


class _Server(uvicorn.Server):
    """uvicorn that says when it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def serve(database: Path, host: str, port: int, *, browser: bool = False) -> None:
    """Serve ``database`` until SIGINT or SIGTERM; port 0 takes a free one. Prints the address when it
    answers."""
    listener = _listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listener.getsockname()[1]}/"

    def ready() -> None:
        click.echo(f"Serving {database} at {address} (Ctrl-C stops)")
        if browser:
            webbrowser.open(address)

    # uvicorn stops at either signal and then raises it again for whoever was there before: nobody, so that
    # being stopped is the ordinary end of this command.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _nothing)
    application = make_datasette(database).app()
    config = uvicorn.Config(application, log_level="warning", access_log=False, lifespan="on")
    config.timeout_graceful_shutdown = 5
    _Server(config, ready).run(sockets=[listener])


def _nothing(_number: int, _frame: Any) -> None:
    """The handler that uvicorn's repeated signal meets."""


@click.command(
    "serve",
    short_help="Browse and search the archive in the browser.",
    epilog="Example: gongkai serve --port 8080 --open",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="0 takes a free one."
)
@click.option("--open", "browser", is_flag=True, help="Open it in the browser.")
@data_option
def command(host: str, port: int, browser: bool, data: DataDirectory) -> None:
    """Browse and search the archive in the browser (Datasette, read-only).

    Crawls may go on meanwhile; what they commit is seen at once.
    """
    db = open_archive(data, readonly=True)
    try:
        refuse_older(db)
        require_current(db)
    except IndexOutdated as error:
        fail(str(error))
    finally:
        db.close()
    serve(data.database, host, port, browser=browser)
