"""What archiving a page costs: rows found by index whatever the archive's size, and little time."""

from __future__ import annotations

import time
from typing import Any

from archive.record import Attachment, Finding
from archive.transaction import transaction
from archive.writer import replace_record

N1, N2 = "005452487/2020-00001", "005452487/2020-00002"
# Sub-selects over literals and the rows of one statement, not tables.
HARMLESS = ("SCAN json_each", "SCAN CONSTANT ROW", "SCAN page", "SCAN (subquery")


def everything(site: Any, prose: Any) -> None:
    """Each branch of the writer at least once."""
    finding, file = [Finding("no-body", "info", "empty")], [Attachment("http://x.gov.cn/f.pdf", "附件")]
    site.visit("/a", index_number=N1, agency="市政府", findings=finding, attachments=file)
    site.visit("/b", index_number=N1, attachments=file)
    site.visit("/a", index_number=N1, topic="x", attachments=file)
    site.visit("/a", index_number=N1, body_text="")
    site.visit("/c", index_number=N1, body_text=prose(2), title="他题")
    site.visit("/d", index_number=N2)
    site.visit("/e", body_text=prose(3))
    site.visit("/f", index_number=N2 + "1", body_text=prose(3), attachments=file)
    joined = site.visit("/e", index_number=N2 + "1", body_text=prose(3), attachments=file)
    repaired = site.record("/a", index_number=N1, topic="x", attachments=file, extractor_version="2")
    site.write(repaired, "/a", baseline=repaired)
    with transaction(site.db):
        record = site.record("/e", index_number=N2 + "1", body_text=prose(3), topic="y")
        assert joined.revision_id and replace_record(site.db, joined.revision_id, record, at=site.at)
    site.visit("/c", index_number=N2 + "2", body_text=prose(4), title="再题")
    for path in ("/a", "/b"):
        for _ in range(3):
            site.gone(path, days=1)
    site.visit("/a", index_number=N1, topic="x")
    assert set(site.events()) == {"new", "revised", "quarantined", "joined", "withdrawn", "returned"}


def test_no_statement_reads_a_whole_table(site: Any, prose: Any) -> None:
    statements: set[str] = set()
    site.db.conn.set_trace_callback(statements.add)
    everything(site, prose)
    site.db.conn.set_trace_callback(None)
    writing = [
        sql for sql in statements if sql.lstrip().startswith(("SELECT", "UPDATE", "DELETE", "INSERT", "WITH"))
    ]
    assert len(writing) > 100
    scans = {}
    for sql in writing:
        # The tests' own counting, and the index's inner statements, are not the writer's.
        if "_fts" in sql or "ORDER BY seq" in sql:
            continue
        for row in site.db.conn.execute(f"EXPLAIN QUERY PLAN {sql}"):
            if row[3].startswith("SCAN") and not row[3].startswith(HARMLESS):
                scans[row[3]] = sql
    assert scans == {}


def test_a_page_of_eight_kilobytes_is_archived_in_little_time(site: Any, prose: Any) -> None:
    records = [site.record(f"/{n}", index_number=f"1/2020-{n}", body_text=prose(n, 265)) for n in range(40)]
    assert 8_000 < len(records[0].body_text.encode()) < 10_000
    start = time.process_time()
    for number, record in enumerate(records):
        site.write(record, f"/{number}")
    # Measured: 2.0 ms and 1.5 to 3 ms for the search index, each in a transaction of its own here.
    assert (time.process_time() - start) / len(records) < 0.03
