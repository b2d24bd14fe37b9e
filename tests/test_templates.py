"""What templates may hold, and that each of their parts and icons is used."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import frontmatter
from bs4 import BeautifulSoup

from .source import ROOT, STATIC, modules, strings_in, templates

# Text of ours that is rendered already when it comes into a template, each time by kit/markdown.py.
RENDERED = {
    ("components/talk.html", "line.html"),
    ("desk/_composer.html", "line.html"),
    ("community/_posts.html", "post.html"),
    ("crossing/proposal.html", "shown.html"),
    ("crossing/to_article.html", "html"),
    ("crossing/wishes.html", "line.html"),
    ("legal/_text.html", "text.html"),
    ("mail/answered.html", "event.html"),
    ("mail/customer_wrote.html", "event.html"),
    ("mail/received.html", "event.html"),
    ("practice/show.html", "line.html"),
    ("tickets/_preview.html", "html"),
    ("tickets/print.html", "line.html"),
}


def test_no_template_is_unused() -> None:
    code = {word for tree in modules().values() for word in strings_in(tree)}
    named_by_templates = {
        m for text in templates().values() for m in re.findall(r'"([\w./]+\.(?:html|txt))"', text)
    }
    letters = {f"mail/{word}.{ending}" for word in code for ending in ("html", "txt")}
    assert set(templates()) - code - named_by_templates - letters == set()
    assert named_by_templates <= set(templates())


def test_every_letter_is_text_and_html() -> None:
    letters = {Path(name).stem for name in templates() if name.startswith("mail/")}
    assert all(f"mail/{name}.{ending}" in templates() for name in letters for ending in ("txt", "html"))


def test_no_macro_is_unused() -> None:
    for name, text in templates().items():
        for macro in re.findall(r"{%-? macro (\w+)\(", text):
            users = [
                t
                for other, t in templates().items()
                if other != name and name in t and re.search(rf"\b{macro}\(", t)
            ]
            inside = len(re.findall(rf"\b{macro}\(", text)) > 1
            assert users or inside, f"{name}: {macro}"


def test_nothing_that_a_template_imports_is_unused() -> None:
    for name, text in templates().items():
        for line in re.findall(r'{%-? from "[\w./]+" import ([\w, ]+?) -?%}', text):
            for macro in line.split(", "):
                assert len(re.findall(rf"\b{macro}\(", text)) > 0, f"{name}: {macro}"


def test_pages_hold_no_style_or_script_of_their_own() -> None:
    # Data for search engines (JSON-LD) is no script: no browser runs it, and the policy does not ask about it.
    inline = re.compile(
        r"""\sstyle=|<style|<script(?![^>]*src=)(?! type="application/ld\+json">)|\son\w+=["']|hx-on|javascript:|js:"""
    )
    for name, text in templates().items():
        if "mail" not in name:
            assert not inline.search(text), name


def test_only_what_was_rendered_before_is_put_into_a_page_as_it_is() -> None:
    found = {
        (name, what)
        for name, text in templates().items()
        for what in re.findall(r"([\w.]+) *\| *safe\b", text)
    }
    assert found == RENDERED
    assert not [name for name, text in templates().items() if "autoescape" in text]


def _tags() -> Iterator[tuple[str, BeautifulSoup]]:
    for name, text in templates().items():
        if name.endswith(".html"):
            plain = re.sub(r"{#.*?#}|{%.*?%}", " ", text, flags=re.DOTALL)
            yield name, BeautifulSoup(re.sub(r"{{.*?}}", "x", plain, flags=re.DOTALL), "lxml")


def test_every_request_of_htmx_says_its_own_target_and_swap() -> None:
    for name, page in _tags():
        for tag in page.select("[hx-get], [hx-post]"):
            assert tag.has_attr("hx-target"), f"{name}: {tag}"
            assert tag.has_attr("hx-swap"), f"{name}: {tag}"


def test_every_form_works_without_scripts() -> None:
    for name, page in _tags():
        for form in page.select("form"):
            assert form.has_attr("action") or form.get("method"), f"{name}: {form}"


# Icons


def _sprite() -> set[str]:
    return set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))


def _words_that_may_be_icons() -> set[str]:
    words = {word for tree in modules().values() for word in strings_in(tree)}
    sections = (p for folder in (ROOT / "kb_content", ROOT / "tests") for p in folder.rglob("_section.md"))
    words |= {str(frontmatter.loads(p.read_text(encoding="utf-8")).get("icon", "")) for p in sections}
    for text in (*templates().values(), (STATIC / "theme.js").read_text(encoding="utf-8")):
        words |= set(re.findall(r"""["']([a-z][\w-]*)["']""", text))
    return words


def test_every_icon_that_is_named_is_there() -> None:
    calls = r'(?:icon|empty)\("([\w-]+)"|callout\("\w+", "([\w-]+)"'
    wanted = {a or b for text in templates().values() for a, b in re.findall(calls, text)}
    for tree in modules().values():
        for call in (n for n in ast.walk(tree) if isinstance(n, ast.Call)):
            place = {"Look": 2, "View": 2, "EventLook": 0}.get(ast.unparse(call.func))
            if place is not None and isinstance(call.args[place], ast.Constant):
                wanted.add(call.args[place].value)  # type: ignore[attr-defined]
    assert wanted - _sprite() == set()


def test_every_icon_that_is_there_is_used() -> None:
    assert _sprite() - _words_that_may_be_icons() == set()
