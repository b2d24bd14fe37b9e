"""`portal search`: the index built anew."""

from collections.abc import Iterable

import click
from flask.cli import AppGroup
from tqdm import tqdm

from ..extensions import db
from ..kit.sqlite import reading
from .documents import Document
from .index import the_search

search = AppGroup("search", help="The search index.")


@search.command("reindex")
def reindex() -> None:
    """Build the index of all languages anew; pages use the old one until the new one is whole."""
    index = the_search()
    with reading():
        total = sum(source.count() for source in index.sources.values())

        def track(documents: Iterable[Document]) -> Iterable[Document]:
            return tqdm(documents, total=total, desc="index", unit="doc", disable=None)  # unless nobody looks

        count = index.rebuild(track)
        db.session.rollback()
    click.echo(f"{count} documents are in the index.")
