"""Each rule of DESIGN §4 about where a visit belongs, by an example through the writer."""

from __future__ import annotations

from typing import Any

from archive.identity import MAX_TEXTS, uid_of

N1, N2 = "005452487/2020-00001", "005452487/2020-00002"


def edited(body: str) -> str:
    """The body with one sentence more and one character other."""
    return body[:40] + "改" + body[41:] + "\n\n特此更正并致歉。"


def test_same_address_and_number_is_the_same_document_whatever_the_text(site: Any, prose: Any) -> None:
    first = site.visit(index_number=N1, body_text=prose(1))
    second = site.visit(index_number=N1, body_text=prose(2), title="另一个标题")
    assert (first.outcome, second.outcome) == ("new", "revised")
    assert first.uid == second.uid == uid_of("sample", "x.gov.cn/a.html")
    assert site.events() == ["new", "revised"]


def test_same_number_and_content_at_another_address_is_an_alias(site: Any) -> None:
    first = site.visit("/a.html", index_number=N1)
    second = site.visit("/b.html", index_number=N1)
    assert (second.outcome, second.uid, second.revision_id) == ("alias", first.uid, first.revision_id)
    assert site.count("documents") == site.count("revisions") == 1
    assert [site.role("/a.html"), site.role("/b.html")] == ["principal", "alias"]
    assert site.events() == ["new"]


def test_the_text_of_an_earlier_revision_is_the_same_document(site: Any, prose: Any) -> None:
    first = site.visit("/a.html", index_number=N1, body_text=prose(1))
    site.visit("/a.html", index_number=N1, body_text=prose(2), title="他题")
    late = site.visit("/b.html", index_number=N1, body_text=prose(1))
    assert (late.outcome, late.uid) == ("variant", first.uid)


def test_same_number_and_similar_body_is_a_variant(site: Any, prose: Any) -> None:
    first = site.visit("/a.html", index_number=N1, body_text=prose(1))
    second = site.visit("/b.html", index_number=N1, body_text=edited(prose(1)), title="通知（转载）")
    assert (second.outcome, second.uid) == ("variant", first.uid)
    assert site.rows("SELECT cause FROM revisions ORDER BY id") == ["first", "variant"]
    assert site.value("SELECT body_text FROM documents") == prose(1)
    assert site.events() == ["new"]


def test_same_number_and_title_with_an_empty_body_is_a_variant(site: Any) -> None:
    first = site.visit("/a.html", index_number=N1)
    assert site.visit("/b.html", index_number=N1, body_text="").uid == first.uid
    assert site.visit("/c.html", index_number=N1, body_text="", title="他题").uid != first.uid


def test_same_number_with_another_text_is_its_own_document_linked_and_found(site: Any, prose: Any) -> None:
    first = site.visit("/a.html", index_number=N1, body_text=prose(1))
    second = site.visit("/b.html", index_number=N1, body_text=prose(2), title="他题")
    assert second.outcome == "new" and second.uid != first.uid
    assert site.rows("SELECT relation FROM document_links") == ["shares-number"]
    finding = site.value("SELECT rule FROM findings WHERE document_id = 2 AND resolved_at IS NULL")
    assert finding == "index-number-reused"


def test_two_document_numbers_make_two_documents_of_one_template(site: Any) -> None:
    first = site.visit("/a.html", index_number=N1, document_number="市监罚〔2020〕1号")
    second = site.visit("/b.html", index_number=N1, document_number="市监罚〔2020〕2号")
    assert first.uid != second.uid


def test_a_number_of_more_than_twenty_texts_is_a_placeholder(site: Any, prose: Any) -> None:
    for page in range(MAX_TEXTS + 1):
        site.visit(f"/{page}.html", index_number=N1, body_text=prose(page + 10), title=f"第{page}件")
    assert site.count("documents") == MAX_TEXTS + 1
    assert site.rows("SELECT rule FROM findings WHERE document_id IS NULL") == ["index-number-placeholder"]
    # From here on it names nothing: not even the same text is joined by it, and no more links are made.
    links = site.count("document_links")
    assert site.visit("/again.html", index_number=N1, body_text=prose(10), title="第0件").outcome == "new"
    assert site.count("document_links") == links


def test_same_address_new_number_similar_text_is_renumbered(site: Any, prose: Any) -> None:
    first = site.visit(index_number=N1)
    second = site.visit(index_number=N2, body_text=edited(prose(1)))
    assert (second.outcome, second.uid) == ("renumbered", first.uid)
    assert site.events() == ["new", "renumbered"]
    assert site.value("SELECT data FROM events WHERE kind = 'renumbered'") == (
        '{"from": "005452487/2020-00001", "to": "005452487/2020-00002"}'
    )


def test_same_address_other_number_and_text_is_a_new_document(site: Any, prose: Any) -> None:
    first = site.visit(index_number=N1)
    second = site.visit(index_number=N2, body_text=prose(2), title="他题")
    assert second.outcome == "new"
    assert second.uid == uid_of("sample", "x.gov.cn/a.html", N2) != first.uid
    assert site.events() == ["new", "withdrawn", "new"]
    assert site.value("SELECT withdrawn_at IS NULL, body_text = ? FROM documents WHERE uid = ?", prose(1), first.uid) == (
        0, 1,
    )  # fmt: skip
    # The first document comes back to its address.
    third = site.visit(index_number=N1)
    assert third.uid == first.uid
    assert site.events()[3:] == ["returned", "withdrawn"]
    assert site.count("documents") == site.count("revisions") == 2


def test_a_reused_address_leaves_its_document_to_the_next_sighting(site: Any, prose: Any) -> None:
    first = site.visit("/a.html", index_number=N1)
    site.visit("/b.html", index_number=N1)
    site.visit("/a.html", index_number=N2, body_text=prose(2), title="他题")
    assert site.document_of("/b.html") == first.uid != site.document_of("/a.html")
    assert site.role("/b.html") == "principal"
    assert site.events() == ["new", "new"]
    assert site.value("SELECT url FROM documents WHERE uid = ?", first.uid) == "http://x.gov.cn/b.html"


def test_other_address_and_number_with_the_same_title_and_body_is_linked(site: Any) -> None:
    site.visit("/a.html", index_number=N1)
    site.visit("/b.html", index_number=N2)
    assert site.count("documents") == 2
    assert site.rows("SELECT document_id, other_id, relation FROM document_links") == [
        (1, 2, "renumbered-as")
    ]


def test_without_a_number_the_sighting_is_the_document(site: Any, prose: Any) -> None:
    first = site.visit("/a.html")
    assert site.visit("/b.html").uid != first.uid
    assert site.visit("/a.html", body_text=prose(2), title="他题").uid == first.uid
    assert site.count("document_links") == 0


def test_a_number_found_late_joins_two_documents(site: Any) -> None:
    first = site.visit("/a.html")
    second = site.visit("/b.html", index_number=N1)
    joined = site.visit("/a.html", index_number=N1)
    assert joined.uid == first.uid
    assert site.rows("SELECT uid FROM documents") == [first.uid]
    uids = site.rows("SELECT uid FROM document_uids WHERE document_id = 1")
    assert sorted(uids) == sorted([first.uid, second.uid])
    assert site.events() == ["new", "new", "joined", "revised"]
    assert site.rows("PRAGMA foreign_key_check") == []


def test_an_address_without_number_that_takes_another_documents_page_moves(site: Any, prose: Any) -> None:
    site.visit("/a.html", body_text=prose(2), title="他题")
    known = site.visit("/b.html", index_number=N1)
    assert site.visit("/a.html", index_number=N1).uid == known.uid
    assert site.events() == ["new", "new", "withdrawn"]


def test_two_renumbered_documents_meet(site: Any) -> None:
    """Both pages are edited: the second one turns out to be the first under its new number."""
    first = site.visit("/a.html", index_number=N1)
    site.visit("/b.html", index_number=N2)
    joined = site.visit("/b.html", index_number=N1)
    assert joined.uid == first.uid
    assert site.count("documents") == 1
    assert site.count("document_links") == 0


def test_the_first_visited_speaks_also_where_addresses_drop_parameters(site: Any, prose: Any) -> None:
    """A capture's key has the parameters that its sighting's key has not."""
    first = site.visit("/b.html", index_number=N1)
    site.visit("/a.html", index_number=N1)
    site.db.execute("UPDATE captures SET request_key = request_key || '?sid=1' WHERE url LIKE '%/a.html'")
    assert site.visit("/b.html", index_number=N1, body_text=edited(prose(1))).outcome == "revised"
    assert [site.role("/a.html"), site.role("/b.html")] == ["variant", "principal"]
    site.db.execute("UPDATE captures SET request_key = request_key || '?sid=1' WHERE url LIKE '%/b.html'")
    assert site.visit("/a.html", index_number=N1, body_text=edited(prose(1))).uid == first.uid
    assert [site.role("/a.html"), site.role("/b.html")] == ["alias", "principal"]
