"""The habits of the house that a machine can keep."""

import ast
import importlib
import re
import tomllib
from pathlib import Path

import pytest
from flask import Flask
from importlinter.cli import lint_imports

from portal.app import create_app
from portal.extensions import Model
from portal.features import JOB_MODULES, PRIVACY_PARTS
from portal.kit.clock import UNTIL_ERASED
from portal.people.permissions import FIRST_ROLES, ROLE_NAMES, SENTENCES, Permission
from portal.privacy.actions import name_of

from .conftest import environment
from .privacy.story import personal_tables
from .source import (
    NO_FEATURE,
    PORTAL,
    ROOT,
    calls_of,
    imported,
    modules,
    named,
    names_in,
    sources_of,
    templates,
)

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
        "nameservers",
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
    "staff": {"inviting", "joining", "leaving", "notices", "rights", "roles", "team_pages", "teams"},
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


# Tests


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
