"""The portal's code and templates, as the tests of its habits read them."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
PORTAL, TEMPLATES, STATIC = ROOT / "portal", ROOT / "portal/templates", ROOT / "portal/static"
NO_FEATURE = {"kit", "web", "migrations"}  # folders of the portal that are none of a feature


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
