#!/usr/bin/env python3
"""Runs what proves the machine rather than a change, and writes down when it last held.

These take minutes to an hour, so that ./test leaves them out; it says which of them have not run since what they cover has changed.
A run that holds is written to Tests/LONG_RUNS.md, with the commit that it ran on, which is why nothing may be left uncommitted.

  Tests/long_run.py fuzz     a million inputs for each parser of what strangers send, some minutes
  Tests/long_run.py bench    rates and waiting times beside the machine's own limits, half an hour; writes Tests/Benchmarks/RESULTS.md
  Tests/long_run.py check    what has changed since
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LEDGER = ROOT / "Tests" / "LONG_RUNS.md"


@dataclass(frozen=True)
class Run:
    command: list[str]
    environment: dict[str, str]
    # Folders whose changes make an earlier run say less.
    covers: list[str]


RUNS = {
    "fuzz": Run(
        ["./test", "swift", "--filter", "(EncodingsTests|OIDCRulesTests)[.]FuzzTests"], {"LATCHKEY_FUZZ": "1000000"},
        ["Packages/Encodings", "Services/oidc/Sources/OIDCRules", "Tests/TestKit/Fuzz.swift", "Tests/EncodingsTests/FuzzTests.swift",
         "Tests/OIDCRulesTests/FuzzTests.swift"]),
    "bench": Run(
        ["Tests/Benchmarks/bench.py"], {},
        ["Packages/Postgres", "Packages/Store", "Packages/Transport", "Packages/Protocol", "Services", "Tests/Benchmarks"]),
}

INTRODUCTION = """# Long runs

Written by `Tests/long_run.py`; do not edit. `./test` says when what a run covers has changed since.

| Run | Commit | Date | Covers |
|---|---|---|---|
"""
_ROW = re.compile(r"\| (?P<name>\w+) \| (?P<commit>[0-9a-f]{7,40}) \| (?P<date>[\d-]+) \|")


def read(text: str) -> dict[str, tuple[str, str]]:
    """Commit and date of each run that has held."""
    return {row["name"]: (row["commit"], row["date"]) for line in text.splitlines() if (row := _ROW.match(line))}


def write(held: dict[str, tuple[str, str]]) -> str:
    rows = [f"| {name} | {held[name][0]} | {held[name][1]} | {', '.join(f'`{path}`' for path in run.covers)} |"
            for name, run in RUNS.items() if name in held]
    return INTRODUCTION + "\n".join(rows) + "\n"


def git(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)


def changed(commit: str, covers: list[str]) -> int | None:
    """How many files of these folders differ from that commit's; None where that cannot be told: without git, or in a clone
    that lacks the commit."""
    if shutil.which("git") is None:
        return None
    done = git("diff", "--name-only", commit, "--", *covers)
    return len(done.stdout.splitlines()) if done.returncode == 0 else None


def warnings(held: dict[str, tuple[str, str]]) -> list[str]:
    """A line per run that has never held, or that says less than it did."""
    lines = []
    for name, run in RUNS.items():
        again = f"Tests/long_run.py {name}"
        if name not in held:
            lines.append(f"The long run {name} has not been made yet: {again}")
            continue
        commit, day = held[name]
        files = changed(commit, run.covers)
        if files:
            lines.append(
                f"The long run {name} last held on {day} ({commit[:9]}); of the files that it covers, {files} differ: {again}")
    return lines


def make(name: str) -> int:
    run = RUNS[name]
    if git("status", "--porcelain", "--untracked-files=no").stdout.strip():
        print("There are changes that are not committed: the ledger could not say what ran.", file=sys.stderr)
        return 1
    status = subprocess.run(run.command, cwd=ROOT, env=os.environ | run.environment).returncode
    if status != 0:
        print(f"{name} ended with {status}; nothing is written down.", file=sys.stderr)
        return status
    held = read(LEDGER.read_text()) if LEDGER.exists() else {}
    held[name] = (git("rev-parse", "HEAD").stdout.strip(), date.today().isoformat())
    LEDGER.write_text(write(held))
    print(f"{name} holds: {LEDGER.relative_to(ROOT)} says so. Commit it.")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage="Tests/long_run.py NAME")
    parser.add_argument("name", choices=[*RUNS, "check"], metavar="NAME")
    name = parser.parse_args().name
    if name != "check":
        return make(name)
    for line in warnings(read(LEDGER.read_text()) if LEDGER.exists() else {}):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
