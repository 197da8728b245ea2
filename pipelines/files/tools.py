"""Binary Word and PowerPoint files (DOC, WPS, PPT, DPS) by programs of Debian's, where they are installed."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.decode import decode
from pipelines.files.model import NoText, Text

TOOL_SECONDS = 30.0
MOST_OUTPUT = 16 << 20
"""Bytes of a program's output that are read."""
_READERS = {
    "doc": (("antiword", "-m", "UTF-8.txt", "-w", "0"), ("catdoc", "-w", "-d", "utf-8")),
    "ppt": (("catppt", "-d", "utf-8"),),
}
_OFFICE = ("soffice", "libreoffice")


def read_by_tool(body: bytes, kind: str, text: Text) -> None:
    """The text of a ``doc`` or ``ppt``: by the first program that is there and gives one, LibreOffice last.

    Raises :class:`NoText`: ``unsupported`` where there is none, ``failed`` where none could read it.
    """
    found = [words for words in _READERS[kind] if shutil.which(words[0])]
    office = next((name for name in _OFFICE if shutil.which(name)), None) if kind == "doc" else None
    if not found and office is None:
        names = ", ".join(
            [*(words[0] for words in _READERS[kind]), *(["LibreOffice"] if kind == "doc" else [])]
        )
        raise NoText("unsupported", f"a binary {kind.upper()}: its reader ({names}) is not installed")
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"file.{kind}"
        path.write_bytes(body)
        said: NoText | None = None
        for words in [*found, *([office] if office else [])]:
            try:
                text.look_at_the_clock()
                if isinstance(words, str):
                    result = _convert(words, path, folder)
                else:
                    result = output_of([*words, str(path)], folder, TOOL_SECONDS)
            except NoText as error:
                said = error
                continue
            if result.strip():
                for line in result.split("\n"):
                    text.add(line.replace("|", " | ") if line.startswith("|") else line)
                return
    raise said or NoText("failed", "the program that reads it found no text in it")


def output_of(words: list[str], folder: str, seconds: float) -> str:
    """What a program prints; its first :data:`MOST_OUTPUT` bytes. Raises :class:`NoText` where it fails."""
    out = Path(folder) / "out"
    _run(words, folder, out, seconds)
    with out.open("rb") as stream:
        return decode(stream.read(MOST_OUTPUT)).text


def _convert(program: str, path: Path, folder: str) -> str:
    profile = (Path(folder) / "profile").as_uri()
    words = [
        program, "--headless", "--norestore", f"-env:UserInstallation={profile}", "--convert-to", "txt:Text (encoded):UTF8",
        "--outdir", folder, str(path),
    ]  # fmt: skip
    _run(words, folder, Path(folder) / "out", TOOL_SECONDS)
    result = path.with_suffix(".txt")
    if not result.is_file():
        raise NoText("failed", "LibreOffice could not read the file")
    with result.open("rb") as stream:
        return decode(stream.read(MOST_OUTPUT)).text


def _run(words: list[str], folder: str, out: Path, seconds: float) -> None:
    """In a session of its own, so that what it started ends with it; nothing of our environment but the path."""
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8"}
    with out.open("wb") as stream:
        process = subprocess.Popen(
            words, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=stream, stderr=subprocess.DEVNULL,
            start_new_session=True, preexec_fn=_limits,
        )  # fmt: skip
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise NoText("failed", f"{words[0]} took longer than {seconds:.0f} s") from None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    if code:
        raise NoText("failed", f"{Path(words[0]).name} could not read the file (exit code {code})")


def _limits() -> None:
    """The reader's own bound on memory is not the program's; a file it writes has one."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_OUTPUT * 16, MOST_OUTPUT * 16))
