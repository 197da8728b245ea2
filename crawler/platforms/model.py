"""A platform profile: how one CMS family names documents, lists them and lays them out (DESIGN §5, §6).

Every table here may also stand in a portal file, in one of its directories and in one of its eras; only the
keys that are written there override (lists replace, tables merge). What each key means is said where it is
defined.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from crawler.platforms.json_model import Json, Slices
from crawler.platforms.values import (
    CheckedDetail,
    Css,
    CssList,
    FieldName,
    HeaderText,
    Regex,
    RegexList,
    Table,
)
from pipelines.detail import Detail

EngineName = Literal["static_pages", "jpage_xml", "query_html", "json_api", "html_in_json"]
FILE_EXTENSIONS = (
    "pdf doc docx xls xlsx ppt pptx wps et ofd zip rar 7z tar gz txt csv rtf jpg jpeg png gif tif mp3 mp4"
)
"""Extensions of addresses that are files, not pages (platforms.md §26)."""


class Sign(Table):
    """One sign of a family: regexes that are all found, in the HTML of a page and in its address."""

    html: RegexList = Field(default_factory=list)
    url: Regex | None = None

    @model_validator(mode="after")
    def _something(self) -> Sign:
        if not self.html and self.url is None:
            raise ValueError("has neither html nor url: give at least one regular expression")
        return self


class Recognise(Table):
    """How a page of the family is known: any sign; lower ``priority`` is asked first (platforms.md §21)."""

    priority: float = 100
    any: list[Sign] = Field(default_factory=list)


class Urls(Table):
    """Addresses of the family.

    ``document``: regexes of which one must be found in an entry's address (none given: any address will
    do). ``exclude``: regexes that no entry's address may hold. ``drop_query`` and ``keep_fragment`` go to
    ``url_key``. ``files``: extensions of entries that are files.
    """

    document: list[Regex] = Field(default_factory=list)
    exclude: list[Regex] = Field(default_factory=list)
    drop_query: list[str] = Field(default_factory=list)
    keep_fragment: bool = False
    files: list[str] = FILE_EXTENSIONS.split()


Meaning = Literal["pages", "records", "per_page"]
Argument = Literal["pages", "records", "per_page", "current0", "current1", "stem", "ext", "container", "_"]


class TotalRule(Table):
    """One place where a listing says how long it is; each fact is taken from the first rule that has it.

    - ``call`` + ``args``: a JavaScript call and what its arguments are, by position (``current0`` counts from
      0, ``container`` is a quoted element id, ``_`` is ignored). A call whose arguments are of other kinds
      does not match; for ``createPageHTML`` and ``createPage`` the known signatures are then tried
      (platforms.md §1, §5, §33).
    - ``call`` + ``keys``: the same with one object as argument; ``keys`` maps meaning to key.
    - ``var`` + ``is``: a JavaScript variable or ``object.key`` set to a number.
    - ``regex`` + ``is``: group 1 is the number; tried on the source, then on the text without tags. The last
      match counts: pagers stand below their list, whose titles may say 共10条 too.
    - ``css`` + ``is``: the first number in what the selector takes.

    Calls, variables and regexes are found inside comments and scripts as well.
    """

    call: str | None = None
    args: list[Argument] = Field(default_factory=list)
    keys: dict[Argument, str] = Field(default_factory=dict)
    var: str | None = None
    regex: Regex | None = None
    css: Css | None = None
    is_: Annotated[Meaning, Field(alias="is")] = "pages"

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, serialize_by_alias=True)

    @model_validator(mode="after")
    def _one_place(self) -> TotalRule:
        places = [place for place in (self.call, self.var, self.regex, self.css) if place is not None]
        if len(places) != 1:
            raise ValueError("needs exactly one of call, var, regex and css")
        if self.regex is not None and re.compile(self.regex).groups < 1:
            raise ValueError("has a regex without a group: put the number in parentheses")
        return self


class Paging(Table):
    """Where the next page is and how many there are.

    ``suffix`` (platforms.md §22): ``zero`` index.html → index_1.html; ``one`` x.shtml → x_2.shtml; ``bare``
    govlist.html → 2.html; ``descending`` x.htm → x/<pages-1>.htm … x/1.htm; ``segment`` page_1.html →
    page_2.html; ``path`` x → x/2; ``none`` all rows on one page. ``next``: selector of the next link, which goes before the
    numbering rule. ``total``: see :class:`TotalRule`. ``per_page``: rows a page, to turn records into
    pages. ``ext``: extension of page 2 where page 1 shows none. ``stale_total``: the announced total is
    known to lag behind, so that a difference proves nothing.
    """

    suffix: Literal["zero", "one", "bare", "descending", "segment", "path", "none"] | None = None
    next: Css | None = None
    total: list[TotalRule] = Field(default_factory=list)
    per_page: Annotated[int, Field(ge=1, le=10_000)] | None = None
    ext: Annotated[str, Field(pattern=r"^[a-z]{2,6}$")] = "html"
    stale_total: bool = False


class Request(Table):
    """What ``query_html``, ``json_api`` and ``html_in_json`` send. ``{page}`` stands for the page number, ``{start}``
    and ``{end}`` for the first and last record of a page of ``{size}`` (counted from 1), ``{from}`` and ``{to}`` for
    a slice's days, ``{name}`` for a value of the directory's params, of ``values`` or of ``defaults``, ``{url}`` and
    ``{base_url}`` for those addresses.

    ``url``: template, relative to the directory's own address, else to base_url; without it the directory's own
    address is asked, with ``page_param`` set from the second page on where no template holds the page. ``form``: sent urlencoded by POST;
    ``body``: sent as it is by POST, as JSON where it looks like it. Params that no template mentions are added to
    the form (POST) or the query (GET, and POST with a body). ``first_page``: 0 or 1. ``encoding``: of values in the
    query. ``values``: name → regular expressions; the directory's page is read first, and the page
    ``values_from`` where that lacks any; group 1 is the value, tried on the page's address, then on its text.
    """

    method: Literal["GET", "POST"] = "GET"
    url: str | None = None
    page_param: str | None = None
    first_page: Literal[0, 1] = 1
    form: dict[str, str] = Field(default_factory=dict)
    body: str | None = None
    defaults: dict[str, str] = Field(default_factory=dict)
    values: dict[str, RegexList] = Field(default_factory=dict)
    values_from: str | None = None
    encoding: Literal["utf-8", "gbk", "gb18030"] = "utf-8"
    slices: Slices = Slices()

    @model_validator(mode="after")
    def _sendable(self) -> Request:
        if self.body is not None and (self.method != "POST" or self.form):
            raise ValueError("has a body, which goes with method = 'POST' and without form")
        for name, patterns in self.values.items():
            if any(re.compile(pattern).groups < 1 for pattern in patterns):
                raise ValueError(f"has values.{name} without a group: put the value in parentheses")
        return self


class Jpage(Table):
    """What ``jpage_xml`` sends (platforms.md §2). ``mode``: ``window`` (startrecord/endrecord),
    ``nextgroup`` (the page's own address, ``page`` counted up), ``auto`` (nextgroup where the ids are
    encrypted). ``window``: records a request; 0 = three times the page's perpage, else 100.
    ``endpoint``: used where the page names none.
    """

    mode: Literal["auto", "window", "nextgroup"] = "auto"
    method: Literal["GET", "POST"] = "POST"
    window: Annotated[int, Field(ge=0, le=300)] = 0
    endpoint: str = "/module/web/jpage/dataproxy.jsp"


Place = Literal["page", "comments", "scripts", "written"]


class Listing(Table):
    """Where a listing keeps its rows, and what they say.

    ``rows``: selectors; the first that gives a dated entry counts, else the first that gives any; rows that
    hold other rows are left out. ``rows_from``: where to look (the page, HTML inside comments, HTML that
    scripts write alone, the page with what its scripts ``written`` in their places), the next only where the one before gives none. ``link``, ``title``, ``published_on``,
    ``fields`` (record field → selectors) are looked for inside a row. ``columns``: label in a table's
    header row → record field (``title`` and ``published_on`` too). ``pinned``: a match inside the row means
    that it is pinned. ``dated``: a row without a date is no entry. ``headers``: sent with every listing
    request, placeholders as in :class:`Request`.
    """

    rows: CssList = Field(default_factory=list)
    rows_from: list[Place] = Field(default_factory=lambda: list[Place](("page",)))
    link: CssList = Field(default_factory=lambda: ["a::attr(href)"])
    title: CssList = Field(default_factory=lambda: ["a::attr(title)", "a::text"])
    published_on: CssList = Field(default_factory=list)
    fields: dict[FieldName, CssList] = Field(default_factory=dict)
    columns: dict[str, FieldName] = Field(default_factory=dict)
    pinned: CssList = Field(default_factory=list)
    dated: bool = False
    headers: dict[HeaderText, HeaderText] = Field(default_factory=dict)
    paging: Paging = Paging()
    request: Request = Request()
    jpage: Jpage = Jpage()
    json_: Annotated[Json, Field(alias="json")] = Json()

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, serialize_by_alias=True)


class Profile(Table):
    """One ``crawler/platforms/<family>.toml``; ``family`` is the file's stem. ``evidence``: sections of
    platforms.md.
    """

    family: str
    schema_: Annotated[Literal[1], Field(alias="schema")]
    engine: EngineName
    grade: Literal["A", "B", "C"]
    evidence: Annotated[list[str], Field(min_length=1)]
    recognise: Recognise = Recognise()
    urls: Urls = Urls()
    listing: Listing = Listing()
    detail: CheckedDetail = Detail()

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, serialize_by_alias=True)
