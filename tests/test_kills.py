"""What was acknowledged stays, whatever is killed, refused or stopped: the short forms of the drills, on SQLite."""

from pathlib import Path

from .drills.trials import kill_all, kill_parts, refuse_mail, stop_gently, trial


def test_nothing_acknowledged_is_lost_when_web_and_worker_are_killed(tmp_path: Path) -> None:
    with trial(tmp_path, pause=0.4) as it:
        kill_parts(it, seconds=6, pace=0.9, hurry=True)


def test_a_new_start_goes_on_after_everything_was_killed(tmp_path: Path) -> None:
    with trial(tmp_path, pause=0.4) as it:
        kill_all(it, rounds=2, hurry=True)


def test_mails_that_are_refused_for_a_while_leave_later_and_once(tmp_path: Path) -> None:
    with trial(tmp_path, pause=0.4) as it:
        refuse_mail(it, seconds=0.5, hurry=True)


def test_requests_under_way_are_answered_when_the_portal_is_stopped(tmp_path: Path) -> None:
    with trial(tmp_path, pause=0.4) as it:
        stop_gently(it, uploads=4)
