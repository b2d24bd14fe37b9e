"""Settings: each bad one stops the start with one sentence, and the key is made once."""

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from portal.config import SECRETS, SETTINGS, BadSetting, load

BAD = [
    ("PORT", "0"),
    ("PORT", "65536"),
    ("PORT", "eighty"),
    ("PORT", "8e3"),
    ("PORTAL_BASE_URL", "help.example.com"),
    ("PORTAL_BASE_URL", "ftp://help.example.com"),
    ("PORTAL_BASE_URL", "https://help.example.com/portal"),
    ("PORTAL_BASE_URL", "https://"),
    ("PORTAL_BASE_URL", "http://["),
    ("PORTAL_BASE_URL", "https://help.example.com?x=1"),
    ("PORTAL_DATABASE_URL", "mysql://localhost/x"),
    ("PORTAL_DATABASE_URL", "portal.sqlite"),
    ("PORTAL_SECRET_KEY", "short"),
    ("PORTAL_PROCESSES", "0"),
    ("PORTAL_THREADS", "100"),
    ("PORTAL_STREAMS", "-1"),
    ("PORTAL_PROXIES", "yes"),
    ("PORTAL_NAME", "   "),
    ("PORTAL_MAIL_FROM", "Help <help@example.com>"),
    ("PORTAL_ACCENT", "teal"),
    ("PORTAL_ACCENT", "#0a6a7c; }"),
    ("PORTAL_LANGUAGE", "de"),
    ("PORTAL_ZONE", "Lisbon"),
    ("PORTAL_HOURS", "mon-fri"),
    ("PORTAL_HOURS", "09:00-18:00"),
    ("PORTAL_HOURS", "closed"),
    ("PORTAL_HOURS", "mon-fri 09:00-18:00,"),
    ("PORTAL_HOURS", "monday 09:00-18:00"),
    ("PORTAL_HOURS", "mon-fr 09:00-18:00"),
    ("PORTAL_HOURS", "mon 9-18"),
    ("PORTAL_HOURS", "mon 09:00-9pm mon:"),
    ("PORTAL_HOURS", "mon 09:00-24:30"),
    ("PORTAL_HOURS", "mon 09:60-18:00"),
    ("PORTAL_HOURS", "mon 22:00-06:00"),
    ("PORTAL_HOURS", "mon 09:00-09:00"),
    ("PORTAL_HOURS", "mon-fri 09:00-13:00 12:00-18:00"),
    ("PORTAL_HOURS", "mon-fri 09:00-18:00, fri 08:00-10:00"),
    ("PORTAL_HOURS", "mon 09:00-09:59"),
    ("PORTAL_HOLIDAYS", "Christmas"),
    ("PORTAL_HOLIDAYS", "25-12"),
    ("PORTAL_HOLIDAYS", "2026-02-29"),
    ("PORTAL_HOLIDAYS", "2026-12-25 12-26"),
    ("PORTAL_HOLIDAYS", ", ".join(f"{year}-12-25" for year in range(2026, 2227))),
    ("PORTAL_ANSWER_HOURS", "urgent 1 2"),
    ("PORTAL_ANSWER_HOURS", "urgent 1 2, high 4 4, normal 8 8, low 16"),
    ("PORTAL_ANSWER_HOURS", "urgent 0 2, high 4 4, normal 8 8, low 16 16"),
    ("PORTAL_ANSWER_HOURS", "urgent 1 2, high 4 4, normal 8 8, low 16 201"),
    ("PORTAL_ANSWER_HOURS", "urgent 1 2, high 4 4, normal 8 8, low 16 16, vip 1 1"),
    ("PORTAL_DEMO", "perhaps"),
    ("PORTAL_MAIL_PORT", "smtp"),
    ("PORTAL_MAIL_SECURITY", "ssl"),
    ("PORTAL_MAIL_REPLY", "help"),
    ("PORTAL_MAIL_REPLY", "help+tickets@example.com"),
    ("PORTAL_MAIL_REPLY", "a-name-that-is-too-long@example.com"),
    ("PORTAL_MAIL_REPLY", "Help <help@example.com>"),
    ("PORTAL_MAIL_MB", "0"),
    ("PORTAL_IMAP_SERVER", "imap.example.com"),
    ("PORTAL_IMAP_PORT", "imaps"),
    ("PORTAL_IMAP_SECURITY", "ssl"),
    ("PORTAL_IMAP_FOLDER", 'In"box'),
    ("PORTAL_LIMIT_MAIL_QUICK", "0"),
    ("PORTAL_LIMIT_MAIL_TICKET", "no"),
    ("PORTAL_FILE_MB", "1.5"),
    ("PORTAL_FILES", "1000"),
    ("PORTAL_LIMIT_SIGN_IN_ADDRESS", "0"),
    ("PORTAL_LIMIT_REQUESTS", "many"),
    ("PORTAL_ARGON_MEMORY_KB", "1"),
    ("PORTAL_MAIL_TRIES", "-3"),
]


@pytest.fixture
def settings(tmp_path: Path) -> Any:
    def read(**more: str) -> dict[str, Any]:
        return load({"PORTAL_INSTANCE": str(tmp_path), **more})

    return read


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_setting_that_makes_no_sense_is_told_in_one_sentence(settings: Any, name: str, value: str) -> None:
    with pytest.raises(BadSetting) as told:
        settings(**{name: value})
    sentence = str(told.value)
    assert sentence.startswith(name)
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda s: s.name)
def test_every_setting_has_a_default_that_makes_sense_and_says_why(settings: Any, setting: Any) -> None:
    assert setting.why
    assert setting.name in settings()
    assert (
        settings(**{setting.variable: ""} if setting.name != "INSTANCE" else {})[setting.name]
        == settings()[setting.name]
    )


def test_the_environment_counts_more_than_the_file(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "portal.toml").write_text(
        'name = "From the file"\nport = 8123\ndemo = true\n', encoding="utf-8"
    )
    assert (settings()["NAME"], settings()["PORT"], settings()["DEMO"]) == ("From the file", 8123, True)
    assert settings(PORTAL_NAME="From outside")["NAME"] == "From outside"


@pytest.mark.parametrize(
    "text", ["name = ", "nmae = 'x'", "instance = '/tmp'", "port = [1]", "\0", "[mail]\nserver = 'x'"]
)
def test_a_file_that_makes_no_sense_is_told_in_one_sentence(settings: Any, tmp_path: Path, text: str) -> None:
    (tmp_path / "portal.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadSetting) as told:
        settings()
    assert str(told.value).endswith(".")


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_what_is_wrong_with_a_secret_is_said_without_it(settings: Any, name: str) -> None:
    """Row 55: the sentence goes into the log of whatever started the server."""
    for wrong in ("mysql://u:canary@h/x", "canary"):
        try:
            settings(**{f"PORTAL_{name}": wrong})
        except BadSetting as told:
            words = f"{told} {told.__cause__}"
        else:
            continue  # it takes any words
        assert "canary" not in words


def test_a_name_as_in_the_environment_is_told_as_the_file_wants_it(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "portal.toml").write_text("PORTAL_MAIL_SERVER = 'smtp.example.com'", encoding="utf-8")
    with pytest.raises(BadSetting, match="write mail_server"):
        settings()


def test_a_mail_server_needs_an_address_to_write_from(settings: Any) -> None:
    with pytest.raises(BadSetting, match="PORTAL_MAIL_FROM"):
        settings(PORTAL_MAIL_SERVER="smtp.example.com", PORTAL_MAIL_FROM="nobody")
    assert settings(PORTAL_MAIL_SERVER="smtp.example.com")["MAIL_FROM"] == "help@127.0.0.1"


def test_a_mailbox_needs_its_address_and_a_way_in(settings: Any) -> None:
    box = {"PORTAL_IMAP_SERVER": "imap.example.com", "PORTAL_MAIL_REPLY": "Help@Example.com"}
    with pytest.raises(BadSetting, match="PORTAL_IMAP_USERNAME and PORTAL_IMAP_PASSWORD"):
        settings(**box)
    whole = settings(**box, PORTAL_IMAP_USERNAME="help", PORTAL_IMAP_PASSWORD="secret")
    assert (whole["MAIL_REPLY"], whole["IMAP_PORT"], whole["IMAP_SECURITY"]) == (
        "help@example.com",
        993,
        "tls",
    )


def test_the_key_is_made_once_and_read_by_its_owner_alone(settings: Any, tmp_path: Path) -> None:
    first, second = settings()["SECRET_KEY"], settings()["SECRET_KEY"]
    path = tmp_path / "secret_key"
    assert first == second == path.read_text(encoding="ascii")
    assert len(first) >= 48
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(p.name for p in tmp_path.iterdir()) == ["secret_key"]


def test_first_starts_at_the_same_moment_agree_on_one_key(tmp_path: Path) -> None:
    code = "from portal.config import load; print(load()['SECRET_KEY'])"
    environ = {**os.environ, "PORTAL_INSTANCE": str(tmp_path / "new")}
    both = [
        subprocess.Popen([sys.executable, "-c", code], env=environ, stdout=subprocess.PIPE) for _ in range(2)
    ]
    keys = {process.communicate(timeout=60)[0] for process in both}
    assert len(keys) == 1


def test_an_instance_that_is_a_file_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(BadSetting, match="PORTAL_INSTANCE"):
        load({"PORTAL_INSTANCE": str(tmp_path / "file")})


@pytest.mark.parametrize(
    ("written", "monday", "saturday"),
    [
        ("mon-fri 09:00-18:00", ((540, 1080),), ()),
        (" Mon-Thu 13:30-18:00 9:00-12:30 , fri 09:00-15:00 ", ((540, 750), (810, 1080)), ()),
        ("sat-mon 00:00-24:00", ((0, 1440),), ((0, 1440),)),
        ("mon wed sat 10:00-11:00, sat 11:00-12:00", ((600, 660),), ((600, 660), (660, 720))),
        ("always", ((0, 1440),), ((0, 1440),)),
    ],
)
def test_opening_hours_are_read(settings: Any, written: str, monday: object, saturday: object) -> None:
    week = settings(PORTAL_HOURS=written)["HOURS"].meaning
    assert (week[0], week[5]) == (monday, saturday)


@pytest.mark.parametrize("url", ["postgres://u@h/d", "postgresql://u@h/d"])
def test_usual_spellings_of_a_database_are_understood(settings: Any, url: str) -> None:
    assert settings(PORTAL_DATABASE_URL=url)["DATABASE_URL"] == "postgresql+psycopg://u@h/d"
