"""``make fuzz``: any bytes in, a record or :class:`Unreadable` out, never an exception, never more than 2 s or 200 MB.

Coverage-guided (atheris, the optional extra ``fuzz``), from the golden fixtures as seeds. The first byte of an input says
what surrounds the page: its Content-Type, the profile, a further part. What libFuzzer finds lies in ``build/fuzz/found``; give such
a file as argument to run it alone.
"""

from __future__ import annotations

import logging
import resource
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["pipelines"]):
    from pipelines.bundle import Bundle, ListingFacts, Part, wanted
    from pipelines.detail import Detail, PartRule
    from pipelines.explain.explanation import explanation
    from pipelines.explain.trace import Trace
    from pipelines.extract import extract
    from pipelines.page import Unreadable

ROOT = Path(__file__).resolve().parents[2]
URL = "http://www.example.gov.cn/zwgk/202001/t20200110_1.html"
SECONDS, MEGABYTES = 2, 200
_HEADERS = (None, "text/html; charset=gb2312", "text/html;charset=ISO-8859-1", "text/html; charset=utf-16")
_DETAILS = (
    Detail(),
    Detail(
        body=["#zoom", ".content"], block=["table"], title=["h1"], remove=[".ad"], attachments=[".fujian a"]
    ),
    Detail(parts=[PartRule(kind="continuation", link="a::attr(href)")]),
    Detail(labels={"文件编码": "index_number"}, parts=[PartRule(kind="iframe", link="iframe::attr(src)")]),
)


def one_input(data: bytes) -> None:
    """One input; anything that it raises is a finding."""
    if not data:
        return
    choice, body = data[0], data[1:]
    detail = _DETAILS[choice >> 2 & 3]
    page = Part(URL, body, _HEADERS[choice & 3])
    parts: list[Part] = []
    if detail.parts:
        half = len(body) // 2
        page = Part(URL, body[:half], page.content_type)
        parts = [
            Part(part.url, body[half:], None, part.kind, part.ordinal) for part in wanted(page, detail)[:2]
        ]
    listing = ListingFacts("关于某事的通知…", "2020-01-10") if choice & 16 else None
    bundle = Bundle(page, detail, tuple(parts), listing)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    trace = Trace() if choice & 32 else None
    try:
        record = extract(bundle, trace)
    except Unreadable as error:
        assert "\n" not in str(error)
        return
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown <= MEGABYTES, f"one page took {grown:.0f} MB"
    record.to_dict()
    if trace is not None:
        explanation(trace)


def seeds(folder: Path) -> Path:
    """A corpus of the golden fixtures' pages, each with a first byte before it."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(sorted((ROOT / "tests" / "golden").glob("*/page.html"))):
        (folder / page.parent.name).write_bytes(bytes([number % 64]) + page.read_bytes())
    return folder


def main() -> None:
    """Fuzz until ``-max_total_time`` (60 s unless given); further options are libFuzzer's."""
    logging.disable(logging.CRITICAL)
    build = ROOT / "build" / "fuzz"
    given = sys.argv[1:]
    found = build / "found"
    corpus = build / "corpus"
    for folder in (found, corpus):
        folder.mkdir(parents=True, exist_ok=True)
    tokens = Path(__file__).with_name("tokens.dict")
    options = [f"-timeout={SECONDS}", "-rss_limit_mb=1024", "-max_len=65536"]
    options += [f"-artifact_prefix={found}/", f"-dict={tokens}"]
    if not any(option.startswith("-max_total_time") for option in given):
        options.append("-max_total_time=60")
    if all(option.startswith("-") for option in given):
        given += [str(corpus), str(seeds(build / "seeds"))]
    atheris.Setup([sys.argv[0], *options, *given], one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
