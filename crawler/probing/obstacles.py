"""Why a page has nothing to read: a challenge, a shell that only a browser fills, an error (platforms.md §27)."""

from __future__ import annotations

import re

from lxml import etree

from crawler.probing.page import Seen
from crawler.selectors import text_of

SHELL_TEXT = 200
SHELL_LINKS = 5
_MOUNT = re.compile(
    r"""<(?:div|section|main)[^<>]{0,80}\bid=["']?(app|root|main-app|__next|__nuxt)["'\s>]""", re.I
)


def shell(seen: Seen) -> str | None:
    """What makes the page a JavaScript shell (its content is made in the browser); None for other pages."""
    if seen.root is None:
        return None
    scripts = list(seen.root.iter("script"))
    if not scripts or len(_visible(seen.root)) > SHELL_TEXT or len(seen.links) > SHELL_LINKS:
        return None
    mount = _MOUNT.search(seen.text)
    where = f", an empty element '{mount.group(1)}'" if mount else ""
    return f"{len(_visible(seen.root))} characters of text, {len(seen.links)} links, {len(scripts)} scripts{where}"


def _visible(root: etree._Element) -> str:
    hidden = "".join(text_of(element) for element in root.iter("script", "style", "noscript", "title"))
    return " ".join(text_of(root).split())[: max(0, len(text_of(root)) - len(hidden))]


def sentence(seen: Seen) -> str | None:
    """Why the page could not be read, for a person; None where it could."""
    if seen.challenge:
        return (
            f"{seen.url} answered with a challenge ({seen.challenge}), not with the page; it is not evaded: "
            "probe from another line, or write the portal file by hand from what a browser shows"
        )
    if seen.problem:
        named = seen.problem.startswith(seen.asked[:60])
        return seen.problem if named else f"{seen.asked} could not be read: {seen.problem}"
    return None
