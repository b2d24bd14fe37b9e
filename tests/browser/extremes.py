"""Requests and people that no design expects: the longest words, names and conversations."""

from datetime import timedelta

from sqlalchemy import delete

from portal.accounts.models import SignIn
from portal.extensions import db
from portal.kit import clock
from portal.outbox.models import Job
from portal.people.actions import give_role
from portal.people.models import Person
from portal.practice.actions import begin, say
from portal.tickets.actions import Words, note, open_ticket, reply

from ..make import PASSWORD_HASH

LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff" * 2 + "Abcdefghij"
GERMAN = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft "
MESSAGES = 300


def _person(email: str, called: str) -> Person:
    person = Person(email=email, called=called, password_hash=PASSWORD_HASH, language="en")
    db.session.add(person)
    db.session.flush()
    give_role(person, "customer")
    return person


def _long_talk(customer: Person, agent: Person) -> None:
    ticket = open_ticket("Three hundred messages about one cable", Words("It began with a word."), customer)
    for number in range(1, MESSAGES):
        reply(ticket, Words(f"Message {number}: orange again."), agent if number % 3 else customer)


def add_extremes() -> None:
    """Add them to the demo of the current app."""
    people = {person.email: person for person in db.session.query(Person)}
    customer, agent = people["customer@example.com"], people["agent@example.com"]
    _long_talk(customer, agent)
    wide = "W" * 400 + "\n\n```\n" + "x" * 300 + "\n```\n\n| a | b |\n|---|---|\n| 1 | " + "y" * 120 + " |"
    open_ticket((GERMAN * 4)[:255], Words(wide), customer)
    open_ticket("U" * 255, Words("One word."), _person("long@example.com", LONG_NAME))
    arabic = open_ticket(
        "لا يوجد إنترنت (MR-6)", Words("مرحبا"), _person("rtl@example.com", "محمد عبد الرحمن")
    )
    reply(arabic, Words("Hello, we look into it."), agent)
    note(arabic, Words("Known, see **MR-6**."), agent)
    _person("newcomer@example.com", "")
    say(begin(agent), wide, internal=False, then="open", done=())
    far = {
        "device": "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 " * 3,
        "place": "2001:db8:85a3:8d3:1319:8a2e:370:7348",
    }
    db.session.add(SignIn(digest="f" * 64, person=customer, ends=clock.now() + timedelta(days=1), **far))
    db.session.execute(delete(Job).where(Job.kind == "tickets.mail"))  # nobody waits for these mails
    db.session.commit()
