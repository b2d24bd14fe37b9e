"""Rows of links that scroll on a phone: the one that is open can be seen."""

import pytest

from .conftest import Enter

pytestmark = pytest.mark.browser

SEEN = """
[...document.querySelectorAll(".views > [aria-current], .rail-views > [aria-current]")].map(one => {
  const here = one.getBoundingClientRect(), row = one.parentNode.getBoundingClientRect();
  return here.left >= row.left - 1 && Math.min(here.right, here.left + row.width) <= row.right + 1;
})
"""


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("admin", "/admin /admin/record /admin/people /admin/roles /admin/pages"),
        ("customer", "/account /account/security /account/agreements /tickets?show=all"),
    ],
)
def test_a_row_of_links_shows_the_page_that_is_open(enter: Enter, name: str, paths: str) -> None:
    page = enter(name, viewport={"width": 390, "height": 844}, locale="ru")

    for path in paths.split():
        page.goto(path)

        assert set(page.evaluate(SEEN)) == {True}, path
