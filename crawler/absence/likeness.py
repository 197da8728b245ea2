"""Whether an answer is the page that the portal shows for what is not there, told so that no document is taken for it.

The error page wears the portal's template as documents do. So a good document of the same kind is laid beside the two:
what the error page has and no document has (页面不存在) must be there, and next to nothing that the error page has not.
"""

from __future__ import annotations

from collections.abc import Sequence

from crawler.absence.said import Said

NEW_SHINGLES = 60
"""About so many characters of advertisements and headlines may differ on an error page."""
NEW_SHARE = 0.1
"""Of a large one (a home page) so much."""
DISTINCT = 8
"""An error page whose own words are fewer is only recognised when everything is the same."""
CONTAINED = 0.6
"""So much of the error page's own words must be there: an advertisement may be among them."""
KEPT = 0.3
"""A document that still says so much of what it said is there, whatever its template is now."""
SAME = 2
ALIKE = 0.05
"""Two fetches of one page differ by so much at the most: the weather, the newest headline."""


def may_be(answer: Said, missing: Said) -> bool:
    """Whether the answer adds next to nothing to the error page: what does is a document."""
    if answer.title != missing.title or answer.numbers - missing.numbers:
        return False
    return len(answer.text - missing.text) <= max(NEW_SHINGLES, int(NEW_SHARE * len(missing.text)))


def same_page(answer: Said, missing: Said) -> bool:
    """Whether both are one page, fetched twice."""
    differ = len(answer.text ^ missing.text)
    return answer.title == missing.title and differ <= max(SAME, int(ALIKE * len(missing.text)))


def is_missing(
    answer: Said, missing: Said, title: frozenset[int], *, own: Sequence[Said], beside: Sequence[Said]
) -> bool:
    """Whether the answer is the error page, ``missing``.

    ``own``: what the address answered when it was there, if it ever was; ``beside``: other documents like it. Without
    any nothing can be told (a portal that fills its pages by scripts answers everything alike). ``title``: shingles
    of the title that a listing gives, which no error page shows.
    """
    if not may_be(answer, missing) or not all(_unlike(one, missing) for one in own):
        return False
    if any(len((one.text - missing.text) & answer.text) > KEPT * len(one.text - missing.text) for one in own):
        return False
    if title and title <= answer.text and not title <= missing.text:
        return False
    good = [*own, *(one for one in beside if _unlike(one, missing))]
    if not good:
        return False
    only = missing.text - frozenset[int]().union(*(one.text for one in good))
    if len(only) >= DISTINCT:
        return len(only & answer.text) >= CONTAINED * len(only)
    return len(answer.text - missing.text) <= SAME and len(missing.text - answer.text) <= SAME


def _unlike(document: Said, missing: Said) -> bool:
    return len(document.text - missing.text) > 2 * DISTINCT
