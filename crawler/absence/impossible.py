"""An address that cannot exist: beside a real document, made as the portal makes its own."""

from __future__ import annotations

import hashlib
import re

_DIGITS = re.compile(r"\d+")
_HEX = re.compile(r"[0-9a-f]{16,64}", re.I)
_SHORT, _LONG = 9, 18


def impossible(address: str, seed: str) -> tuple[str, str]:
    """An address like ``address`` whose last number (or hash) is one that nobody gave, and that number.

    ``/202601/t20260105_1.html`` → ``/202601/t20260105_9….html``. A router that knows its own addresses by their
    form takes it for one; where nothing in the last part has a number, the name gets one. ``seed`` makes it
    another one in each crawl, so that no cache knows it.
    """
    digest = hashlib.sha256(f"{seed} {address}".encode("utf-8", "surrogatepass"))
    address = address.partition("#")[0]
    if address.count("/") < 3:  # nothing behind the host
        address += "/"
    start = max(address.rfind("?"), address.rfind("/", 0, (address + "?").index("?"))) + 1
    head, tail = address[:start], address[start:]
    hashes = list(_HEX.finditer(tail))
    if hashes and not hashes[-1].group().isdigit():
        found = hashes[-1]
        token = (digest.hexdigest())[: len(found.group())]
    else:
        numbers = list(_DIGITS.finditer(tail))
        drawn = str(int(digest.hexdigest(), 16))
        if not numbers:
            token = "9" + drawn[: _SHORT - 1]
            stem, dot, ending = tail.rpartition(".") if "." in tail else (tail, "", "")
            return f"{head}{stem}{token}{dot}{ending}", token
        # In a query the longest number is the document's, the others say which page or site.
        found = max(numbers, key=lambda match: len(match.group())) if "?" in address else numbers[-1]
        size = min(max(len(found.group()), _SHORT), _LONG)
        token = "9" + drawn[: size - 1] if size == _SHORT else "8" + drawn[: size - 1]
    return head + tail[: found.start()] + token + tail[found.end() :], token
