"""Announced totals: all createPageHTML signatures of platforms.md §1, §5 and §33, and the other marks of length."""

from __future__ import annotations

import time

import pytest

from crawler.engines.calls import SIGNATURES, Announced, announced, called
from crawler.engines.markup import parse
from crawler.engines.total import read_total
from crawler.platforms.loader import load_profile
from crawler.platforms.model import Paging

DESIGN = Paging.model_validate(
    {"total": [{"call": "createPageHTML", "args": ["pages", "current0", "stem", "ext"]}]}
)
TRS = load_profile("trs-static").listing.paging


def total(text: str, paging: Paging = TRS) -> Announced:
    return read_total(paging, text, parse(text))


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ('createPageHTML(9, 0, "index", "html")', Announced(9, None, None, "index", "html")),
        ("createPageHTML(9,0,'index','shtml');", Announced(9, None, None, "index", "shtml")),
        ('createPageHTML(189, 10, 0, "index", "html")', Announced(10, 189, None, "index", "html")),
        ("createPageHTML(189,10,0)", Announced(10, 189)),
        ("createPageHTML(10,0)", Announced(10)),
        ('createPage(34, 0, "index", "html")', Announced(34, None, None, "index", "html")),
        (
            "createPageHTML('page_div', 10, 1, 'xlist', 'shtml', 189)",
            Announced(10, 189, None, "xlist", "shtml"),
        ),
        ('createPageHTML("page_div",5,1,"fg","shtml")', Announced(5, None, None, "fg", "shtml")),
    ],
)
def test_signatures_even_where_the_profile_names_but_one(script: str, said: Announced) -> None:
    assert total(f"<script>{script}</script>", DESIGN if "createPageHTML" in script else TRS) == said
    assert total(f"<ul><!-- <li>1</li><script>{script}</script>--></ul>") == said


def test_the_definition_of_the_function_is_no_call() -> None:
    text = "function createPageHTML(_nPageCount, _nCurrIndex, _sName, _sExt){ for(;;){} }"
    assert total(f"<script>{text}</script>") == Announced()
    assert total(f"<script>{text} createPageHTML(7, 0, 'index', 'html');</script>").pages == 7


LIVE = 'createPageHTML(3, 0, "index", "html");'


@pytest.mark.parametrize(
    "page",
    [
        f'<!-- <script>createPageHTML(77, 0, "alt", "shtml");</script> --><script>{LIVE}</script>',
        f'<script>/* createPageHTML(99, 0, "a", "html"); */ // createPageHTML(50, 0, "b", "html")\n{LIVE}</script>',
        f"<script>{LIVE}</script><!-- var countPage=9; -->",
        f'<script><!--\n{LIVE}\n//--></script><!-- createPageHTML(77, 0, "alt", "shtml") -->',
        f"<script>var u = 'http://x.gov.cn/'; {LIVE}</script>",
        f"<script>var r = /^https?:\\/\\//; {LIVE}</script>",
        f'<script>var s = "/*"; {LIVE} var t = "*/ // <!--";</script>',
        f"<script>var s = 'it\\'s'; {LIVE}</script>",
        f"<!--><script>{LIVE}</script>",
        f"<!-- createPageHTML(8, 0); --!><script>{LIVE}</script>",
        f"<script>var half = 'x\n/* createPageHTML(9, 0) */ {LIVE}</script>",
    ],
)
def test_a_pager_that_a_browser_does_not_run_is_not_believed(page: str) -> None:
    assert total(page) == Announced(3, None, None, "index", "html")


@pytest.mark.parametrize(
    "page",
    [
        f"<!-- <ul><li>1</li></ul><script>{LIVE}</script> -->",
        f"<!-- <script>{LIVE}</script>",
        f"<script>/* {LIVE}</script>",
        f"<script>// {LIVE}</script>",
    ],
)
def test_a_pager_in_a_comment_counts_where_there_is_no_other(page: str) -> None:
    assert total(page) == Announced(3, None, None, "index", "html")


def test_a_live_variable_comes_before_a_call_in_a_comment() -> None:
    said = total('<script>// createPageHTML(50, 0, "old", "html")\nvar countPage=3;</script>')
    assert said == Announced(3)


def test_kinds_decide_between_signatures() -> None:
    first = ("pages", "current0")
    assert announced([9, 0, 3], first) is None
    assert announced([9, 0, "index"], first) == Announced(9)
    assert announced(["page_div", 9], first) is None
    assert next(called("createPageHTML(x, 3)", "createPageHTML")) == [None, 3]
    assert len({len(signature) for signature in SIGNATURES}) > 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<script>var countnum= 6348; var currentPage=0; var countPage=56</script>", (56, 6348)),
        ("<script>var pagination_script_config = {pageIndex: 0, total: 12}</script>", (12, None)),
        ("<script>pagination_script_config.total = '12';</script>", (12, None)),
        ("<script>Pager({size:16, current:0, prefix:'index',suffix:'html',visible:5});</script>", (16, None)),
        ("<div>共 31 页</div>", (31, None)),
        ("<div>共<b>31</b>页<em>602</em>条</div>", (31, 602)),
        ("<div>共有 6348 条记录</div>", (None, 6348)),
        ("<ul><li>关于印发共10条措施的通知</li></ul><p>第1页 共3页 共45条</p>", (3, 45)),
        ("<script>totalPage: 8,</script>", (8, None)),
        ("<script>var countPageX=5; xcountPage=6</script>", (None, None)),
    ],
)
def test_other_marks_of_length(text: str, said: tuple[int | None, int | None]) -> None:
    found = total(text)
    assert (found.pages, found.records) == said


def test_records_become_pages_where_the_page_size_is_known() -> None:
    paging = load_profile("trs-igi").listing.paging
    for records, pages in ((0, 1), (1, 1), (20, 1), (21, 2), (410, 21)):
        assert total(f"<script>var m_nRecordCount = {records};</script>", paging).pages == pages


def test_a_selector_may_hold_the_total() -> None:
    paging = Paging.model_validate({"total": [{"css": "div.pagination::attr(count)", "is": "records"}]})
    assert total('<div class="pagination" count="233" rows="15"></div>', paging).records == 233


def test_the_first_rule_that_knows_a_fact_has_it() -> None:
    text = '<script>createPageHTML(9, 0, "index", "html"); var countPage=3; var countnum=88</script>'
    assert total(text) == Announced(9, 88, None, "index", "html")


@pytest.mark.parametrize(
    "bait",
    [
        "createPageHTML(", "createPageHTML('", "countPage =  ", "共", "<", "Pager({size:",
        "<!--", "<script", "<script>", "<script>/*", "<!-- -", "--", "<script>'",
    ],
)  # fmt: skip
def test_hostile_pages_cost_linear_time(bait: str) -> None:
    text = bait * 60_000
    in_script = "<script>" + bait * 60_000
    started = time.process_time()
    total(text)
    total(in_script)
    assert time.process_time() - started < 5
