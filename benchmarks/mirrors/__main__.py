"""``python -m benchmarks.mirrors``: precision, recall and speed of grouping republications."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from archive.migrations import migrate
from archive.mirrors.update import update_mirrors
from archive.transaction import connect
from benchmarks.mirrors.archive import AT, fill, scores, stored_groups
from benchmarks.mirrors.texts import Made, articles, everything


@click.command()
@click.option(
    "--documents", default=20_000, show_default=True, help="Filled up with texts that are nobody's twin."
)
@click.option("--seed", default=1, show_default=True)
def main(documents: int, seed: int) -> None:
    """Group made texts, then again with one text more."""
    made = everything(seed, 2)
    chance = random.Random(seed)
    while len(made) < documents:
        body = "\n\n".join(articles(chance, chance.randrange(4, 30)))
        made.append(Made(f"other-{len(made)}", "city", f"关于第{len(made) % 500}号事项的通知", body))
    with TemporaryDirectory() as folder:
        db = connect(Path(folder) / "gongkai.db")
        migrate(db, AT)
        truths = fill(db, made)
        began, used = time.perf_counter(), time.process_time()
        first = update_mirrors(db)
        whole, used = time.perf_counter() - began, time.process_time() - used
        precision, recall = scores(stored_groups(db), truths)
        names = {uid: truth.partition("-")[0] for uid, truth in truths.items()}
        click.echo(f"{len(made):,} documents: {used:.1f} s of processor time, {whole:.1f} s in all; {first}")
        click.echo(f"precision {precision:.4f}, recall {recall:.4f}; grouped by kind: "
                   f"{dict(Counter(names[uid] for uid in stored_groups(db)))}")  # fmt: skip
        began = time.perf_counter()
        update_mirrors(db)
        click.echo(f"again, nothing new: {time.perf_counter() - began:.2f} s")
        fill(db, [replace(made[0], portal="press", published_on="2025-01-01")])
        began = time.perf_counter()
        second = update_mirrors(db)
        click.echo(f"again, one new: {time.perf_counter() - began:.2f} s, {second}")


if __name__ == "__main__":
    main()
