"""The fallback against gold: body F1 as multisets of character 4-grams, no profile (DESIGN §9)."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pipelines.body.find import find_body
from pipelines.body.segments import segment
from pipelines.bundle import Bundle, Part
from pipelines.detail import Detail
from pipelines.page import Page

# Gold containers that hold nothing but a share bar (a page cut off in its first tag) and the template of a comment box.
WITHOUT_TEXT = {"gov/news-rsj-gzdaozhen-gov-cn-074.html", "gov/news-www-pds-gov-cn-sub-sites-105.html"}


def grams(text: str) -> Counter[str]:
    text = "".join(text.split())
    return Counter(text[at : at + 4] for at in range(max(1, len(text) - 3)))


def f1(found: str, gold: str) -> float:
    ours, theirs = grams(found), grams(gold)
    both = sum((ours & theirs).values())
    return 2 * both / (sum(ours.values()) + sum(theirs.values()))


def gov_pages(shared: Path) -> Iterator[tuple[str, Page, str, str]]:
    folder = shared / "realpages"
    with (folder / "MANIFEST.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            selector = row["body_selector"]
            if selector and row["file"] not in WITHOUT_TEXT:
                page = Page.parse(
                    Bundle(Part("http://www.example.gov.cn/a.html", (folder / row["file"]).read_bytes()))
                )
                gold = page.root.cssselect(selector)[0].xpath(
                    ".//text()[not(ancestor::script or ancestor::style)]"
                )
                yield row["file"], page, selector, "".join(gold)


def test_government_pages(shared: Path) -> None:
    without, with_profile = {}, {}
    for name, page, selector, gold in gov_pages(shared):
        without[name] = f1(find_body(page, Detail()).text, gold)
        with_profile[name] = f1(find_body(page, Detail(body=[selector])).text, gold)
    assert len(without) == 66
    assert sum(without.values()) / len(without) >= 0.99
    assert min(without.values()) >= 0.5, min(without, key=without.__getitem__)
    assert sum(with_profile.values()) / len(with_profile) >= 0.995


def test_articles(shared: Path) -> None:
    folder = shared / "realpages" / "article"
    scores = []
    for path in sorted(folder.glob("*.html")):
        page = Page.parse(Bundle(Part("http://www.example.com/a.html", path.read_bytes())))
        (gold,) = (folder / "gold_cleaned").glob(path.stem + "*")
        scores.append(f1(find_body(page, Detail()).text, gold.read_text("utf-8", "replace")))
    assert len(scores) == 31
    assert sum(scores) / len(scores) >= 0.92


def test_a_text_that_stands_twice_is_taken_once() -> None:
    lines = "".join(f"<p>第{n}段文字，给电脑和手机各写一遍，只算一次，不算两次。</p>" for n in range(5))
    markup = f"<div><div class=pc>{lines}</div><div class=phone>{lines}</div></div>"
    page = Page.parse(Bundle(Part("http://x/", markup.encode())))
    assert find_body(page, Detail()).text.count("第3段文字") == 1


def test_segments_are_lines_with_their_links() -> None:
    page = Page.parse(
        Bundle(Part("http://x/", "<div>甲 乙<a href=x>丙丁</a><p>戊</p>己<br>庚</div>".encode()))
    )
    lines = segment(page.root)
    assert lines.text == ["甲 乙丙丁", "戊", "己", "庚"]
    assert lines.chars == [4, 1, 1, 1]
    assert lines.link == [2, 0, 0, 0]
    assert lines.nodes[lines.owner[1]].tag == "p"
    assert all(start <= stop for start, stop in zip(lines.start, lines.stop, strict=True))
