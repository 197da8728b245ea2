"""``python -m tests.golden.add FILE --name NAME --url URL --about TEXT``: a page becomes a golden fixture, to be reviewed.

Without FILE the expected values of NAME are written anew from today's extraction, and the difference is shown.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import click

from tests.golden.fixture import FOLDER, bundle_of, differences, said, write_expected


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", required=True, help="The fixture's folder.")
@click.option("--url", help="The address of the page.")
@click.option("--about", help="What the page shows, and where it came from.")
@click.option("--content-type", help="The Content-Type header that came with it.")
def main(file: Path | None, name: str, url: str | None, about: str | None, content_type: str | None) -> None:
    """Add or renew a fixture; read expected.json against the page before it is committed."""
    folder = FOLDER / name
    if file is None:
        if not (folder / "about.toml").is_file():
            raise click.UsageError(f"there is no fixture {name}: name the FILE it is made of")
        old = json.loads((folder / "expected.json").read_text("utf-8"))
        click.echo("\n".join(differences(old, said(bundle_of(folder)[0]))) or "nothing differs")
    else:
        if not url or not about:
            raise click.UsageError("a new fixture needs --url and --about")
        folder.mkdir(exist_ok=True)
        shutil.copyfile(file, folder / "page.html")
        lines = {"url": url, "about": about, "content_type": content_type}
        text = "".join(
            f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in lines.items() if value
        )
        (folder / "about.toml").write_text(text, "utf-8")
    write_expected(folder)
    click.echo(f"Review {folder / 'expected.json'} against {folder / 'page.html'}.")


if __name__ == "__main__":
    main()
