"""The `portal` command."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from portal.accounts.actions import begin_sign_in
from portal.accounts.models import SignIn
from portal.app import create_app
from portal.audit.models import AuditEntry
from portal.cli import LATER, cli, fetch
from portal.company.actions import save_first
from portal.config import SETTINGS
from portal.doctor import PARTS
from portal.extensions import db
from portal.outbox.models import Job
from portal.people.models import Person

from .conftest import environment

COMMANDS = [
    "init",
    "demo",
    "serve",
    "worker",
    "user",
    "kb",
    "search",
    "mail",
    "move",
    "doctor",
    "backup",
    "restore",
]


@pytest.fixture
def portal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command on an instance of this test's own."""
    for name, value in environment(tmp_path / "instance", PORTAL_DEMO="no").items():
        monkeypatch.setenv(name, value)

    def run(*words: str, **more: Any) -> Result:
        return CliRunner().invoke(cli, words, **more)

    return run


@pytest.fixture
def made(portal: Any) -> Any:
    assert portal("init", "--no-input").exit_code == 0
    return portal


def _in(tmp_path: Path) -> Flask:
    return create_app(environment(tmp_path / "instance"))


def test_the_command_lists_its_commands(portal: Any) -> None:
    shown = portal("--help")
    assert shown.exit_code == 0
    assert all(f"  {name} " in shown.output for name in COMMANDS)


@pytest.mark.parametrize(
    "words",
    [[name] for name in COMMANDS]
    + [["user", name] for name in ("add", "list", "grant", "password", "export", "erase")]
    + [["mail", name] for name in ("receive", "poll", "parse")]
    + [["search", "reindex"], ["kb", "sync"]],
    ids=" ".join,
)
def test_every_command_says_what_it_does(portal: Any, words: list[str]) -> None:
    shown = portal(*words, "--help")
    assert shown.exit_code == 0
    assert shown.output.startswith("Usage:")
    assert len(shown.output.splitlines()) > 3


def test_init_makes_an_empty_instance_and_says_what_comes_next(portal: Any, tmp_path: Path) -> None:
    result = portal("init", "--no-input")
    assert result.exit_code == 0
    assert "portal user add" in result.output
    assert (tmp_path / "instance" / "portal.sqlite").exists()
    assert portal("init", "--no-input").exit_code == 0


def test_init_makes_the_first_administrator(portal: Any, tmp_path: Path) -> None:
    result = portal("init", input="Admin@Example.com\nAda\na long password\na long password\n")
    assert "is the administrator" in result.output
    with _in(tmp_path).app_context():
        person = db.session.query(Person).one()
        assert (person.email, person.called) == ("admin@example.com", "Ada")
        assert person.may("admin.operate")


def test_init_of_an_instance_that_has_an_administrator_asks_for_none(portal: Any) -> None:
    portal("init", input="ada@example.com\nAda\na long password\na long password\n")
    for words in (("init",), ("init", "--no-input")):
        again = portal(*words)
        assert again.exit_code == 0
        assert "is up to date" in again.output
        assert "reload portal" in again.output
        assert "user add" not in again.output


def test_people_are_added_and_listed(made: Any) -> None:
    assert (
        made(
            "user",
            "add",
            "ada@example.com",
            "--name",
            "Ada",
            "--role",
            "agent",
            "--team",
            "Support",
            "--password",
            "a long password",
        ).exit_code
        == 0
    )
    assert "ada@example.com  Ada  customer, agent (Support)" in made("user", "list").output
    rows = json.loads(made("user", "list", "--json").output)
    assert rows == [
        {
            "email": "ada@example.com",
            "called": "Ada",
            "active": True,
            "roles": [["customer", None], ["agent", "Support"]],
        }
    ]


def test_colleagues_are_invited_and_seen_off_at_the_command_line(made: Any) -> None:
    invited = made(
        "user", "invite", "zoe@example.com", "--name", "Zoe", "--role", "agent", "--team", "Support", "--json"
    )
    assert json.loads(invited.output)["email"] == "zoe@example.com"
    made("user", "add", "gone@example.com", "--role", "agent", "--password", "a long password")
    gone = made("user", "deactivate", "gone@example.com", "--json")
    assert json.loads(gone.output) == {"email": "gone@example.com", "active": False, "handed_over": 0}
    assert "is not active" in made("user", "deactivate", "gone@example.com").output
    assert "or did" in made("user", "invite", "gone@example.com", "--name", "G", "--role", "agent").output
    assert made("user", "activate", "gone@example.com").exit_code == 0
    assert (
        "There is no role king"
        in made("user", "invite", "k@example.com", "--name", "K", "--role", "king").output
    )


def test_a_password_set_at_the_command_line_ends_every_sign_in(made: Any, tmp_path: Path) -> None:
    made("user", "add", "a@example.com", "--password", "a long password")
    with _in(tmp_path).app_context():
        begin_sign_in(db.session.query(Person).one(), "", "", stay=True)
        db.session.commit()
    assert made("user", "password", "a@example.com", "--password", "another password").exit_code == 0
    with _in(tmp_path).app_context():
        assert db.session.query(SignIn).count() == 0
        assert db.session.query(Job).filter_by(kind="accounts.password_changed").count() == 1


def test_a_role_given_twice_at_the_command_line_is_held_once_and_recorded(made: Any, tmp_path: Path) -> None:
    made("user", "add", "a@example.com", "--password", "a long password")
    said = [made("user", "grant", "a@example.com", "agent").output for _ in range(2)]
    assert ("is agent now" in said[0], "is agent already" in said[1]) == (True, True)
    assert made("user", "list").output == "a@example.com  a  customer, agent\n"
    with _in(tmp_path).app_context():
        assert db.session.query(AuditEntry).filter_by(act="gave a role").count() == 1


def test_the_list_of_commands_says_what_each_says_of_itself(portal: Any) -> None:
    for place, words in LATER.values():
        assert fetch(place).get_short_help_str(200).startswith(words.rstrip("."))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["user", "add", "nobody", "--password", "a long password"], "no address"),
        (["user", "add", "b@example.com", "--password", "short"], "12 or more"),
        (["user", "add", "a@example.com", "--password", "a long password"], "already"),
        (["user", "add", "left@example.com", "--password", "a long password"], "already"),
        (
            [
                "user",
                "add",
                "c@example.com",
                "--team",
                "None",
                "--role",
                "agent",
                "--password",
                "a long password",
            ],
            "no team",
        ),
        (["user", "grant", "nobody@example.com", "agent"], "Nobody"),
        (["user", "grant", "a@example.com", "king"], "king"),
        (["user", "password", "nobody@example.com", "--password", "a long password"], "Nobody"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(made: Any, tmp_path: Path, words: list[str], told: str) -> None:
    made("user", "add", "a@example.com", "--password", "a long password")
    with _in(tmp_path).app_context():
        db.session.add(Person(email="left@example.com", active=False))
        db.session.commit()
    result = made(*words)
    assert result.exit_code in (1, 2)
    assert told in result.output
    assert "Traceback" not in result.output


def test_the_doctor_says_what_to_do_about_each_finding(made: Any) -> None:
    rows = json.loads(made("doctor", "--json").output)
    assert [row["part"] for row in rows] == list(PARTS)
    assert all(row["remedy"] for row in rows if not row["good"])
    shown = made("doctor")
    assert shown.exit_code == 1  # there is no mail server
    assert "PORTAL_MAIL_SERVER" in shown.output


def test_the_doctor_looks_at_an_instance_that_is_not_made_yet(portal: Any) -> None:
    result = portal("doctor")
    assert result.exit_code == 1
    assert "portal init" in result.output


def test_the_doctor_lists_every_setting_and_no_secret(made: Any, tmp_path: Path) -> None:
    rows = json.loads(made("doctor", "--settings", "--json").output)
    assert [row["variable"] for row in rows] == [setting.variable for setting in SETTINGS]
    plain = made("doctor", "--settings").output
    assert all(setting.variable in plain and setting.why in plain for setting in SETTINGS)
    assert (tmp_path / "instance" / "secret_key").read_text(encoding="ascii") not in plain + json.dumps(rows)


def test_the_doctor_tells_a_setting_as_it_was_saved_in_the_browser(made: Any, tmp_path: Path) -> None:
    with create_app({"PORTAL_INSTANCE": str(tmp_path / "instance")}).app_context():
        save_first("look", {"NAME": "Zebra", "ACCENT": "#aa3300"}, "changed name, logo or colour")
        db.session.commit()
        db.engine.dispose()
    rows = {row["variable"]: row for row in json.loads(made("doctor", "--settings", "--json").output)}
    assert rows["PORTAL_NAME"]["value"] == "Zebra"
    assert rows["PORTAL_NAME"]["from"] == "saved in the browser"
    assert rows["PORTAL_ZONE"]["from"] == ""
    assert "PORTAL_NAME = Zebra   (saved in the browser)" in made("doctor", "--settings").output


def test_the_worker_can_do_what_is_due_and_end(made: Any) -> None:
    assert "done" in made("worker", "--until-empty").output
