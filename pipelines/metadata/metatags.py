"""The meta tags of the national standard for government pages (platforms.md §28), whatever their case."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml.etree import _Element

from pipelines.dates import first_date, parse_date
from pipelines.metadata.blocks.beside import clean_value
from pipelines.numbers import is_placeholder

# A template that was never filled in: <$[Title]>, {{title}}, ${date}, $PubDate$, #title#.
_TEMPLATE = re.compile(r"<\$|\$\[|\{\{|\$\{|^\$\w+|^#\w+#$|^\[!")
_READ = frozenset(("articletitle", "pubdate", "contentsource", "columnname", "sitename"))
_LABEL = re.compile(r"^(?:[\u3400-\u9fff]{2,6})\s{0,3}[:：]\s{0,3}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?")


@dataclass(frozen=True, slots=True)
class MetaTags:
    """What the standard tags say: text as it stands, ``published_on`` as YYYY-MM-DD, None where they say nothing.

    ``published_on`` is None when the page itself says that this is the moment it was generated.
    """

    title: str | None = None
    published_on: str | None = None
    source: str | None = None
    column: str | None = None
    site: str | None = None


def read_metatags(root: _Element) -> MetaTags:
    """Read the tags of a page; of several of one name the first that says something."""
    tags: dict[str, str] = {}
    generated: set[str] = set()
    for element in root.iter("meta"):
        name, content = element.get("name"), element.get("content")
        if not name or not content or not content.strip():
            continue
        if "生成时间" in content:
            generated.update(_MOMENT.findall(content))
        elif (name := name.strip().lower()) in _READ and not _TEMPLATE.search(content):
            tags.setdefault(name, " ".join(content.split()))
    moment = tags.get("pubdate", "")
    published = parse_date(_LABEL.sub("", moment)) or first_date(moment)
    return MetaTags(
        title=_text(tags.get("articletitle")),
        published_on=None if moment in generated else published,
        source=_text(_LABEL.sub("", tags.get("contentsource", ""))),
        column=_text(tags.get("columnname")),
        site=_text(tags.get("sitename")),
    )


def _text(value: str | None) -> str | None:
    cleaned = clean_value(value) if value else ""
    return None if is_placeholder(cleaned) else cleaned
