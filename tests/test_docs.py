"""The documentation says nothing that the program does not do: verbs, options, keys, tables, links, examples."""

from __future__ import annotations

import json
import re
import shlex
import sqlite3
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from pydantic import BaseModel

from archive import migrations, transaction
from crawler import settings
from crawler.cli import VERBS, main
from crawler.platforms.model import Profile
from crawler.portals import model as portal_model
from crawler.portals.loader import read_portal
from pipelines import detail

ROOT = Path(__file__).resolve().parents[1]
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
GUIDES = ["architecture", "adding-a-portal", "families", "schema", "identity", "operations"]
DOCS = [*READMES, *(ROOT / "docs" / f"{name}.md" for name in GUIDES)]
MOST_LINES = 500

HEAD = 'schema = 1\nname = "x"\nfamily = "generic"\nbase_url = "https://www.example.gov.cn/"\n'
DIRECTORY = '\n[[directories]]\nkey = "somewhere"\nname = "x"\nurl = "/"\n'

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
SOURCE_PATH = re.compile(r"(?:crawler|pipelines|archive|tests|benchmarks)/[\w./-]*")


def each_doc() -> pytest.MarkDecorator:
    """Run once a page, named after it."""
    return pytest.mark.parametrize("doc", DOCS, ids=[doc.name for doc in DOCS])


def blocks(doc: Path, language: str) -> list[str]:
    """The fenced blocks of one language."""
    return [text for name, text in BLOCK.findall(doc.read_text("utf-8")) if name == language]


def prose(doc: Path) -> str:
    """The page without its fenced blocks."""
    return BLOCK.sub("", doc.read_text("utf-8"))


def commands(doc: Path) -> Iterator[list[str]]:
    """The words of every ``gongkai …`` line in shell and cron blocks and in code spans, without the program's name."""
    lines = [
        line for language in ("sh", "cron") for block in blocks(doc, language) for line in block.splitlines()
    ]
    for line in [*lines, *SPAN.findall(prose(doc))]:
        found = re.search(r"(?:^|[\s/])gongkai (?!\.|/)(.*)", line.split(" #")[0].split(" >")[0])
        if found:
            yield shlex.split(found.group(1))


def option_names(command: click.Command) -> set[str]:
    """``--data``, ``-h`` and the like."""
    context = click.Context(command)
    return {name for option in command.get_params(context) for name in (*option.opts, *option.secondary_opts)}


def complaint(words: list[str]) -> str | None:
    """What is wrong with a command line, by click's own parser; None if nothing."""
    command: click.Command = main
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        context = click.Context(command)
        inner = command.get_command(context, words[0])
        if inner is None:
            return f"there is no verb {words[0]}"
        command, words = inner, words[1:]
    unknown = [
        word for word in words if word.startswith("--") and word.split("=")[0] not in option_names(command)
    ]
    if unknown:
        return f"{command.name} has no option {unknown[0]}"
    if "--help" in words or not any(not word.startswith("-") for word in words):
        return None  # help, or a verb that is only named
    try:
        with command.make_context(command.name, list(words), resilient_parsing=False):
            return None
    except click.UsageError as error:
        return error.format_message()


@each_doc()
def test_commands_exist_with_their_options(doc: Path) -> None:
    wrong = [f"gongkai {shlex.join(words)}: {said}" for words in commands(doc) if (said := complaint(words))]
    assert wrong == []


def test_the_check_of_commands_can_fail() -> None:
    assert complaint(["hourly"])
    assert complaint(["portals", "freeze", "x"])
    assert complaint(["search", "公开", "--portl", "x"])
    assert complaint(["backfill", "a", "b"])
    assert complaint(["crawl", "shangqiu", "--revisit", "many"])
    assert complaint(["crawl", "shangqiu", "--revisit", "all"]) is None
    assert sum(1 for _ in commands(READMES[0])) > 10


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("readme", READMES, ids=lambda readme: readme.name)
def test_every_verb_is_in_the_readmes(verb: str, readme: Path) -> None:
    text = readme.read_text("utf-8")
    assert f"gongkai {verb}" in text or f"`{verb}`" in text


def help_targets() -> list[tuple[str, ...]]:
    """Every verb, and every verb below a verb."""
    targets: list[tuple[str, ...]] = []
    for verb in VERBS:
        targets.append((verb,))
        command = main.get_command(click.Context(main), verb)
        if isinstance(command, click.Group):
            targets += [(verb, name) for name in command.commands]
    return targets


@pytest.mark.parametrize("words", help_targets(), ids=" ".join)
def test_every_verb_has_help_with_an_example_that_is_right(words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [*words, "--help"], terminal_width=300)
    assert result.exit_code == 0
    example = re.search(r"Example: gongkai (.+)", result.output)
    assert example is not None, "no line that begins with Example: gongkai"
    assert complaint(shlex.split(example.group(1))) is None


def test_no_summary_of_a_verb_is_cut() -> None:
    for words in ([], ["portals"]):
        result = CliRunner().invoke(main, [*words, "--help"], terminal_width=80)
        summaries = result.output.partition("Commands:")[2].partition("Example:")[0]
        assert summaries.strip() and "..." not in summaries
        assert all(len(line) <= 80 for line in summaries.splitlines())
        assert not any(line.startswith("   ") for line in summaries.splitlines()), "one line each"


def keys_of(*models: type[BaseModel]) -> set[tuple[str, str]]:
    """(table, key as written in TOML) of these tables and all tables below them."""
    found: set[tuple[str, str]] = set()
    waiting, seen = list(models), set()
    while waiting:
        table = waiting.pop()
        if table in seen:
            continue
        seen.add(table)
        for name, field in table.model_fields.items():
            found.add((table.__name__, field.alias or name))
            waiting += tables_in(field.annotation)
    return found


def tables_in(annotation: object) -> list[type[BaseModel]]:
    """The pydantic models inside a type annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    inner = getattr(annotation, "__args__", ())
    return [model for part in inner for model in tables_in(part)]


def test_every_key_of_portal_files_and_profiles_is_documented() -> None:
    text = (ROOT / "docs" / "adding-a-portal.md").read_text("utf-8")
    spans = " ".join(SPAN.findall(text)) + " ".join(blocks(ROOT / "docs" / "adding-a-portal.md", "toml"))
    known = set(re.findall(r"[a-z_0-9]+", spans))
    keys = keys_of(portal_model.Portal, Profile, detail.Detail)
    by_file_name = {("Portal", "id"), ("Profile", "family")}
    assert {key for key in keys - by_file_name if key[1] not in known} == set()
    tables = {table for table, _ in keys}
    assert {
        "Http",
        "Schedule",
        "Discover",
        "Directory",
        "Era",
        "EraDirectory",
        "Jpage",
        "TotalRule",
    } <= tables


def test_every_family_is_documented() -> None:
    text = (ROOT / "docs" / "families.md").read_text("utf-8")
    for file in (ROOT / "crawler" / "platforms").glob("*.toml"):
        profile = tomllib.loads(file.read_text("utf-8"))
        row = next((line for line in text.splitlines() if line.startswith(f"| `{file.stem}` ")), "")
        assert f"| `{profile['engine']}` |" in row, file.stem
        assert row.endswith(f"| {profile['grade']} |"), file.stem


def test_every_default_of_the_http_table_is_documented() -> None:
    text = (ROOT / "docs" / "adding-a-portal.md").read_text("utf-8")
    for name, field in portal_model.Http.model_fields.items():
        row = next(line for line in text.splitlines() if line.startswith(f"| `{name}` |"))
        default = field.get_default()
        if default is not None:
            shown = json.dumps(default) if not isinstance(default, float) else f"{default:g}"
            assert re.search(rf"`{re.escape(shown)}(?:\.0)?`", row), row


def test_every_limit_of_the_operations_page_is_the_setting() -> None:
    rows = re.findall(
        r"^\| `([A-Z_]+)` \| ([\d.]+)", (ROOT / "docs" / "operations.md").read_text("utf-8"), re.M
    )
    limits = {name: float(value) for name, value in rows}
    assert len(limits) >= 7
    assert {name: float(getattr(settings, name)) for name in limits} == limits


def test_every_table_and_column_group_is_documented() -> None:
    schema = (ROOT / "archive" / "schema.sql").read_text("utf-8")
    tables = re.findall(r"^CREATE (?:VIRTUAL )?TABLE (\w+)", schema, re.MULTILINE)
    text = (ROOT / "docs" / "schema.md").read_text("utf-8")
    assert len(tables) >= 20
    assert [table for table in tables if f"**`{table}`**" not in text] == []


@pytest.fixture
def empty_archive(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A database with the archive's tables and nothing in them."""
    db = transaction.connect(tmp_path / "gongkai.db")
    migrations.migrate(db, "2026-11-23T02:15:00Z")
    yield db.conn
    db.close()


@each_doc()
def test_queries_fit_the_schema(doc: Path, empty_archive: sqlite3.Connection) -> None:
    for query in blocks(doc, "sql"):
        empty_archive.execute(query).fetchall()


def test_the_columns_that_the_schema_page_names_exist(empty_archive: sqlite3.Connection) -> None:
    """Every ``name`` that looks like a column of a time, a day, a hash or an id is one."""
    tables = [row[0] for row in empty_archive.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    columns = {row[1] for table in tables for row in empty_archive.execute(f"PRAGMA table_info({table})")}
    named = re.findall(r"`([a-z_]+_(?:at|on|id|hash|digest|key))`", prose(ROOT / "docs" / "schema.md"))
    assert len(set(named)) > 15
    assert set(named) - columns - {"archive_id", "created_at"} == set()


@each_doc()
def test_relative_links_resolve(doc: Path) -> None:
    for target in LINK.findall(prose(doc)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        page = (doc.parent / name).resolve() if name else doc
        assert page.is_file(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
            assert anchor in {slug(heading) for heading in headings}, target


def slug(heading: str) -> str:
    """A heading's anchor, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@each_doc()
def test_source_paths_exist(doc: Path) -> None:
    named = {
        path for span in SPAN.findall(prose(doc)) if "<" not in span for path in SOURCE_PATH.findall(span)
    }
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


@each_doc()
def test_toml_examples_load(doc: Path, tmp_path: Path) -> None:
    for text in blocks(doc, "toml"):
        values = tomllib.loads(text)
        if "engine" in values:
            Profile.model_validate({**values, "family": "example"})
            continue
        whole = text if "schema" in values else HEAD + text
        file = tmp_path / "example.toml"
        file.write_text(whole if "directories" in values else whole + DIRECTORY, encoding="utf-8")
        assert read_portal(file).directories


@each_doc()
def test_programs_compile(doc: Path) -> None:
    for text in blocks(doc, "python"):
        compile(text, doc.name, "exec")


def test_the_readmes_show_the_same_commands_and_files() -> None:
    english, chinese = ([*blocks(readme, "sh"), *blocks(readme, "toml")] for readme in READMES)
    assert english == chinese
    linked = [
        {target for target in LINK.findall(prose(readme)) if "README" not in target} for readme in READMES
    ]
    assert linked[0] == linked[1]


def test_the_command_of_ci_and_the_readme_agree() -> None:
    assert blocks(READMES[0], "sh")[0].splitlines() == ["make demo", "make test"]
    assert "make test" in (ROOT / ".ci" / "run").read_text("utf-8")


@each_doc()
def test_pages_are_short(doc: Path) -> None:
    assert len(doc.read_text("utf-8").splitlines()) <= MOST_LINES
