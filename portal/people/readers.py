"""Statements that depend on who reads alone are built once: building one takes longer than running it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import TypeVar

from .models import Person
from .permissions import Permission

R = TypeVar("R")
KEPT = 100  # readers that a process remembers of each statement; some 10 kB each


@dataclass(frozen=True)
class Reader:
    """All that a statement may know of the person it is built for; `held` are permissions with the team of each."""

    id: int
    held: frozenset[tuple[str, int | None]]

    def reach(self, permission: Permission) -> tuple[bool, frozenset[int]]:
        """Where a permission is held, as Person.reach() says it."""
        teams = {team for held, team in self.held if held == permission}
        return None in teams, frozenset(team for team in teams if team is not None)


def reader_of(person: Person) -> Reader:
    """The person as a reader; somebody else as soon as a right is given or taken."""
    held = ((name, grant.team_id) for grant in person.grants for name in grant.role.permissions)
    return Reader(person.id, frozenset(held))


def built_once(build: Callable[[Reader], R]) -> Callable[[Person], R]:
    """A function of a person, from one that builds a statement for a reader and asks nothing of the database."""
    kept = lru_cache(KEPT)(build)

    @wraps(build)
    def built(person: Person) -> R:
        return kept(reader_of(person))

    return built
