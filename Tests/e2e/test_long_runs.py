"""The ledger of long runs: what it says can be read again, and it says when it says less."""

import subprocess
from pathlib import Path

import long_run
import pytest


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """One commit with a file that a run covers, and one that none does."""
    monkeypatch.setattr(long_run, "ROOT", tmp_path)
    monkeypatch.setattr(long_run, "LEDGER", tmp_path / "LONG_RUNS.md")
    monkeypatch.setattr(long_run, "RUNS", {"one": long_run.Run(["true"], {}, ["covered"])})
    (tmp_path / "covered").write_text("1")
    (tmp_path / "other").write_text("1")
    (tmp_path / "LONG_RUNS.md").write_text(long_run.write({}))
    git(tmp_path, "init", "-q")
    commit(tmp_path)
    return tmp_path


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments], cwd=folder, check=True)


def commit(folder: Path) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "-")


def test_what_is_written_can_be_read_again():
    held = {"fuzz": ("0123456789abcdef0123456789abcdef01234567", "2026-11-30")}
    assert long_run.read(long_run.write(held)) == held


def test_a_run_that_holds_is_written_down_with_its_commit_and_warns_once_what_it_covers_has_changed(repository):
    assert long_run.warnings({}) == ["The long run one has not been made yet: Tests/long_run.py one"]
    assert long_run.make("one") == 0
    commit(repository)
    held = long_run.read(long_run.LEDGER.read_text())
    assert long_run.warnings(held) == []
    (repository / "other").write_text("2")
    assert long_run.warnings(held) == []
    (repository / "covered").write_text("2")
    assert "of the files that it covers, 1 differ" in long_run.warnings(held)[0]


def test_a_run_that_fails_or_cannot_be_named_is_not_written_down(repository, monkeypatch, capsys):
    before = long_run.LEDGER.read_text()
    monkeypatch.setattr(long_run, "RUNS", {"one": long_run.Run(["false"], {}, ["covered"])})
    assert long_run.make("one") == 1 and "nothing is written down" in capsys.readouterr().err
    (repository / "covered").write_text("2")
    assert long_run.make("one") == 1 and "not committed" in capsys.readouterr().err
    assert long_run.LEDGER.read_text() == before


def test_a_clone_without_that_commit_or_a_machine_without_git_says_nothing(repository, monkeypatch):
    assert long_run.warnings({"one": ("f" * 40, "2026-11-30")}) == []
    monkeypatch.setenv("PATH", "")
    assert long_run.warnings({"one": ("f" * 40, "2026-11-30")}) == []
