"""The habits of the house that a machine can keep."""

import ast
import importlib
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import frontmatter
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from bs4 import BeautifulSoup
from flask import Flask
from importlinter.cli import lint_imports

from portal import config
from portal.app import JOB_MODULES, PRIVACY_PARTS, create_app
from portal.config import SETTINGS
from portal.extensions import Model
from portal.kit.clock import UNTIL_ERASED
from portal.people.permissions import FIRST_ROLES, ROLE_NAMES, SENTENCES, Permission
from portal.privacy.actions import name_of

from .conftest import environment
from .privacy.story import personal_tables

ROOT = Path(__file__).parent.parent
PORTAL, TEMPLATES, STATIC = ROOT / "portal", ROOT / "portal/templates", ROOT / "portal/static"
TRANSLATIONS = PORTAL / "translations"
LANGUAGES = [code for code in config.LANGUAGES if code != "en"]

# What a feature's folder holds; beyond that it may be split by a noun of its own, each told here.
USUAL = {
    "__init__",
    "models",
    "access",
    "actions",
    "queries",
    "forms",
    "views",
    "api",
    "jobs",
    "privacy",
    "cli",
}
NOUNS = {
    "accounts": {
        "address",
        "address_pages",
        "by_link",
        "limits",
        "link_pages",
        "notices",
        "presence",
        "security",
    },
    "backup": {"ground", "making", "parts", "putting_back", "sealed", "tables"},
    "health": {"looks", "outside"},
    "privacy": {"ledger"},
    "audit": {"wording"},
    "canned": {"wording"},
    "company": {
        "first_article",
        "hours",
        "kept",
        "logo",
        "mailway",
        "parts",
        "readiness",
        "ready",
        "sample",
        "wording",
    },
    "crossing": {
        "articles",
        "checks",
        "cleaning",
        "desk",
        "folding",
        "names",
        "notices",
        "panels",
        "patterns",
        "proposals",
        "wishes",
    },
    "community": {
        "acts",
        "changes",
        "documents",
        "download",
        "feeds",
        "following",
        "gate",
        "laws",
        "like",
        "links",
        "marks",
        "mentions",
        "names",
        "notices",
        "own",
        "panels",
        "people",
        "posts",
        "receive",
        "rooms",
        "signs",
        "spaces",
        "traces",
        "unread",
        "wording",
    },
    "demo": {
        "community",
        "crossings",
        "feedback",
        "ideas",
        "legal",
        "load",
        "others",
        "readership",
        "remove",
        "staff",
    },
    "home": {"health"},
    "kb": {
        "body",
        "checks",
        "contents",
        "documents",
        "download",
        "feeds",
        "files",
        "finding",
        "front",
        "helpful",
        "kept",
        "look",
        "names",
        "parts",
        "pictures",
        "reading",
        "related",
        "revision",
        "searched",
        "sections",
        "sharing",
        "shown",
        "translations",
        "writing",
    },
    "ideas": {"demand", "feeds", "notices", "wording"},
    "inbox": {"headers", "mailbox", "markup", "reading", "sorting", "tags", "wording"},
    "live": {"hub", "news"},
    "mail": {"compose", "threads", "wording"},
    "legal": {"asking", "contact", "editing", "own", "standing", "wording"},
    "outbox": {"once", "worker"},
    "moderation": {"acts", "notices", "rules", "standing", "topics", "wording"},
    "moving": {"rows", "source"},
    "practice": {"wording"},
    "people": {"guards", "permissions", "readers"},
    "readership": {"masking", "notes", "wording"},
    "staff": {"joining", "leaving", "notices", "rights", "roles", "team_pages", "teams"},
    "search": {
        "disk",
        "documents",
        "following",
        "index",
        "lanes",
        "lore",
        "marking",
        "question",
        "ranking",
        "shelf",
        "thesaurus",
        "words",
    },
    "desk": {"canned", "intake", "lost_mailbox"},
    "notifications": {"letters", "unsubscribe", "wording"},
    "tickets": {
        "acts",
        "documents",
        "answers",
        "doors",
        "download",
        "first_line",
        "following",
        "from_article",
        "fulltext",
        "guests",
        "notices",
        "panels",
        "promise",
        "receive",
        "second_thoughts",
        "solved",
        "story",
        "visitors",
        "wording",
    },
}
NO_FEATURE = {"kit", "web", "migrations"}

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


@cache
def modules(folder: str = "portal") -> dict[Path, ast.Module]:
    """Modules by path inside the project, parsed; without migrations, which Alembic writes."""
    paths = (p for p in (ROOT / folder).rglob("*.py") if "migrations" not in p.parts)
    return {p.relative_to(ROOT): ast.parse(p.read_text(encoding="utf-8")) for p in sorted(paths)}


def named(name: str) -> dict[Path, ast.Module]:
    """Modules of features that have this file name."""
    return {p: tree for p, tree in modules().items() if p.stem == name and p.parts[1] not in NO_FEATURE}


@cache
def templates() -> dict[str, str]:
    """Templates by name."""
    paths = (p for p in TEMPLATES.rglob("*") if p.suffix in (".html", ".txt"))
    return {str(p.relative_to(TEMPLATES)): p.read_text(encoding="utf-8") for p in sorted(paths)}


def names_in(tree: ast.AST) -> set[str]:
    """Every name and attribute that code mentions."""
    nodes = list(ast.walk(tree))
    return {n.id for n in nodes if isinstance(n, ast.Name)} | {
        n.attr for n in nodes if isinstance(n, ast.Attribute)
    }


def strings_in(tree: ast.AST) -> set[str]:
    return {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def imported(tree: ast.AST, source: str) -> set[str]:
    """Names that a module imports from `source`."""
    froms = (n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module == source)
    return {alias.name for node in froms for alias in node.names}


def sources_of(tree: ast.AST) -> set[str]:
    """The modules of ours that a module imports, by their last names."""
    froms = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.level]
    return {(n.module or "").rpartition(".")[2] for n in froms} | {a.name for n in froms for a in n.names}


def calls_of(tree: ast.AST, method: str) -> int:
    """How often something's method is called."""
    calls = (n.func for n in ast.walk(tree) if isinstance(n, ast.Call))
    return sum(isinstance(f, ast.Attribute) and f.attr == method for f in calls)


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An app to walk the map of addresses; it needs no database."""
    return create_app(environment(tmp_path_factory.mktemp("house")))


# Direction and folders


def test_imports_go_one_way(capsys: pytest.CaptureFixture[str]) -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0, (
        capsys.readouterr().out
    )


def test_what_is_ours_is_imported_with_dots_and_at_the_top() -> None:
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                assert node.level or not (node.module or "").startswith("portal"), path
            if isinstance(node, ast.FunctionDef):
                assert not any(isinstance(n, ast.Import | ast.ImportFrom) for n in ast.walk(node)), (
                    f"{path}: {node.name}"
                )


def test_only_the_worker_imports_jobs() -> None:
    assert [str(path) for path, tree in modules().items() if "jobs" in sources_of(tree)] == []


def test_every_job_that_is_left_is_done_by_somebody() -> None:
    done = {kind for name in JOB_MODULES for kind in getattr(importlib.import_module(name), "HANDLERS", {})}
    for path, tree in modules().items():
        for call in (
            n for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func) == "enqueue"
        ):
            kind = call.args[0]
            assert not isinstance(kind, ast.Constant) or kind.value in done, f"{path}: {kind.value!r}"


def test_a_module_says_each_of_its_names_once() -> None:
    for path, tree in modules().items():
        told = [
            n.targets[0].id
            for n in tree.body
            if isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Name)
        ]
        assert len(told) == len(set(told)), path


def test_a_features_folder_holds_files_of_known_names() -> None:
    for path in (p for p in modules() if len(p.parts) > 2 and p.parts[1] not in NO_FEATURE):
        assert path.stem in USUAL | NOUNS.get(path.parts[1], set()), f"{path}: tell its noun in this test"
    for feature, nouns in NOUNS.items():
        assert all((PORTAL / feature / f"{noun}.py").exists() for noun in nouns), feature


def test_no_module_or_class_is_named_for_a_layer() -> None:
    vague = re.compile(
        r"(?i)^(utils?|helpers?|common|misc)$|(Manager|Service|Helper|Repository|Controller)$|^Base\w"
    )
    for path, tree in modules().items():
        assert not vague.search(path.stem), path
        classes = [n.name for n in ast.walk(tree) if isinstance(n, ast.ClassDef)]
        assert not [name for name in classes if vague.search(name)], path


def test_a_package_is_introduced_by_one_sentence_and_nothing_else() -> None:
    for path, tree in modules().items():
        if path.stem == "__init__":
            assert len(tree.body) == 1, path
            assert ast.get_docstring(tree), path


# What each kind of file may do


def test_every_module_says_what_it_is_for() -> None:
    for folder in ("portal", "tests", "bench"):
        for path, tree in modules(folder).items():
            if folder == "tests" and not tree.body:
                continue  # only says that a folder of tests is a package
            doc = ast.get_docstring(tree) or ""
            assert doc, path
            assert doc.splitlines()[0].rstrip("…").endswith("."), path


def test_verbs_never_commit_flash_render_or_read_the_request() -> None:
    reads_source = {
        Path("portal/audit/actions.py")
    }  # the record notes where an act came from, once for all verbs
    for path, tree in named("actions").items():
        bad = {"commit", "flash", "render", "render_template", "redirect", "current_user", "me", "who"}
        bad |= set() if path in reads_source else {"request", "session_transaction"}
        assert not names_in(tree) & bad, path
        assert "session" not in imported(tree, "flask"), path


def test_only_the_edge_commits() -> None:
    edge = {"portal/instance.py", "portal/demo/load.py", "portal/outbox/worker.py"}
    own_files = {"portal/search/index.py", "portal/search/disk.py"}  # Whoosh's writer, no database
    for path, tree in modules().items():
        if calls_of(tree, "commit") and str(path) not in edge | own_files:
            assert path.stem in ("cli", "commands") or "Blueprint" in names_in(tree), path


def test_views_hold_no_sql_beyond_a_select() -> None:
    loading = {"select", "joinedload", "contains_eager"}
    probes = {Path("portal/home/health.py")}  # asks the database whether it answers
    for path, tree in modules().items():
        if "Blueprint" in names_in(tree) and path not in probes:
            used = imported(tree, "sqlalchemy") | imported(tree, "sqlalchemy.orm")
            assert used <= loading, f"{path}: {used - loading}"


@pytest.mark.parametrize("kind", ["access", "queries", "models", "forms"])
def test_what_only_looks_changes_nothing(kind: str) -> None:
    for path, tree in named(kind).items():
        assert not imported(tree, "sqlalchemy") & {"insert", "update", "delete"}, path
        # In access.py a row may be held for a change; that is a select too.
        assert not any(calls_of(tree, verb) for verb in ("commit", "flush", "add_all", "merge")), path
        assert "session.add" not in ast.unparse(tree), path


@pytest.mark.parametrize("kind", ["models", "forms"])
def test_tables_and_forms_ask_nothing(kind: str) -> None:
    for path, tree in named(kind).items():
        assert not names_in(tree) & {"db", "request", "current_user"}, path


def test_there_is_one_clock_and_no_paging_by_counting() -> None:
    for path, tree in modules().items():
        if path != Path("portal/kit/clock.py"):
            assert not {"utcnow", "today"} & {
                n.attr
                for n in ast.walk(tree)
                if isinstance(n, ast.Attribute) and "datetime" in ast.unparse(n.value)
            }, path
            assert "datetime.now(" not in ast.unparse(tree), path
        assert calls_of(tree, "offset") == 0, path


def test_nothing_is_left_to_be_done_and_exceptions_carry_their_reason() -> None:
    words = re.compile(r"(?:#|//|/\*|<!--).*\b(?:TODO|FIXME|XXX|HACK)\b")
    bare = re.compile(r"# (?:noqa(?:: [A-Z]+\d+(?:, [A-Z]+\d+)*)?|type: ignore(?:\[[\w, -]+\])?)$")
    kinds = {".py", ".html", ".txt", ".css", ".js", ".toml", ".md", ".yaml"}
    for path in (p for folder in ("portal", "tests", "bench") for p in (ROOT / folder).rglob("*")):
        if path.suffix in kinds and "vendor" not in path.parts and path != Path(__file__):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                assert not words.search(line), f"{path}:{number}"
                assert "tests" in path.parts or not bare.search(line), f"{path}:{number}: say why"


def test_names_of_packages_of_ours_are_known_to_the_sorter_of_imports() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = {p.parent.name for p in ROOT.glob("*/__init__.py")}
    assert packages <= set(settings["tool"]["ruff"]["lint"]["isort"]["known-first-party"])


# Routes and permissions


def test_exactly_one_guard_stands_on_every_route_directly_under_its_address(routes: Flask) -> None:
    for path, tree in modules().items():
        for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
            marks = [ast.unparse(d) for d in function.decorator_list]
            addresses = [m for m in marks if re.match(r"\w*blueprint\.(get|post|route)\(", m)]
            guards = [
                m for m in marks if re.match(r"(public|signed_in|invited|needs\(Permission\.\w+\))$", m)
            ]
            if addresses:
                assert marks[: len(addresses) + 1] == [*addresses, *guards], f"{path}: {function.name}"
    for rule in routes.url_map.iter_rules():
        assert getattr(routes.view_functions[rule.endpoint], "guard", None), rule


def test_an_address_reads_or_acts_but_never_both(routes: Flask) -> None:
    for rule in routes.url_map.iter_rules():
        methods = set(rule.methods or ()) - {"HEAD", "OPTIONS"}
        assert methods in ({"GET"}, {"POST"}), rule


def test_every_permission_is_used_and_told_in_a_sentence(routes: Flask) -> None:
    code = "\n".join(ast.unparse(tree) for path, tree in modules().items() if path.stem != "permissions")
    code += "\n".join(templates().values())
    for permission in Permission:
        assert f"Permission.{permission.name}" in code or f'"{permission}"' in code, permission
    assert set(SENTENCES) == set(Permission)
    assert set(ROLE_NAMES) == set(FIRST_ROLES)


# Templates


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


# Translations


@cache
def _fresh() -> Catalog:
    """The texts that stand in code and templates now."""
    catalog = Catalog()
    options = {"portal/templates/**": {"encoding": "utf-8", "silent": "false", "trimmed": "true"}}
    methods = [("portal/**.py", "python"), ("portal/templates/**", "jinja2")]
    keywords = {**DEFAULT_KEYWORDS, "lazy": None}
    for name, line, message, comments, context in extract_from_dir(ROOT, methods, options, keywords):
        catalog.add(message, None, [(name, line)], auto_comments=comments, context=context)
    return catalog


def _catalogue(language: str) -> Catalog:
    with (TRANSLATIONS / language / "LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale=language)


def _id(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _ids(catalog: Catalog) -> set[str]:
    return {_id(message) for message in catalog if message.id}


def _forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def _signs(text: str) -> list[str]:
    """What must stand in a translation as it stands in the text: places for values, and markup."""
    return sorted(re.findall(r"%\(\w+\)[a-z]|<[^>]+>|%%", text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_holds_exactly_the_texts_of_today(language: str) -> None:
    held = _ids(_catalogue(language))
    assert sorted(_ids(_fresh()) - held) == [], "make messages, then translate"
    assert sorted(held - _ids(_fresh())) == [], "make messages"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_in_every_form_of_number(language: str) -> None:
    catalog = _catalogue(language)
    for message in catalog:
        if message.id:
            assert all(form.strip() for form in _forms(message)), message.id
            assert not message.fuzzy, message.id
            assert len(_forms(message)) == (catalog.num_plurals if message.pluralizable else 1), message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_places_for_values_and_markup(language: str) -> None:
    for message in _catalogue(language):
        texts = (message.id,) if isinstance(message.id, str) else message.id
        for form in filter(None, _forms(message) if message.id else ()):
            assert _signs(form) in [_signs(text) for text in texts], f"{message.id} -> {form}"
            assert form[:1].isspace() == texts[0][:1].isspace(), message.id
            assert form[-1:].isspace() == texts[0][-1:].isspace(), message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_runs_is_what_was_translated(language: str) -> None:
    path = TRANSLATIONS / language / "LC_MESSAGES/messages.mo"
    assert path.exists(), "make setup compiles the catalogues"
    with path.open("rb") as file:
        compiled = read_mo(file)
    written = {(_id(m), _forms(m)) for m in _catalogue(language) if m.id and all(_forms(m))}
    assert {(_id(m), _forms(m)) for m in compiled if m.id} == written


# People


def test_every_table_that_tells_of_people_has_its_part_in_privacy() -> None:
    parts = {name_of(part): part for part in PRIVACY_PARTS}
    homes = {
        mapper.class_.__tablename__: mapper.class_.__module__.split(".")[1]
        for mapper in Model.registry.mappers
    }
    kept = {table for part in parts.values() for table in part.KEPT}
    for name in personal_tables():
        assert homes[name] in parts, (
            f"{name}: portal/{homes[name]}/privacy.py is not there, or not in PRIVACY_PARTS"
        )
        assert name in kept, f"{name}: how long it is kept is said in no privacy.py"
    assert {p.parts[1] for p in named("privacy")} == set(parts)
    for name, part in parts.items():
        told = named("privacy")[Path(f"portal/{name}/privacy.py")]
        ends = [table for table, time in part.KEPT.items() if time != UNTIL_ERASED]
        wanted = {"export", "erase"} | ({"sweep"} if ends else set())
        assert wanted <= {n.name for n in told.body if isinstance(n, ast.FunctionDef)}, name
        jobs = modules()[Path(f"portal/{name}/jobs.py")] if ends else None
        assert jobs is None or "sweep" in imported(jobs, "privacy"), f"{name}: jobs.py does not call sweep()"


# Files that come with the portal


def test_the_readme_lists_every_setting_as_the_code_has_it() -> None:
    rows = {
        cells[0].strip("` "): cells[-1].strip()
        for line in (ROOT / "README.md").read_text().splitlines()
        if line.startswith("| `PORT")
        for cells in [line.strip("|").split("|")]
    }
    assert rows == {setting.variable: setting.why for setting in SETTINGS}


def test_the_main_journeys_are_walked_by_roles_and_names_alone() -> None:
    walks = [
        (path, node)
        for path in sorted((ROOT / "tests/browser").glob("test_*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
        and re.match(r"(test_j[123457]|test_j26|read_mail)(_|$)", node.name)
    ]
    assert len(walks) >= 8
    assert not [
        f"{path.name}: {node.name}"
        for path, node in walks
        if any(isinstance(one, ast.Attribute) and one.attr == "locator" for one in ast.walk(node))
    ]


def test_the_script_does_only_what_html_cannot() -> None:
    lines = (STATIC / "portal.js").read_text(encoding="utf-8").splitlines()
    assert len(lines) < 150
    for name in (
        "composer.js",
        "device.js",
        "drafts.js",
        "keeping.js",
    ):  # of pages where something is written
        assert len((STATIC / name).read_text(encoding="utf-8").splitlines()) < 120, name


def test_what_is_vendored_says_its_version_and_has_its_licence_beside_it() -> None:
    vendor = [p for p in (STATIC / "vendor").iterdir() if p.suffix not in (".br", ".gz")]
    works = [p for p in vendor if p.suffix in (".js", ".css")]
    for path in works:
        assert re.fullmatch(r"[a-z-]+-\d+\.\d+\.\d+\.min", path.stem), path
        licence = path.with_name(re.sub(r"-\d.*", "", path.name) + "-LICENSE")
        assert "opyright" in licence.read_text(encoding="utf-8") or "BSD" in licence.read_text(
            encoding="utf-8"
        ), path
    used = "".join(templates().values())
    assert all(f"vendor/{p.name}" in used for p in works)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_the_locks_pin_everything_with_its_hash_and_name_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"https?:|--index|--extra-index|--find-links|file:", text)
    pins = re.split(r"\n(?=[a-z0-9])", re.sub(r"(?m)^\s*#.*\n?", "", text).strip(), flags=re.IGNORECASE)
    assert len(pins) > 20
    assert [pin.splitlines()[0] for pin in pins if "==" not in pin or "--hash=sha256:" not in pin] == []


def test_nothing_names_the_machine_it_was_written_on() -> None:
    home = "/" + "work/"
    kinds = {".py", ".md", ".toml", ".html", ".yaml", ".js", ".css", ".cfg"}
    for path in (
        p
        for folder in (ROOT / "portal", ROOT / "tests", ROOT)
        for p in (folder.rglob("*") if folder != ROOT else ROOT.iterdir())
    ):
        if path.is_file() and path.suffix in kinds:
            assert home not in path.read_text(encoding="utf-8"), path
