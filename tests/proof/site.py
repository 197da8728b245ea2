"""A portal to which everything of DESIGN §4 happens, night by night; one address is one page.

What each page is for stands in ``STORY``. Two columns list each other's pages in part, so that an address has several
entries. ``pages`` fillers that never change make the crawl long enough to be killed in.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from pathlib import Path

from crawler.samples.challenges import challenge
from crawler.samples.wire import Request, Response
from tests.end_to_end.runner import portal_text
from tests.end_to_end.sites import LocalSite, page, trs_listing

ROWS = 8
STORY = {
    "edited": "edited on night 2, and again on night 4",
    "typo": "stands at two addresses; on night 2 a typo is made at the second, on night 3 mended",
    "renumbered": "gets another index number on night 2",
    "reused": "on night 3 the address holds another document",
    "shared": "two texts under one number",
    "placed": "stands in both columns at one address",
    "unnumbered": "has no number until night 3",
    "lossy": "on night 2 the page loses its number, on night 3 it is whole again",
    "leaving": "404 on the nights 2, 3 and 4, back on night 5",
    "late": "published on night 2",
    "delisted": "no listing has it from night 3 on, the address still answers",
    "moved": "on night 3 the same page stands at a new address under a new number, the old one stays",
    "attached": "its PDF is replaced under its name on night 3",
    "challenged": "on the nights 2 and 3 a challenge page answers",
}


@dataclass(frozen=True)
class Text:
    """One page: what it says. ``number`` as in the block; none where it is empty."""

    title: str
    number: str
    body: str
    link: str = ""


def prose(seed: object, sentences: int = 24) -> str:
    """Paragraphs of its own: two seeds share next to nothing, one seed always gives the same."""
    chance = random.Random(str(seed))
    words = [
        "".join(chr(chance.randrange(0x4E00, 0x9000)) for _ in range(chance.randrange(6, 14)))
        for _ in range(sentences)
    ]
    return "".join(f"<p>{'，'.join(words[start : start + 3])}。</p>" for start in range(0, sentences, 3))


def edited(body: str, word: str = "修改") -> str:
    """``body`` with one paragraph more."""
    return f"{body}<p>本段系{word}之处，自发布之日起施行。</p>"


def number(serial: int) -> str:
    """An index number."""
    return f"000990901/2026-{serial:05d}"


class Story:
    """The pages of one night, by path; two columns, ``/a/`` and ``/b/``."""

    def __init__(self, night: int, fillers: int = 0):
        self.night = night
        self.pages: dict[str, Text] = {}
        self.columns: dict[str, list[str]] = {"a": [], "b": []}
        for filler in range(fillers):
            self._put("a", 900 + filler, Text(f"第{filler}号通知", number(900 + filler), prose(filler)))
        self._tell()

    def _put(self, column: str, serial: int, text: Text | None, *, listed: bool = True) -> str:
        path = f"/{column}/202601/t20260105_{serial}.html"
        if text is not None:
            self.pages[path] = text
        if listed:
            self.columns[column].append(path)
        return path

    def _plain(self, name: str, serial: int) -> Text:
        return Text(f"关于{name}的通知", number(serial), prose(name))

    def _tell(self) -> None:
        night = self.night
        one = self._plain("edited", 1)
        self._put(
            "a",
            1,
            replace(one, body=edited(one.body, f"第{min(night // 2, 2)}次修改")) if night >= 2 else one,
        )
        two = self._plain("typo", 2)
        self._put("a", 2, two)
        self._put("b", 2, replace(two, body=edited(two.body, "误")) if night == 2 else two)
        three = self._plain("renumbered", 3)
        self._put("a", 3, replace(three, number=number(33)) if night >= 2 else three)
        self._put("a", 4, self._plain("other", 44) if night >= 3 else self._plain("reused", 4))
        self._put("a", 5, self._plain("shared", 5))
        self._put("b", 5, Text("另一件事", number(5), prose("shared too")))
        self.columns["b"].append(self._put("a", 6, self._plain("placed", 6)))
        seven = self._plain("unnumbered", 7)
        self._put("a", 7, seven if night >= 3 else replace(seven, number=""))
        eight = self._plain("lossy", 8)
        self._put("b", 8, replace(eight, number="") if night == 2 else eight)
        self._put("b", 9, None if night in (2, 3, 4) else self._plain("leaving", 9))
        if night >= 2:
            self._put("b", 10, self._plain("late", 10))
        self._put("b", 11, self._plain("delisted", 11), listed=night < 3)
        twelve = self._plain("moved", 12)
        self._put("b", 12, twelve)
        if night >= 3:
            self._put("a", 12, replace(twelve, number=number(1212)))
        self._put("b", 13, replace(self._plain("attached", 13), link="/b/202601/P0_file.pdf"))
        self._put("b", 14, self._plain("challenged", 14))


class StorySite:
    """Serves the story while the ``with`` block runs; set ``night`` to go on."""

    def __init__(self, fillers: int = 0):
        self.fillers = fillers
        self.stories: dict[int, Story] = {}
        self.night = 1
        self._site = LocalSite(self._answer)

    def __enter__(self) -> StorySite:
        self._site.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._site.__exit__(None, None, None)

    @property
    def base_url(self) -> str:
        """The root address."""
        return self._site.base_url

    def write_portal_file(self, folder: Path) -> None:
        """Make the portal ``story`` known to a data directory's ``portals`` folder."""
        text = portal_text(
            self.base_url, "trs-static", *(f'key = "{key}"\nname = "栏目{key}"\nurl = "/{key}/"' for key in "ab"),
            http="concurrency = 1\nallow_private_hosts = true",
        )  # fmt: skip
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "story.toml").write_text(text, encoding="utf-8")

    def _answer(self, request: Request) -> Response | None:
        story = self.stories.setdefault(self.night, Story(self.night, self.fillers))
        path = request.target
        if path.endswith(".pdf"):
            return Response(
                b"%PDF-1.4 edition " + (b"2" if self.night >= 3 else b"1"),
                200,
                (("Content-Type", "application/pdf"),),
            )
        if path.endswith("_14.html") and self.night in (2, 3):
            return challenge("challenge-jsl", self.night)
        if path in story.pages:
            return _document(story.pages[path])
        return self._listing(story, path)

    def _listing(self, story: Story, path: str) -> Response | None:
        for key, paths in story.columns.items():
            count = -(-len(paths) // ROWS)
            for index in range(count):
                names = {f"/{key}/index_{index}.html"} if index else {f"/{key}/", f"/{key}/index.html"}
                if path in names:
                    shown = {one: _title(story, one) for one in paths[index * ROWS : (index + 1) * ROWS]}
                    return trs_listing(shown, pages=count, index=index)
        return None


def _title(story: Story, path: str) -> str:
    text = story.pages.get(path)
    return text.title if text else "关于leaving的通知"


def _document(text: Text) -> Response:
    cell = f"<td>{text.number}</td>" if text.number else "<td></td>"
    block = f"<table><tr><td>索引号</td>{cell}<td>发布机构</td><td>样例</td></tr></table>"
    link = f'<p><a href="{text.link}">附件：名单.pdf</a></p>' if text.link else ""
    return page(f'{block}<h1>{text.title}</h1><div class="TRS_Editor">{text.body}{link}</div>')
