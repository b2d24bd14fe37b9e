"""The administrator's pages: failed work, the record, the roles."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.audit.actions import record
from portal.audit.models import AuditEntry
from portal.audit.wording import ACTS, OBJECTS
from portal.backup.actions import begin, end
from portal.canned.actions import Saying, add_canned, drop_canned
from portal.extensions import db
from portal.health.actions import note
from portal.health.looks import examine
from portal.outbox.actions import enqueue, hold_all
from portal.outbox.models import Job
from portal.people.models import Person

from ..client import PortalClient
from ..conftest import Cast
from ..make import PASSWORD

Browser = Callable[[Person], PortalClient]


@pytest.fixture
def failed() -> Job:
    """A job that was given up."""
    enqueue("nobody.does", {}, key="failed")
    job = db.session.query(Job).filter_by(key="failed").one()
    job.dead, job.tries, job.error = datetime.now(UTC), 12, "<b>550</b> no such mailbox"
    db.session.commit()
    return job


def test_failed_work_is_shown_and_can_be_tried_again(
    people: Cast, browser_of: Browser, db_session: object, failed: Job
) -> None:
    admin = browser_of(people.admin)
    assert "<b>550</b> no such mailbox" in admin.page("/admin").text
    assert admin.send(f"/admin/jobs/{failed.id}/retry").location == "/admin"
    db.session.expire_all()
    assert db.session.get(Job, failed.id).dead is None  # type: ignore[union-attr]
    assert db.session.query(AuditEntry).filter_by(act="tried again", about=f"job {failed.id}").count() == 1
    assert admin.send(f"/admin/jobs/{failed.id}/retry").status_code == 404


def test_what_waited_before_a_restore_is_held_until_somebody_sends_or_drops_it(
    people: Cast, browser_of: Browser, work: Callable[[], int]
) -> None:
    for number in range(3):
        enqueue("accounts.nobody", {"person": people.customer.id}, key=f"held{number}")
    enqueue("search.index", {}, key="quiet")
    enqueue("outbox.sweep", {}, key="outbox.sweep:7")
    assert hold_all(["search.index"]) == 3
    db.session.commit()
    admin = browser_of(people.admin)
    page = admin.page("/admin")
    assert "Waiting from before the restore" in page.text
    assert people.customer.called in page.text
    first = db.session.query(Job).filter_by(key="held0").one()
    assert admin.send(f"/admin/jobs/{first.id}/drop").location == "/admin"
    assert (
        admin.send("/admin/jobs/drop", {"kind": "accounts.nobody"}).location == "/admin"
    )  # those given up: none
    work()
    assert db.session.query(Job).filter(Job.held, Job.done.is_(None)).count() == 2
    assert admin.send("/admin/jobs/retry", {"kind": "accounts.nobody", "held": "yes"}).location == "/admin"
    work()
    db.session.expire_all()
    assert db.session.query(Job).filter(Job.done.is_(None)).count() == 0
    assert admin.send(f"/admin/jobs/{first.id}/drop").status_code == 404


def test_the_page_says_what_is_wrong_and_what_to_do(people: Cast, browser_of: Browser) -> None:
    note("worker one", {})
    note("certificate", {"ends": None, "error": ""})
    row = begin("/mnt/backups/x.backup")
    end(row.id, row.began, error="No space left on device")
    db.session.commit()
    words = " ".join(browser_of(people.admin).page("/admin").text.split())
    assert "At work on one" in words
    assert "the last try failed: No space left on device" in words
    assert "Not looked at yet" in words  # the disk
    assert not {f.part for f in examine(now=False) if "Not looked at yet" in f.words and not f.good}


def test_who_did_what_is_recorded_and_shown(people: Cast, client: PortalClient, browser_of: Browser) -> None:
    client.send("/sign-in", {"email": people.customer.email, "password": "wrong"})
    client.send("/sign-in", {"email": people.customer.email, "password": PASSWORD})
    client.send("/account/profile", {"called": "C", "name": "", "language": "en", "zone": ""})
    client.send("/sign-out")
    acts = [row.act for row in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert acts == ["failed to sign in", "signed in", "changed the profile", "signed out"]
    browser_of(people.admin).page("/admin/record")


def test_the_record_names_what_it_is_about(people: Cast, browser_of: Browser) -> None:
    answer = add_canned(Saying("Zebra thanks", "", "Thanks"), people.manager)
    gone = add_canned(Saying("Gone", "", "Gone"), people.manager)
    drop_canned(gone, people.manager)
    record("gave a role", people.admin, f"person {people.customer.id}", role="agent")
    record("changed the opening hours", people.admin, "company hours")
    record("published a page", people.admin, "company page privacy-3")
    record("signed in", people.customer, "person 99999999999999999999")
    db.session.commit()
    words = " ".join(browser_of(people.admin).page("/admin/record").text.split())
    assert f"person: {people.customer.shown} Agent" in words
    assert f"person {people.customer.id}" not in words
    for told in (
        "ready answer: Zebra thanks",
        f"ready answer {gone.id}",
        "company: Opening hours",
        "Privacy policy 3",
    ):
        assert told in words, told
    assert answer.title == "Zebra thanks"


def test_every_act_and_object_of_the_record_has_words() -> None:
    told = re.compile(r"""\brecord\(\s*"([^"]+)",[^,]+(?:\([^)]*\))?,\s*f?"(?:([a-z -]+?) ?(?:\{|"))?""")
    found = [one for path in Path("portal").rglob("*.py") for one in told.findall(path.read_text("utf-8"))]
    assert len(found) > 40
    assert {act for act, _about in found} <= set(ACTS)
    kinds = {about for _act, about in found if about}
    assert not {about for about in kinds if about not in OBJECTS and about.rpartition(" ")[0] not in OBJECTS}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET act = 'x'",
        "DELETE FROM audit_entry",
        "UPDATE audit_entry SET about = about WHERE id = :id",
        "UPDATE audit_entry SET source = 'elsewhere'",
        "UPDATE audit_entry SET source = '', actor_id = NULL",
    ],
)
def test_the_record_refuses_to_be_changed(people: Cast, statement: str) -> None:
    record("signed in", people.customer, "sign-in 1")
    db.session.commit()
    key = db.session.query(AuditEntry).one().id
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text(statement), {"id": key} if ":id" in statement else {})
    db.session.rollback()
    assert db.session.query(AuditEntry).one().act == "signed in"


def test_hostile_words_in_the_record_are_only_text(people: Cast, browser_of: Browser) -> None:
    record("signed in", people.customer, '<script>alert(1)</script>\r\n{"forged": 1}')
    db.session.commit()
    assert "<script>alert(1)" not in browser_of(people.admin).get("/admin/record").text


def test_roles_are_told_in_sentences_with_how_many_hold_them(people: Cast, browser_of: Browser) -> None:
    page = browser_of(people.manager).page("/admin/roles")
    assert "Answer customers" in page.text
    assert "Administrator" in page.text
