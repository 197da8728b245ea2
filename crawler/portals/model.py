"""A portal file: WHAT to crawl (DESIGN §5). The keys are a contract: users keep their own files.

Tables ``listing``, ``urls`` and ``detail`` may stand at the top, in a directory and in an era; only the
keys written there override what stands above (lists replace, tables merge; see
:mod:`crawler.portals.plan`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import urljoin

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from archive.urls import host_of
from crawler.platforms.model import Listing, Urls
from crawler.platforms.values import CheckedDetail, Table
from crawler.portals.values import AbsoluteAddress, Address, Host, Hours, Key

MIB = 1024 * 1024


class Http(Table):
    """How the portal is asked. ``delay``, ``timeout`` in seconds; ``concurrency`` requests at once a
    host:port; ``encoding`` overrides what pages declare; ``tls``: ``strict`` checks certificates, ``legacy`` does not and allows old renegotiation
    and weak ciphers; ``max_bytes``: of one response, also after decompression; ``allow_private_hosts``:
    addresses that are not public; ``attachments``: fetch the files that documents link to.
    """

    delay: Annotated[float, Field(ge=0, le=3600)] = 1.0
    timeout: Annotated[float, Field(gt=0, le=3600)] = 60.0
    concurrency: Annotated[int, Field(ge=1, le=64)] = 1
    encoding: str | None = None
    tls: Literal["strict", "legacy"] = "strict"
    proxy: AbsoluteAddress | None = None
    max_bytes: Annotated[int, Field(ge=1024, le=2048 * MIB)] = 32 * MIB
    allow_private_hosts: bool = False
    attachments: bool = True


class Schedule(Table):
    """``sweep_days`` between full walks; ``revisit_budget`` documents a night; ``quiet_hours`` HH:MM-HH:MM in
    Asia/Shanghai, in which nothing is fetched."""

    sweep_days: Annotated[int, Field(ge=1, le=3650)] = 30
    revisit_budget: Annotated[int, Field(ge=0, le=1_000_000)] = 200
    quiet_hours: Annotated[
        list[Hours], BeforeValidator(lambda value: [value] if isinstance(value, str) else value)
    ] = Field(default_factory=list)


class Discover(Table):
    """How directories are found beyond those written down: ``url`` is where to begin, ``prefix`` limits the
    paths.
    """

    method: Literal["links", "config_tree", "dtree", "ztree", "channel_list"]
    url: Address | None = None
    prefix: str | None = None


class Directory(Table):
    """One directory of the portal. ``expect``: ``entries``, ``empty`` (nothing is not a fault), ``single``
    (one page); ``capped``: a rolling list, in which absence proves nothing; ``params`` fill the family's
    request template.
    """

    key: Key
    name: str
    url: Address | None = None
    params: dict[str, str] = Field(default_factory=dict)
    parent: Key | None = None
    expect: Literal["entries", "empty", "single"] = "entries"
    capped: bool = False
    family: str | None = None
    listing: Listing | None = None
    urls: Urls | None = None
    detail: CheckedDetail | None = None

    @model_validator(mode="after")
    def _somewhere(self) -> Directory:
        if self.url is None and not self.params:
            raise ValueError("has neither url nor params: say where the directory is")
        return self


class EraDirectory(Table):
    """What was different about the directory ``key`` in an era; a key that the portal no longer has is
    allowed.
    """

    key: Key
    name: str | None = None
    url: Address | None = None
    params: dict[str, str] | None = None
    family: str | None = None
    listing: Listing | None = None
    urls: Urls | None = None
    detail: CheckedDetail | None = None


class Era(Table):
    """The portal until ``until`` (inclusive, Asia/Shanghai); captures up to then are read with what it
    overrides. Without ``until``: since the era before it, to this day.
    """

    until: date = date.max
    family: str | None = None
    evidence: str | None = None
    directories: list[EraDirectory] = Field(default_factory=list)
    listing: Listing | None = None
    urls: Urls | None = None
    detail: CheckedDetail | None = None


class Portal(Table):
    """One portal file; ``id`` is the file's stem (given by the loader, never written in the file)."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, serialize_by_alias=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)]
    schema_: Annotated[Literal[1], Field(alias="schema")]
    name: Annotated[str, Field(min_length=1)]
    family: str
    base_url: AbsoluteAddress
    hosts: list[Host] = Field(default_factory=list)
    region_code: Annotated[str, Field(pattern=r"^\d{6}(\d{6})?$")] | None = None
    site_code: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{4,20}$")] | None = None
    enabled: bool = False
    verified_on: date | None = None
    evidence: str | None = None
    http: Http = Http()
    schedule: Schedule = Schedule()
    discover: Discover | None = None
    directories: list[Directory] = Field(default_factory=list)
    eras: list[Era] = Field(default_factory=list)
    listing: Listing | None = None
    urls: Urls | None = None
    detail: CheckedDetail | None = None

    @model_validator(mode="before")
    @classmethod
    def _host_of_base(cls, values: Any) -> Any:
        """Without ``hosts`` the portal is the host of its base_url."""
        if isinstance(values, dict) and isinstance(values.get("base_url"), str) and not values.get("hosts"):
            with contextlib.suppress(ValueError):  # the field's own check says what is wrong with it
                return {**values, "hosts": [host_of(values["base_url"])]}
        return values

    @model_validator(mode="after")
    def _consistent(self) -> Portal:
        if not self.directories and self.discover is None:
            raise ValueError("has no [[directories]] and no [discover]: give at least one directory")
        _unlike((directory.key for directory in self.directories), "directories", "directory key")
        _unlike((str(era.until) for era in self.eras), "eras", "day")
        keys = {directory.key for directory in self.directories}
        for directory in self.directories:
            if directory.parent is not None and (
                directory.parent not in keys or directory.parent == directory.key
            ):
                raise ValueError(
                    f"has the directory '{directory.key}' with parent '{directory.parent}': name another's key"
                )
        return self

    @property
    def own_hosts(self) -> frozenset[str]:
        """``host:port`` of every host whose pages are the portal's own (default ports dropped); others are
        offsite.
        """
        return frozenset([*self.hosts, host_of(self.base_url)])

    def absolute(self, address: str) -> str:
        """``address`` of this file, resolved against ``base_url``."""
        return urljoin(self.base_url, address)

    def directory(self, key: str) -> Directory | None:
        """The directory called ``key``."""
        return next((directory for directory in self.directories if directory.key == key), None)


def _unlike(values: Iterable[str], where: str, what: str) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise ValueError(f"has {where} with the {what} '{value}' twice: rename or remove one")
        seen.add(value)
