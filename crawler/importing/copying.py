"""Foreign captures copied into a capture file of our own: each answer once, whatever comes twice or in whatever order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from sqlite_utils import Database

from archive.attachments.file import FileFacts
from archive.captures.model import Capture
from archive.captures.reader import MAX_BODY, DamagedCapture, read_capture
from archive.captures.records import payload_digest
from archive.crawling.entries import ListedEntry
from archive.layout import DataDirectory
from archive.urls import host_of, request_key, url_key
from crawler import clock
from crawler.engines import ENGINES
from crawler.engines.base import Entry, ListingError
from crawler.engines.links import is_file
from crawler.files import BROUGHT, NOT_MODIFIED, NoFile, file_in
from crawler.health import CrawlVerdict
from crawler.importing.addresses import Addresses, Kept
from crawler.importing.answers import NotTaken, Taken, original_key, taken
from crawler.importing.exchanges import Exchange, exchanges
from crawler.importing.http import values
from crawler.importing.import_file import ImportFile
from crawler.importing.known import Known
from crawler.importing.records import ForeignRecord, read_records
from crawler.importing.sources import Advance, BadInput, open_sources
from crawler.portals.model import Portal
from crawler.portals.plan import DirectoryPlan
from pipelines.decode import decode

MAX_PROBLEMS = 100
MAX_REASONS = 20
_HEADERS = 1 << 20


@dataclass
class Imported:
    """What came of an import. ``counts``: ``taken`` of roles ``listing``, ``document``, ``attachment``; ``already``
    there; ``offsite``; ``other`` (nothing that is kept); ``no_original`` (revisits); ``damaged``."""

    crawl_id: str | None = None
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    unreplayed: bool = False

    @property
    def of_the_portal(self) -> int:
        """Answers of the portal's own hosts, taken or not."""
        return sum(self.counts[name] for name in ("taken", "already", "other", "no_original", "damaged"))

    def problem(self, sentence: str) -> None:
        """Note a sentence; the first hundred are kept, all are counted."""
        self.counts["problems"] += 1
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(sentence)


def copy_captures(
    db: Database,
    data: DataDirectory,
    portal: Portal,
    files: Sequence[Path],
    progress: Advance = lambda size: None,
) -> Imported:
    """Copy what ``files`` hold of ``portal`` into one new capture file; the caller holds the portal's lock.

    Nothing is written where nothing is new. Raises ``OSError`` when the disk takes no more: what was written is
    whole, and importing again goes on.
    """
    result = Imported()
    out = ImportFile(data, portal, [path.name for path in files])
    known = Known(db, data, portal.id)
    copier = _Copier(data, portal, out, known, result)
    try:
        for path in files:
            for found in _exchanges(path, progress):
                if isinstance(found, BadInput):
                    result.problem(str(found))
                else:
                    copier.take(found)
        verdict = CrawlVerdict("complete", "ok", [])
        if result.problems:
            verdict = CrawlVerdict("incomplete", "degraded", result.problems[:MAX_REASONS])
        out.finish(verdict, dict(result.counts))
    finally:
        out.close()
    result.crawl_id = out.crawl_id if out.begun else None
    result.unreplayed = known.unreplayed
    return result


def _exchanges(path: Path, progress: Advance) -> Iterator[Exchange | BadInput]:
    try:
        for source in open_sources(path, progress):
            yield from exchanges(read_records(source, MAX_BODY + _HEADERS))
    except BadInput as error:
        yield error


class _Copier:
    def __init__(self, data: DataDirectory, portal: Portal, out: ImportFile, known: Known, result: Imported):
        self._data = data
        self._portal = portal
        self._out = out
        self._known = known
        self._result = result
        self._addresses = Addresses(portal)

    def take(self, exchange: Exchange) -> None:
        """Copy an answer, or count why not."""
        try:
            item = taken(exchange, self._portal)
            self._copy(item, exchange.record)
        except NotTaken as reason:
            self._result.counts[reason.count] += 1
            if reason.trouble is not None:
                self._result.problem(reason.trouble)

    def _copy(self, item: Taken, record: ForeignRecord) -> None:
        question = item.question
        try:
            key = request_key(question.method, item.url, question.body)
            original = self._original(item, record) if item.revisit else None
            media = original.media_type if original is not None else item.media_type
            kept = self._addresses.kept_as(
                question.method, item.url, question.body, media, clock.day_of(item.at)
            )
        except ValueError:
            raise NotTaken("other") from None
        if kept is None:
            raise NotTaken("other")
        listed = self._read_listing(item, kept)
        label = record.fields.get("warc-payload-digest")
        digest = original.payload_digest if original is not None else payload_digest(item.answer.body)
        if self._known.has(key, item.at, digest):
            if (row := self._known.row(key, item.at, digest)) is not None:
                self._known.refer(row, label)
            raise NotTaken("already")
        source = Path(record.source).name[-200:]
        brought = self._file(item, kept, original)
        capture = self._out.add(item, kept, key, source, original=original, brought=brought)
        self._known.add(capture, label)
        self._result.counts["taken"] += 1
        self._result.counts[kept.role] += 1
        if listed and kept.directory is not None:
            self._out.sighted(capture, kept.directory, listed)

    def _file(self, item: Taken, kept: Kept, original: Capture | None) -> FileFacts | None:
        """The file that an answer brought; of a revisit, its original did."""
        if kept.kind != "file" or item.answer.status not in (*BROUGHT, NOT_MODIFIED):
            return None
        payload, headers = item.answer.body, item.answer.headers
        try:
            if original is not None:
                stored = read_capture(self._data, original.file, original.offset, original.length)
                payload, headers = stored.payload, stored.headers
            types = values(headers, b"content-type")
            return file_in(item.url, payload, values(headers, b"content-encoding"), next(iter(types), None))
        except DamagedCapture:
            raise NotTaken("no_original") from None
        except NoFile:
            return None

    def _original(self, item: Taken, record: ForeignRecord) -> Capture:
        fields = record.fields
        url = original_key(fields.get("warc-refers-to-target-uri") or record.url)
        at = fields.get("warc-refers-to-date", "")
        label = fields.get("warc-payload-digest")
        original = self._known.original(request_key("GET", url), _time(at), label)
        if original is None or original.fetched_at > item.at:
            raise NotTaken("no_original")
        return original

    def _read_listing(self, item: Taken, kept: Kept) -> list[ListedEntry]:
        """The addresses that a listing page names; its next page is known from here on."""
        planned, request = kept.plan, kept.request
        if planned is None or request is None or not item.text or item.outcome() != "content":
            return []
        header = next(iter(item.answer.values(b"content-type")), None)
        content_type = header.decode("latin-1") if header is not None else None
        text = decode(item.text, content_type, self._portal.http.encoding).text
        try:
            page = ENGINES[planned.engine].read(planned, request, text, item.url)
        except ListingError:
            return []
        if page.next is not None:
            self._addresses.expect(planned, page.next)
        return [listed for entry in page.entries if (listed := self._listed(planned, entry)) is not None]

    def _listed(self, planned: DirectoryPlan, entry: Entry) -> ListedEntry | None:
        urls = planned.urls
        try:
            own = host_of(entry.url) in self._portal.own_hosts
            key = url_key(entry.url, drop_query=urls.drop_query, keep_fragment=urls.keep_fragment)
        except ValueError:
            return None
        if not own:
            return None
        kind: Literal["file", "page"] = "file" if is_file(urls, entry.url) else "page"
        return ListedEntry(
            url=entry.url,
            url_key=key,
            kind=kind,
            title=entry.title,
            published_on=entry.published_on,
            fields=dict(entry.fields),
        )


def _time(text: str) -> str:
    """Another record's WARC-Date in the archive's form; as it is where it is none."""
    try:
        return clock.stamp(clock.parse_stamp(text))
    except (ValueError, OverflowError):
        return text
