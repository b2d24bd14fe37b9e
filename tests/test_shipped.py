"""Files that come with the portal: the readme, scripts, what is vendored, the locks."""

import re

import pytest

from portal.config import SETTINGS

from .source import ROOT, STATIC, templates


def test_the_readme_lists_every_setting_as_the_code_has_it() -> None:
    rows = {
        cells[0].strip("` "): cells[-1].strip()
        for line in (ROOT / "README.md").read_text().splitlines()
        if line.startswith("| `PORT")
        for cells in [line.strip("|").split("|")]
    }
    assert rows == {setting.variable: setting.why for setting in SETTINGS}


def test_the_script_does_only_what_html_cannot() -> None:
    lines = (STATIC / "portal.js").read_text(encoding="utf-8").splitlines()
    assert len(lines) < 150
    for name in (
        "composer.js",
        "device.js",
        "drafts.js",
        "keeping.js",
    ):  # of pages where something is written
        assert len((STATIC / name).read_text(encoding="utf-8").splitlines()) < 120, name


def test_what_is_vendored_says_its_version_and_has_its_licence_beside_it() -> None:
    vendor = [p for p in (STATIC / "vendor").iterdir() if p.suffix not in (".br", ".gz")]
    works = [p for p in vendor if p.suffix in (".js", ".css")]
    for path in works:
        assert re.fullmatch(r"[a-z-]+-\d+\.\d+\.\d+\.min", path.stem), path
        licence = path.with_name(re.sub(r"-\d.*", "", path.name) + "-LICENSE")
        assert "opyright" in licence.read_text(encoding="utf-8") or "BSD" in licence.read_text(
            encoding="utf-8"
        ), path
    used = "".join(templates().values())
    assert all(f"vendor/{p.name}" in used for p in works)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_the_locks_pin_everything_with_its_hash_and_name_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"https?:|--index|--extra-index|--find-links|file:", text)
    pins = re.split(r"\n(?=[a-z0-9])", re.sub(r"(?m)^\s*#.*\n?", "", text).strip(), flags=re.IGNORECASE)
    assert len(pins) > 20
    assert [pin.splitlines()[0] for pin in pins if "==" not in pin or "--hash=sha256:" not in pin] == []


def test_nothing_names_the_machine_it_was_written_on() -> None:
    home = "/" + "work/"
    kinds = {".py", ".md", ".toml", ".html", ".yaml", ".js", ".css", ".cfg"}
    for path in (
        p
        for folder in (ROOT / "portal", ROOT / "tests", ROOT)
        for p in (folder.rglob("*") if folder != ROOT else ROOT.iterdir())
    ):
        if path.is_file() and path.suffix in kinds:
            assert home not in path.read_text(encoding="utf-8"), path
