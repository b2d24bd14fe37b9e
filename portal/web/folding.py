"""Templates are compiled once for each language: words, icons and addresses of files are then part of their text.

Looking each of them up for every page is a tenth of its time.
"""

import re
from collections.abc import Callable, Iterable, MutableMapping
from typing import Any, cast

from flask import templating
from jinja2 import nodes, runtime
from jinja2.environment import Template
from jinja2.loaders import BaseLoader
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from ..kit import i18n

RISKY = re.compile("[&<>'\"]").search  # what MarkupSafe writes otherwise
IMPORTS = (nodes.Import, nodes.FromImport)
OF_OTHERS = (
    nodes.Extends,
    nodes.Macro,
    nodes.Block,
)  # a template that has such is a part of others, or has parts


class _Folded(NodeTransformer):
    """Puts what a call gives in its place, where a function is known and all that it is given is constant.

    What a template or a block puts out is put together in itself, as by {% set %}: each piece would go by itself through
    all templates around it.
    """

    def __init__(self, known: MutableMapping[str, Callable[..., str]]) -> None:
        self.known = known

    def visit_Template(self, node: nodes.Template) -> nodes.Node:  # noqa: N802 -- Jinja's name for it
        self.generic_visit(node)
        if not any(isinstance(one, OF_OTHERS) for one in node.body):
            brought = [one for one in node.body if isinstance(one, IMPORTS)]
            node.body = [*brought, *_in_one([one for one in node.body if not isinstance(one, IMPORTS)])]
        return node

    def visit_Block(self, node: nodes.Block) -> nodes.Node:  # noqa: N802 -- Jinja's name for it
        self.generic_visit(node)
        node.body = _in_one(node.body)
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 -- Jinja's name for it
        self.generic_visit(node)
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        given: Iterable[nodes.Expr] = [*node.args, *(pair.value for pair in node.kwargs)]
        if name not in self.known or node.dyn_args or node.dyn_kwargs:
            return node
        if not all(isinstance(one, nodes.Const) for one in given):
            return node
        args = [one.as_const() for one in node.args]
        return nodes.Const(self.known[name](*args, **dict(pair.as_const() for pair in node.kwargs)))


def _in_one(body: list[nodes.Node]) -> list[nodes.Node]:
    return [
        nodes.AssignBlock(nodes.Name("in_one", "store"), None, body),
        nodes.Output([nodes.Name("in_one", "load")]),
    ]


class Context(runtime.Context):
    """Jinja's, which asks of everything that is called thrice whether it wants the context: a plain function says it once."""

    def call(self, called: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(called) is runtime.Macro or getattr(called, "jinja_pass_arg", None) is not None:
            return super().call(called, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        return called(*args, **kwargs)


class Environment(templating.Environment):
    """Flask's, with templates of each language, and with globals as one dict: Jinja's chain of maps costs a tenth as well.

    `words`, called with whether a template escapes, gives what translates a constant; `folded` are other functions of
    constants, by the names that templates have for them.
    """

    context_class = Context

    def __init__(self, app: Any, **options: Any) -> None:
        self._of_language: dict[str, dict[str, Template]] = {}
        self.words: Callable[[bool], Callable[..., str]] | None = None
        self.folded: dict[str, Callable[..., str]] = {}
        super().__init__(app, **options)

    def _load_template(self, name: str, globals: MutableMapping[str, Any] | None) -> Template:  # noqa: A002 -- Jinja's
        """The template as it is compiled for the language in force, once; Jinja keeps one for all."""
        kept = self._of_language.setdefault(i18n.current_language(), {})
        if name not in kept:
            kept[name] = cast("BaseLoader", self.loader).load(self, name, self.make_globals(globals))
        return kept[name]

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        if self.words is None:
            return tree
        escaped = self.autoescape(name) if callable(self.autoescape) else self.autoescape
        translate = self.words(escaped)
        return _Folded({**self.folded, "_": translate, "gettext": translate}).visit(tree)

    def _generate(self, *args: Any, **kwargs: Any) -> str:
        """Python of a template, in which `escape` is the one below."""
        return f"{super()._generate(*args, **kwargs)}\nescape = environment.escape"

    @staticmethod
    def escape(value: Any) -> str:
        """What a template puts out; where nothing is to be done, MarkupSafe's own, which makes it anew, is not asked."""
        kind = type(value)
        if kind is Markup or (kind is str and not RISKY(value)):
            return value
        return escape(value)
