"""What a page calls its title, to know the lines of its body that repeat it."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from lxml.etree import _Element

from pipelines.body.segments import Segments
from pipelines.markup import inline_text

_MOST_TITLES = 4
_SHORTEST_TITLE = 5
_LONGEST_TITLE = 200
_ARTICLE_TITLE = "articletitle"
_TITLE_NOISE = re.compile(r"[\s《》“”\"'（）()【】\[\]，,。.、:：;；\-—_|]+")


def title_key(text: str) -> str:
    """``text`` as titles are compared: without spaces and punctuation."""
    return _TITLE_NOISE.sub("", text)


@dataclass(frozen=True, slots=True)
class Titles:
    """What the page itself calls its title, as keys: to know the line that repeats it."""

    keys: tuple[str, ...]

    @classmethod
    def of(cls, root: _Element) -> Titles:
        """From ``title``, the ArticleTitle of META and the first ``h1`` elements."""
        said = [inline_text(node) for node in itertools.islice(root.iter("title", "h1"), _MOST_TITLES)]
        said += [
            node.get("content") or ""
            for node in root.iter("meta")
            if (node.get("name") or "").lower() == _ARTICLE_TITLE
        ]
        return cls(tuple(key for key in map(title_key, said) if len(key) >= _SHORTEST_TITLE))

    def repeats(self, text: str) -> bool:
        """Whether ``text`` is the title, or what stands before the site's name in it."""
        if text[:1].isalnum() and not any(title.startswith(text[0]) for title in self.keys):
            return False  # as nearly always
        key = title_key(text[:_LONGEST_TITLE])
        return len(key) >= _SHORTEST_TITLE and any(title.startswith(key) for title in self.keys)

    def marks(self, lines: Segments, line: int) -> bool:
        """Whether a line says the title in an element for titles."""
        if not self.repeats(lines.text[line]):
            return False
        node = lines.nodes[lines.owner[line]] if lines.owner[line] >= 0 else None
        if node is None:
            return False
        names = f"{node.get('class') or ''} {node.get('id') or ''}".lower()
        return node.tag in ("h1", "h2", "h3") or "tit" in names or "bt" in names
