"""What is backed up comes back elsewhere, what breaks is named, a full disk loses nothing: short forms of the drills."""

from pathlib import Path

import pytest

from .drills.nights import can_mount, come_back, fill_disk, lose, small_disk
from .drills.trials import trial


def test_what_was_acknowledged_before_a_backup_is_there_after_a_restore_elsewhere(tmp_path: Path) -> None:
    with trial(tmp_path, pause=0.4) as it:
        come_back(it, lose(it, tmp_path, words=10), tmp_path / "elsewhere")


def test_a_full_disk_gives_forms_back_and_all_goes_on_once_there_is_room(tmp_path: Path) -> None:
    if not can_mount(tmp_path):
        pytest.skip("a small disk needs the right to mount one")
    with small_disk(tmp_path / "disk", 150), trial(tmp_path / "disk", pause=0.4) as it:
        fill_disk(it)
