"""The bench in a short form: it fills, serves, measures and prints; its figures are not judged here."""

import pytest

from bench.fill import Amounts
from bench.measure import Effort
from bench.pages import PAGES
from bench.questions import LEAST_FIRST, LEAST_RANK, LEAST_THREE, ask, load, score
from bench.run import Finding, Plan, run

SHORT = Plan(
    Amounts(tickets=150, open=60, articles=30, people=30, topics=30, posts=300),
    Amounts(tickets=200, open=60, articles=30, people=30, topics=60, posts=900),
    Effort(1, 2, 5, 2),
    Finding((20, 40), 20),
    10_000_000,
)


@pytest.fixture(scope="module")
def lines() -> list[str]:
    return run(SHORT)


def test_every_page_has_a_line_at_both_amounts_and_one_of_growth(lines: list[str]) -> None:
    for page in PAGES:
        assert sum(line.startswith(f"{page.name}  ") for line in lines) >= 3


def test_no_page_that_is_read_asks_the_database_more_often_than_it_may(lines: list[str]) -> None:
    assert not [line for line in lines if "over (aim 8)" in line.partition(".")[0]]


def test_the_first_visit_and_the_fragments_are_small(lines: list[str]) -> None:
    sizes = [line for line in lines if line.startswith(("first visit in all", "fragment: "))]
    assert sizes
    assert not [line for line in sizes if "over" in line]


def test_search_has_its_figures_at_both_amounts_beside_the_yardstick(lines: list[str]) -> None:
    head = next(line for line in lines if line.startswith("search  ") and "articles" in line)
    assert "20 articles" in head
    assert "40 articles" in head
    for name in ("page of results, median", "suggestions, median", "FTS5 alone", "sync, s", "reindex, s"):
        assert [line for line in lines if line.startswith(name)], name


def test_questions_of_customers_find_their_articles() -> None:
    found = score(ask(load()))
    assert found.first >= LEAST_FIRST
    assert found.three >= LEAST_THREE
    assert found.rank >= LEAST_RANK
