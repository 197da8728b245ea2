"""What holds in an archive whatever happened to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from archive.crawling.frontier import GONE_DAYS
from archive.history.check import check_content
from archive.privacy import mask_record
from archive.search import check_index
from tests.proof.world import World

Law = Callable[[World], Iterator[str]]


def broken(world: World) -> list[str]:
    """A sentence for each law that does not hold."""
    return [f"{law.__name__}: {sentence}" for law in LAWS for sentence in law(world)]


def rows_refer_to_rows(world: World) -> Iterator[str]:
    """Foreign keys."""
    yield from (str(tuple(row)) for row in world.db.conn.execute("PRAGMA foreign_key_check"))


def the_index_is_the_table(world: World) -> Iterator[str]:
    """Search finds what documents show and nothing else."""
    yield from check_index(world.db)


def what_stands_twice_agrees(world: World) -> Iterator[str]:
    """Documents show their revision's record, hashes are of records."""
    yield from check_content(world.db)


def uids_resolve(world: World) -> Iterator[str]:
    """A document is found by its own uid."""
    yield from _rows(world, "SELECT uid FROM documents AS d WHERE NOT EXISTS ("
                     "SELECT 1 FROM document_uids AS u WHERE u.uid = d.uid AND u.document_id = d.id)")  # fmt: skip


def documents_have_addresses(world: World) -> Iterator[str]:
    """Each document was read somewhere: it has a revision; and unless it is withdrawn, an address."""
    yield from _rows(world, "SELECT uid FROM documents AS d WHERE revision_id IS NOT NULL AND withdrawn_at IS NULL"
                     " AND NOT EXISTS (SELECT 1 FROM sightings WHERE document_id = d.id)")  # fmt: skip
    yield from _rows(world, "SELECT uid FROM documents AS d WHERE NOT EXISTS ("
                     "SELECT 1 FROM revisions WHERE document_id = d.id)")  # fmt: skip


def addresses_that_answered_have_a_document(world: World) -> Iterator[str]:
    """No visit is lost."""
    yield from _rows(
        world, "SELECT url_key FROM sightings WHERE content_hash IS NOT NULL AND document_id IS NULL"
    )


def readers_see_an_accepted_revision(world: World) -> Iterator[str]:
    """Of the document's own."""
    yield from _rows(world, "SELECT d.uid FROM documents AS d JOIN revisions AS r ON r.id = d.revision_id"
                     " WHERE r.document_id <> d.id OR r.status <> 'accepted'")  # fmt: skip
    yield from _rows(world, "SELECT s.url_key FROM sightings AS s JOIN revisions AS r ON r.id = s.revision_id"
                     " WHERE r.document_id <> s.document_id OR r.status <> 'accepted'")  # fmt: skip


def one_address_speaks(world: World) -> Iterator[str]:
    """A document with addresses has one principal, which says what readers see; an alias says the same."""
    yield from _rows(world, "SELECT document_id, count(*) FROM sightings WHERE role = 'principal'"
                     " GROUP BY document_id HAVING count(*) <> 1")  # fmt: skip
    yield from _rows(world, "SELECT d.uid FROM documents AS d JOIN sightings AS s ON s.document_id = d.id"
                     " AND s.role = 'principal' WHERE s.revision_id IS NOT d.revision_id")  # fmt: skip
    yield from _rows(world, "SELECT s.url_key, s.role FROM sightings AS s JOIN revisions AS r ON r.id = s.revision_id"
                     " JOIN documents AS d ON d.id = s.document_id WHERE s.role <> 'principal'"
                     " AND (s.role = 'alias') IS NOT (r.content_hash = d.content_hash)")  # fmt: skip
    yield from _rows(world, "SELECT url_key FROM sightings WHERE (role IS NULL) <> (document_id IS NULL)")


def withdrawn_is_gone_everywhere(world: World) -> Iterator[str]:
    """A document is withdrawn exactly while none of its addresses is there."""
    yield from _rows(world, "SELECT uid FROM documents AS d WHERE (withdrawn_at IS NULL) = (NOT EXISTS ("
                     f"SELECT 1 FROM sightings WHERE document_id = d.id AND gone_days < {GONE_DAYS}))")  # fmt: skip


def every_field_is_in_a_capture(world: World) -> Iterator[str]:
    """A revision's record is what the extractor of its version reads in its capture, masked."""
    rows = world.db.conn.execute(
        "SELECT r.id, r.record, r.extractor_version, s.url_key FROM revisions AS r JOIN sightings AS s ON s.id = sighting_id"
    ).fetchall()
    for revision_id, text, version, key in rows:
        if world.key_of(revision_id) != key:
            yield f"revision {revision_id} of {key} has the capture of {world.key_of(revision_id)}"
        read = mask_record(world.page_of(revision_id).read(key, int(version)).to_dict())
        if json.loads(text) != json.loads(json.dumps(read)):
            yield f"revision {revision_id} of {key} says what its capture does not"


def edits_are_edits(world: World) -> Iterator[str]:
    """Two accepted revisions in a row of an address that alone is a document say different things.

    Beside other addresses it may have pointed to theirs in between; a loss that comes again is held back again; read
    by other code two texts may become one.
    """
    if len(world.versions) > 1:
        return
    yield from _rows(world, "SELECT a.sighting_id, a.number FROM revisions AS a JOIN revisions AS b"
                     " ON b.sighting_id = a.sighting_id AND b.number = a.number + 1"
                     " WHERE a.content_hash = b.content_hash AND a.status = 'accepted' AND b.status = 'accepted'"
                     " AND a.document_id = b.document_id AND a.extractor_version = b.extractor_version"
                     " AND (SELECT count(DISTINCT sighting_id) FROM revisions AS o WHERE o.document_id = a.document_id) = 1"
                     " AND (SELECT count(*) FROM sightings AS o WHERE o.document_id = a.document_id) = 1")  # fmt: skip


def _rows(world: World, sql: str) -> Iterator[str]:
    yield from (str(tuple(row)) for row in world.db.conn.execute(sql))


LAWS: tuple[Law, ...] = (
    rows_refer_to_rows, the_index_is_the_table, what_stands_twice_agrees, uids_resolve, documents_have_addresses,
    addresses_that_answered_have_a_document, readers_see_an_accepted_revision, one_address_speaks,
    withdrawn_is_gone_everywhere, every_field_is_in_a_capture, edits_are_edits,
)  # fmt: skip
