"""Pages whose content is known tell a new layout's labels and selectors."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from archive.record import Record
from crawler.platforms.loader import load_profile
from crawler.repair.details import propose
from crawler.repair.elements import field_target
from crawler.repair.guessing import Habits, guess
from crawler.repair.labels import labels_of
from crawler.repair.parsed import Parsed
from crawler.repair.sample import FIELDS, Sample, agrees, says
from crawler.samples.families.site import FamilySite
from crawler.samples.wire import Request
from pipelines.bundle import Bundle, ListingFacts, Part
from pipelines.detail import Detail
from pipelines.metadata.cells import cells
from pipelines.page import Page
from tests import redesign
from tests.redesign import LABELS, SAMPLE, Redesign

PROFILE = load_profile(SAMPLE.family).detail


def samples(change: Redesign, count: int = 9) -> list[Sample]:
    """Pages after ``change``, with what they said before."""
    site, found = FamilySite(SAMPLE), []
    for paper in SAMPLE.papers()[:count]:
        path = site.path_of(paper)
        html = site.respond(Request("GET", path)).body.decode()

        def sample(markup: str, known=None, path=path, paper=paper) -> Sample:  # type: ignore[no-untyped-def]
            part = Part(f"http://www.example.gov.cn{path}", markup.encode(), "text/html; charset=utf-8")
            listing = ListingFacts(paper.title, paper.published_on)
            return Sample(Bundle(part, PROFILE, listing=listing), known, date(2026, 6, 3), "policy")

        found.append(sample(change(html), sample(html).read()))
    return found


def missing(pages: list[Sample], detail: Detail) -> set[str]:
    """Fields that ``detail`` does not read on some page as they were before."""
    found = set()
    for page in pages:
        assert page.known is not None
        record = page.read(detail)
        found |= {
            name
            for name in FIELDS
            if says(page.known, name) and not (says(record, name) and agrees(record, page.known, name))
        }
    return found


@pytest.mark.parametrize(
    "change", [redesign.relabelled, redesign.unlabelled, redesign.renamed], ids=lambda change: change.__name__
)
def test_what_is_known_shows_where_it_stands(change: Redesign) -> None:
    pages = samples(change)
    assert missing(pages, PROFILE)
    assert missing(pages, propose(pages, PROFILE)) == set()


def test_labels_alone_are_learnt_where_labels_are_all_that_changed() -> None:
    found = propose(samples(redesign.relabelled), PROFILE)
    assert set(found.labels) <= set(LABELS.values()) and found.labels["信息编码"] == "index_number"
    assert found.model_copy(update={"labels": {}}) == PROFILE


def test_new_selectors_come_before_the_old_ones() -> None:
    """Pages that the portal never makes anew keep the old layout."""
    found = propose(samples(redesign.renamed), PROFILE)
    assert found.body[0] == "div.nr" and found.body[1:] == PROFILE.body
    assert found.title == ["div.wz-bt"]
    assert missing(samples(lambda html: html), found) == set()


def test_what_stands_nowhere_is_not_found() -> None:
    pages = samples(redesign.drawn)
    found = propose(pages, PROFILE)
    assert found == PROFILE
    assert {"index_number", "agency"} <= missing(pages, found)


def strangers(change: Redesign) -> list[Sample]:
    """New documents alone: nothing of them is known from before."""
    return [Sample(page.bundle, None, page.day, page.directory) for page in samples(change)]


def test_a_page_of_which_nothing_is_known_teaches_nothing() -> None:
    assert propose(strangers(redesign.renamed), PROFILE) == PROFILE


@pytest.mark.parametrize(
    "change", [redesign.relabelled, redesign.unlabelled], ids=lambda change: change.__name__
)
def test_new_documents_are_read_by_the_habits_of_the_old_ones(change: Redesign) -> None:
    habits = Habits.of([page.known for page in samples(lambda html: html) if page.known])
    guessed = [guess(page, habits) for page in strangers(change)]
    assert all(page.guessed and page.known and page.known.index_number for page in guessed)
    found = propose(guessed, PROFILE)
    assert missing(samples(change), found) == set()


def test_habits_are_forms_not_values() -> None:
    records = [Record("u", index_number=f"GK{n:04d}/2026-{n:05d}") for n in range(1, 9)]
    form = Habits.of(records).number
    assert form is not None
    assert form.findall("编号 GK0417/2031-00999。") == ["GK0417/2031-00999"]
    assert form.findall("GK0417/2031-009990") == [] and form.findall("20310099") == []
    assert Habits.of([Record("u", index_number=f"{'x' * n}1") for n in range(1, 9)]).number is None


@pytest.mark.parametrize(
    ("markup", "name", "value"),
    [
        ("<p>信 息 编 码：0001/2026-00012</p>", "index_number", "0001/2026-00012"),
        ("<table><tr><td>信息编码</td><td>0001/2026-00012</td></tr></table>", "index_number", "0001/2026-00012"),
        ("<table><tr><th>信息编码</th><th>x</th></tr><tr><td>0001/2026-00012</td><td>y</td></tr></table>",
         "index_number", "0001/2026-00012"),
        ("<p>公布单位：市局　信息编码：0001/2026-00012</p>", "index_number", "0001/2026-00012"),
        ("<div><span>信息编码</span>0001/2026-00012</div>", "index_number", "0001/2026-00012"),
        ("<p>【信息编码】2024年3月5日</p>", "published_on", "2024-03-05"),
        ("<p>信息编码：样政办发[2024]3号</p>", "document_number", "样政办发〔2024〕3号"),
    ],
)  # fmt: skip
def test_words_at_a_value(markup: str, name: str, value: str) -> None:
    page = Page.of(
        Part("http://x/", f"<html><body>{markup}</body></html>".encode(), "text/html; charset=utf-8")
    )
    assert "信息编码" in set(labels_of(cells(page.root), name, value))


def test_a_line_of_the_body_is_no_place_of_a_field() -> None:
    """A signature says the agency too, but stands elsewhere in the next document."""
    text = "".join(
        f"<p>第{number}条　各单位应当按照本通知的要求做好工作，并将结果报送我局。</p>" for number in range(9)
    )
    markup = f'<body><em>样例市财政局</em><div class="c">{text}<p>样例市财政局</p></div></body>'
    detail = Detail(body=["div.c"])
    page = Sample(
        Bundle(Part("http://www.example.gov.cn/1.html", markup.encode()), detail), None, date(2026, 6, 3), "a"
    )
    read = page.read(detail)
    assert read.agency is None and "样例市财政局" in read.body_text
    known = replace(page, known=replace(read, agency="样例市财政局"))
    assert [element.tag for element in field_target(Parsed.of(known, detail), "agency", detail).elements] == [
        "em"
    ]
