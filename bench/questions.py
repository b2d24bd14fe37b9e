"""`python -m bench.questions [FILE] [--folder CONTENT] [--missed]`: how often customers' questions find their article."""

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from portal.app import create_app
from portal.extensions import db
from portal.instance import prepare
from portal.kb.actions import sync
from portal.kb.finding import search_articles
from portal.search.index import the_search

from .table import columns, verdict

QUESTIONS = Path(__file__).parent / "questions.yaml"
UNSEEN = Path(__file__).parent / "questions-unseen.yaml"  # those that nothing was made better for
CONTENT = Path(__file__).parent.parent / "kb_content"
LEAST_FIRST, LEAST_THREE, LEAST_RANK = 0.75, 0.9, 0.8
LOOKED_AT = 10  # answers in which the article is looked for


@dataclass(frozen=True)
class Question:
    """What a customer asks in which language, and the slug of the article that answers it."""

    q: str
    locale: str
    want: str


@dataclass(frozen=True)
class Score:
    """How many questions found their article first, among the first three, and the mean of one by its place."""

    count: int
    first: float
    three: float
    rank: float


def load(path: Path = QUESTIONS) -> list[Question]:
    """The questions of a file: a list of {q, locale, want}."""
    return [Question(**row) for row in yaml.safe_load(path.read_text(encoding="utf-8"))]


def score(places: Sequence[int]) -> Score:
    """From the place at which each question found its article, counted from 1; 0 for not at all."""
    count = len(places) or 1
    return Score(
        len(places),
        sum(place == 1 for place in places) / count,
        sum(0 < place <= 3 for place in places) / count,  # noqa: PLR2004 -- hit@3
        sum(1 / place for place in places if place) / count,
    )


def ask(questions: Sequence[Question], folder: Path = CONTENT) -> list[int]:
    """The places at which a visitor's questions find their articles, in an instance made for it."""
    with tempfile.TemporaryDirectory(prefix="portal-questions-") as instance:
        app = create_app({"PORTAL_INSTANCE": instance, "PORTAL_KB_CONTENT": str(folder)})
        with app.app_context():
            prepare()
            sync(folder)
            db.session.commit()
            the_search().rebuild()
            places = [_place(question) for question in questions]
            db.session.remove()
            db.engine.dispose()
    return places


def _place(question: Question) -> int:
    answers = search_articles(None, question.q, question.locale, LOOKED_AT).answers
    slugs = [row.slug for _hit, row in answers]
    return slugs.index(question.want) + 1 if question.want in slugs else 0


def lines(
    questions: Sequence[Question], places: Sequence[int], name: str = "Questions of customers"
) -> list[str]:
    """The figures of all questions and of each language as a table."""
    rows = []
    for locale in ["all", *dict.fromkeys(question.locale for question in questions)]:
        found = score([p for q, p in zip(questions, places, strict=True) if locale in ("all", q.locale)])
        aims = (LEAST_FIRST, LEAST_THREE, LEAST_RANK) if locale == "all" else (None,) * 3
        cells = [locale, str(found.count)]
        for value, least in zip((found.first, found.three, found.rank), aims, strict=True):
            cells += [
                f"{value:.2f}",
                "" if least is None else verdict(-round(value, 2), -least).replace("-", ""),
            ]
        rows.append(cells)
    return [
        name,
        "",
        *columns(["language", "questions", "hit@1", "", "hit@3", "", "MRR", ""], rows),
        "",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.questions", description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", default=QUESTIONS)
    parser.add_argument("--folder", type=Path, default=CONTENT, help="content folder")
    parser.add_argument(
        "--missed", action="store_true", help="also those that did not find their article first"
    )
    given = parser.parse_args()
    questions = load(given.file)
    places = ask(questions, given.folder)
    print("\n".join(lines(questions, places)))
    for question, place in zip(questions, places, strict=True):
        if given.missed and place != 1:
            print(f"{place or '-'}  {question.locale}  {question.q}  ->  {question.want}")


if __name__ == "__main__":
    main()
