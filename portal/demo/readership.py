"""The part of the demo about readers: what they searched in the last weeks, and whether articles helped them."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import update

from ..extensions import db
from ..kit import clock
from ..readership.actions import Said, record, vote
from ..tickets.models import Ticket

DAYS = 80


def fill_readership(data: dict[str, Any], start: datetime) -> None:
    """Make what readership.yaml says, spread over the weeks before `start`."""
    dice = Random(4)  # the same demo each time
    for number, row in enumerate(data["searches"]):
        record(_searches(row, f"demo-search-{number}", start, dice))
    for row in data["votes"]:
        for number, said in enumerate(_votes(row)):
            with clock.at(_moment(start, dice)):
                vote(said, row["article"], f"demo-{number}")
    for subject, slug in data["asked_from"].items():
        db.session.execute(update(Ticket).where(Ticket.subject == subject).values(article=slug))


def _moment(start: datetime, dice: Random) -> datetime:
    return start - timedelta(days=dice.random() * DAYS, hours=2)


def _searches(row: dict[str, Any], token: str, start: datetime, dice: Random) -> list[dict[str, Any]]:
    """As many notes as there were searches; the first of them opened the article, the last of those asked."""
    notes = []
    opened = row.get("opened", 0)
    for turn in range(row["times"]):
        facts = {name: row[name] for name in ("words", "language", "results")}
        facts |= {"token": f"{token}-{turn}", "at": _moment(start, dice).isoformat()}
        if turn < opened:
            facts["opened"] = row["article"]
        if 0 <= (opened or row["times"]) - 1 - turn < row["asked"]:
            facts["asked"] = True
        notes.append(facts)
    return notes


def _votes(row: dict[str, Any]) -> list[Said]:
    no = [Said(False, row["locale"], one.get("reason", ""), one.get("words", "")) for one in row["unhelpful"]]
    return [Said(True, row["locale"])] * row["helpful"] + no
