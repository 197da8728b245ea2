"""A portal whose documents link to files; each call of ``files.brings`` is one answer, one minute later."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlite_utils import Database

from archive.attachments.due import DueFile, Phase, due_files
from archive.attachments.file import FileFacts, describe_file
from archive.attachments.misses import Miss, miss_attachment
from archive.attachments.observed import observe_attachment
from archive.captures.model import Capture
from archive.record import Attachment
from archive.transaction import transaction
from tests.archive.history.conftest import CRAWL, Site

HOST = "x.gov.cn"


def facts(content: str) -> FileFacts:
    """The facts of a PDF with this content."""
    return describe_file(b"%PDF-" + content.encode(), "application/pdf", None)


class Files(Site):
    """Documents with files, and what the portal answers for the files."""

    def links(self, path: str, *names: str, host: str = HOST, **fields: Any) -> None:
        """A document at ``path`` that links to these files; its text is its path's own."""
        attachments = [Attachment(f"http://{host}/f/{name}", name) for name in names]
        values = {"title": f"关于{path}的通知", "body_text": f"{path}。" * 60}
        self.visit(path, attachments=attachments, **values | fields)

    def answer(self, name: str, **values: Any) -> Capture:
        """A capture of the file's address."""
        self.minutes += 1
        return self.capture(f"/f/{name}", role="attachment", **values)

    def brings(self, name: str, content: str, **values: Any) -> str:
        """The file comes."""
        return self.observe(self.answer(name, **values), name, facts(content))

    def observe(self, capture: Capture, name: str, file: FileFacts | None) -> str:
        """An answer, whatever it is."""
        with transaction(self.db):
            return observe_attachment(self.db, capture, f"{HOST}/f/{name}", file)

    def vanishes(self, name: str) -> str:
        """404."""
        return self.observe(self.answer(name, status=404, outcome="gone"), name, None)

    def misses(self, name: str, state: Miss = "error", reason: str = "network", host: str = HOST) -> int:
        """No answer."""
        self.minutes += 1
        with transaction(self.db):
            return miss_attachment(
                self.db, "sample", f"{host}/f/{name}", state=state, reason=reason, error="no answer in time", at=self.at,
                crawl_id=CRAWL,
            )  # fmt: skip

    def due(self, phase: Phase, **values: Any) -> list[str]:
        """The names of the files that are due."""
        parameters: dict[str, Any] = {"at": self.at, "since": self.at, "hosts": [HOST], "limit": 100}
        return [one.name for one in self.found(phase, **parameters | values)]

    def found(self, phase: Phase, **values: Any) -> list[DueFile]:
        """What :func:`due_files` gives."""
        return due_files(self.db, "sample", phase, **values)

    def states(self) -> list[Any]:
        """Name, state and short digest of every row."""
        return self.rows("SELECT name, state, substr(digest, 8, 6) FROM attachments ORDER BY id")

    def versions(self, name: str) -> list[str]:
        """The digests of the versions at the documents that link to the file, in the order in which they came."""
        return self.rows(
            "SELECT v.digest FROM attachment_versions AS v JOIN attachments AS a ON a.id = v.attachment_id"
            " WHERE a.name = ? ORDER BY v.seen_at, a.id",
            name,
        )

    def open_findings(self) -> list[Any]:
        """Rule and severity of what is open."""
        return self.rows("SELECT rule, severity FROM findings WHERE resolved_at IS NULL ORDER BY rule, id")


@pytest.fixture
def files(db: Database, capture: Callable[..., Capture]) -> Files:
    return Files(db, capture)
