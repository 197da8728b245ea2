"""What runs in a worker process: bundles in, records out, until the other end of the pipe is gone."""

from __future__ import annotations

import gc
import signal
from multiprocessing.connection import Connection

from archive.record import Record
from pipelines.bundle import Bundle
from pipelines.extract import extract, file_record


def read_bundle(bundle: Bundle, is_file: bool) -> Record:
    """The record of a document page, or of an entry that is itself a file; raises ``Unreadable``."""
    return file_record(bundle) if is_file else extract(bundle)


def serve(pipe: int) -> None:
    """Answer each ``(bundle, is_file)`` on the connection of that descriptor with a record or an exception.

    Ends when the crawl closes its end, dies included, and on nothing else: a signal to the whole process group is
    the crawl's to judge.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)  # a page's tree is thousands of objects that die with it
    with Connection(pipe) as connection:
        while True:
            try:
                bundle, is_file = connection.recv()
            except EOFError:
                return
            try:
                answer: Record | Exception = read_bundle(bundle, is_file)
            except Exception as error:  # the crawl's to judge
                answer = error
            try:
                _send(connection, answer)
            except BrokenPipeError:
                return


def _send(connection: Connection, answer: Record | Exception) -> None:
    try:
        connection.send(answer)
    except BrokenPipeError:
        raise
    except Exception as error:  # an exception that cannot be pickled
        connection.send(RuntimeError(f"{type(answer).__name__}: {answer} ({error})"))
