"""Several browsers at the same moment, on the app whose commits are real."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.people.models import Person
from portal.tickets.models import Ticket

from .client import PortalClient
from .make import make_ticket

T = TypeVar("T")


def person(name: str) -> Person:
    """One of the cast, by the name of its part."""
    return db.session.scalars(select(Person).where(Person.email == f"{name}@example.com")).one()


def browser(app: Flask, name: str) -> PortalClient:
    """A signed-in browser of one of the cast, with its form token."""
    with app.app_context():
        client: PortalClient = app.test_client()  # type: ignore[assignment]
        client.enter(person(name))
        client.csrf()
    return client


def new_ticket(app: Flask, subject: str, by: str = "customer", **more: str) -> tuple[int, int]:
    """A committed request; returns its id and its number."""
    with app.app_context():
        ticket: Ticket = make_ticket(person(by), subject, **more)
        return ticket.id, ticket.number


def at_once(count: int, act: Callable[[int], T]) -> list[T]:
    """Do `act` in `count` threads that start at the same moment; returns what they returned."""
    gate = threading.Barrier(count)

    def start(number: int) -> T:
        gate.wait(20)
        return act(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(start, range(count)))


def until(true: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for something to become true. Raises AssertionError when it does not in time."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
