"""Statements that depend on who reads alone are built once: building one takes longer than running it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import TypeVar

from .models import Held, Person, reach
from .permissions import Permission

R = TypeVar("R")
KEPT = 100  # readers that a process remembers of each statement; some 10 kB each


@dataclass(frozen=True)
class Reader:
    """All that a statement may know of the person it is built for; `held` are permissions with the team of each."""

    id: int
    held: Held

    def reach(self, permission: Permission) -> tuple[bool, frozenset[int]]:
        """Where a permission is held, as Person.reach() says it."""
        return reach(self.held, permission)


def reader_of(person: Person) -> Reader:
    """The person as a reader; somebody else as soon as a right is given or taken."""
    return Reader(person.id, person.held)


def built_once(build: Callable[[Reader], R]) -> Callable[[Person], R]:
    """A function of a person, from one that builds a statement for a reader and asks nothing of the database."""
    kept = lru_cache(KEPT)(build)

    @wraps(build)
    def built(person: Person) -> R:
        return kept(reader_of(person))

    return built
