"""`portal kb` at the terminal."""

import json
from pathlib import Path

from flask import Flask

from portal.kb.actions import Changes
from portal.kb.cli import kb

from .conftest import Write


def test_check_reads_all_files_and_fails_on_a_broken_one(
    app: Flask, db_session: object, write: Write, folder: Path
) -> None:
    write("en/wifi/good.md", "Good", "x")
    write("en/wifi/bad.md", "Bad", "x", "order: soon\n")
    result = app.test_cli_runner().invoke(kb, ["check", "--json", "--folder", str(folder)])
    assert result.exit_code == 1
    answer = json.loads(result.stdout.splitlines()[0])
    assert answer["files"] == 2
    assert "bad.md:4" in answer["errors"][0]


def test_sync_tells_what_it_did(app: Flask, db_session: object, write: Write, folder: Path) -> None:
    write("en/wifi/good.md", "Good", "x")
    result = app.test_cli_runner().invoke(kb, ["sync", "--json", "--folder", str(folder)])
    assert result.exit_code == 0
    assert json.loads(result.stdout.splitlines()[0])["added"] == ["en/good"]


def test_search_answers_as_a_visitor_would_be_answered(app: Flask, centre: Changes) -> None:
    runner = app.test_cli_runner()
    found = json.loads(runner.invoke(kb, ["search", "guest network", "--json"]).stdout)
    hidden = json.loads(runner.invoke(kb, ["search", "zanzibar", "--json"]).stdout)
    abroad = json.loads(
        runner.invoke(
            kb, ["search", "rede para visitas", "--locale", "pt_BR", "--limit", "1", "--json"]
        ).stdout
    )
    assert {key: found[0][key] for key in ("slug", "locale", "title")} == {
        "slug": "guest-network",
        "locale": "en",
        "title": "Make a guest network",
    }
    assert found[0]["score"] > 0
    assert hidden == []
    assert [(row["slug"], row["locale"]) for row in abroad] == [("guest-network", "pt_BR")]
