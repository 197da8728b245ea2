"""One key for one address, however a portal writes it (DESIGN §4): what sightings and captures are known
by.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
from collections.abc import Iterable
from typing import Any

MAX_LENGTH = 8192
"""Characters of an address or key; longer ones are traps or data, and the keys stand in indexes."""

SESSION_PARAMETERS = frozenset(
    {"jsessionid", "phpsessid", "sessionid", "session_id", "asp.net_sessionid", "cftoken"}
)
"""Query parameters of a visit, never of a document, in any case. Only names that nothing else uses:
``sid`` and ``cid`` number sites and columns on these portals, so a profile's ``drop_query`` has to name them.
"""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):[/\\]{2}|[/\\]{2}")
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")  # no empty label
_PORT = re.compile(r"[0-9]{1,5}")
_PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid)=[^/;]*", re.IGNORECASE)
_ASP_SESSION = re.compile(r"aspsessionid[a-z]{8}")
_PLAIN = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@/?\[\]]*")
_ESCAPE_OR_UNSAFE = re.compile(r"%([0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?\[\]]")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_DROPPED = dict.fromkeys(map(ord, "\t\r\n"))


def url_key(url: str, *, drop_query: Iterable[str] = (), keep_fragment: bool = False) -> str:
    """The address without what does not name the document: ``host[:port]/path[?query][#fragment]``.

    Scheme, credentials, default port and fragment (unless ``keep_fragment``) go; the host is lower-case and
    IDNA; dot segments are resolved; a final ``/index.html`` is ``/``, and only that name, since ``index.htm``
    and ``index.shtml`` stand beside it on some portals; the query is sorted by name (repeated names keep
    their order) without session parameters and the names in ``drop_query`` (exact case). Escapes are
    upper-case, needless ones decoded; raw Chinese is escaped as UTF-8; escapes in another charset stay as
    they are. As in browsers ``\\`` counts as ``/``, and tabs and line ends inside are dropped.

    A key is its own key: an address without scheme is read as one. Raises ``ValueError`` (one sentence) on
    anything that is no http(s) address.
    """
    scheme, host, rest = _split(url)
    authority = _authority(host, scheme, url)
    rest, mark, fragment = rest.partition("#")
    path, _, query = rest.partition("?")
    path = _PATH_SESSION.sub("", _normalise_escapes(path.replace("\\", "/")))
    path = _resolve_dots(path)
    if path.endswith("/index.html"):
        path = path[: -len("index.html")]
    key = authority + path
    query = _normalise_query(query, frozenset(drop_query))
    if query:
        key += "?" + query
    if mark and keep_fragment and fragment:
        key += "#" + _normalise_escapes(fragment)
    if len(key) > MAX_LENGTH:
        raise ValueError(f"an address of more than {MAX_LENGTH} characters: {url[:80]!r}…")
    return key


def request_key(method: str, url: str, body: bytes | None = None, **same: Any) -> str:
    """What a request asked for: method, :func:`url_key` (which takes ``same``), sha256 of a body that was
    sent.

    Pagers by POST share one address; their bodies tell the pages apart.
    """
    key = f"{method.upper()} {url_key(url, **same)}"
    return f"{key} {hashlib.sha256(body).hexdigest()}" if body else key


def has_session(url: str) -> bool:
    """Whether the address carries a session id, which :func:`url_key` drops."""
    path, _, query = url.partition("?")
    names = (pair.partition("=")[0].lower() for pair in query.partition("#")[0].split("&"))
    in_query = any(name in SESSION_PARAMETERS or _ASP_SESSION.fullmatch(name) for name in names)
    return in_query or _PATH_SESSION.search(path) is not None


def host_of(url: str) -> str:
    """``host`` or ``host:port`` (a default port dropped), as in a portal file's ``hosts``; else
    ``ValueError``.
    """
    scheme, host, _ = _split(url)
    return _authority(host, scheme, url)


def _split(url: str) -> tuple[str, str, str]:
    """Scheme (lower-case, or empty), authority as written, and the rest beginning with ``/``, ``?`` or
    ``#``.
    """
    if len(url) > MAX_LENGTH:
        raise ValueError(f"an address of more than {MAX_LENGTH} characters: {url[:80]!r}…")
    text = url.translate(_DROPPED).strip("".join(map(chr, range(33))))
    match = _SCHEME.match(text)
    scheme = (match.group(1) or "").lower() if match else ""
    if scheme and scheme not in _DEFAULT_PORTS:
        raise ValueError(f"not an http or https address: {url[:200]!r}")
    start = match.end() if match else 0
    end = min((at for mark in "/\\?#" if (at := text.find(mark, start)) >= 0), default=len(text))
    authority, rest = text[start:end], text[end:]
    if not match and ("@" in authority or authority.endswith(":") or not rest.startswith("/")):
        # Neither a key nor an address: mailto:somebody@…, tel:110, http:/…, page.html
        raise ValueError(f"not an http or https address: {url[:200]!r}")
    return scheme, authority.rpartition("@")[2], rest


def _authority(written: str, scheme: str, url: str) -> str:
    """``host[:port]``: lower-case, IDNA, checked, without the default port of ``scheme``."""
    host, colon, port = written.rpartition(":")
    if not colon or written.endswith("]"):
        host, port = written, ""
    if host.startswith("[") and host.endswith("]"):
        try:
            host = f"[{ipaddress.IPv6Address(host[1:-1]).compressed}]"
        except ValueError:
            raise ValueError(f"no valid host in the address {url[:200]!r}") from None
    else:
        host = _ascii_host(host)
        if not _HOST.fullmatch(host):
            raise ValueError(f"no valid host in the address {url[:200]!r}")
    if not port:
        return host
    if not _PORT.fullmatch(port) or int(port) > 65535:
        raise ValueError(f"no valid port in the address {url[:200]!r}")
    return host if int(port) == _DEFAULT_PORTS.get(scheme) else f"{host}:{int(port)}"


def _ascii_host(host: str) -> str:
    """Lower-case and, where it is not ASCII, IDNA; empty when that fails. The final root dot is dropped."""
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    return host.lower().removesuffix(".")


def _normalise_query(query: str, drop: frozenset[str]) -> str:
    """Pairs sorted by name; without empty pairs, session parameters and ``drop``."""
    kept: list[tuple[str, str]] = []
    for pair in query.split("&"):
        pair = _normalise_escapes(pair)
        name = pair.partition("=")[0]
        lower = name.lower()
        session = lower in SESSION_PARAMETERS or _ASP_SESSION.fullmatch(lower)
        if pair and not session and name not in drop:
            kept.append((name, pair))
    kept.sort(key=lambda item: item[0])
    return "&".join(pair for _, pair in kept)


def _normalise_escapes(text: str) -> str:
    if _PLAIN.fullmatch(text):
        return text
    return _ESCAPE_OR_UNSAFE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    if match.group(1):
        byte = int(match.group(1), 16)
        return chr(byte) if byte in _UNRESERVED else f"%{byte:02X}"
    # A lone surrogate is what a hostile page may hold; it is escaped like any other character.
    return "".join(f"%{byte:02X}" for byte in match.group().encode("utf-8", "surrogatepass"))


def _resolve_dots(path: str) -> str:
    """RFC 3986 §5.2.4: ``.`` and ``..`` segments resolved; always begins with ``/``."""
    if "/." not in path:
        return path or "/"
    segments: list[str] = []
    parts = path.split("/")[1:]
    for number, part in enumerate(parts, 1):
        if part == "..":
            if segments:
                segments.pop()
        elif part != ".":
            segments.append(part)
            continue
        if number == len(parts):
            segments.append("")
    return "/" + "/".join(segments)
