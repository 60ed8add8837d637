"""The module ledger: what the run itself writes down of every conformance module, as Tests/e2e/CONFORMANCE.md.

Owns: which test is which module, the file's text, how a run changes it.
Must not know: how a module is tested.

A test is a module's when it has the marker `plans` and the module's name. A run of some of them changes the rows of those
and keeps the others; processes that run side by side write one after the other. There is no time in the file: the same results give the same text.
"""

import fcntl
import re
import subprocess
from pathlib import Path

import pytest

from . import conformance_suite as suite
from .conformance_plans import PLANS

PATH = Path(__file__).resolve().parents[1] / "e2e" / "CONFORMANCE.md"

PASSES, FAILS, NOT_RUN = "passes", "**FAILS**", "not run"

INTRODUCTION = f"""# Conformance ledger

Written by the run of `Tests/e2e/test_conformance_*.py`; do not edit. Each row is a module of the OpenID Foundation's certification
plans for providers, and the test of its name. It is driven over HTTP and in Chromium, and tokens are verified with joserfc. The provider
under test is reached by http on localhost; that endpoints are https for an https `APP_URL` is checked with a server that has one.

"Our test" is what that test shows. "The suite" is what the Foundation's own suite said when it ran ({suite.RUN}), in its words:
WARNING where something recommended is missing, REVIEW where a person looks at a screenshot, SKIPPED where it asks for what is not
offered here, "not run" where it has no such module for static clients, and "{suite.HOLDS}" where it counted a module among the good ones and its
word was not written down. What was mended since is in our test and not in the suite's word.
"""

_ROW = re.compile(r"\| \d+ \| (?P<module>[\w-]+) \| .* \| (?P<result>[^|]*) \| [^|]* \|$")


def module_of(function: str, plan: str) -> str | None:
    """The module that a test function stands for."""
    name = function.removeprefix("test_").replace("_", "-")
    return name if plan in PLANS and name in PLANS[plan].modules else None


def read(text: str) -> dict[tuple[str, str], str]:
    """The results that a ledger holds, by plan and module."""
    plans = {plan.name: key for key, plan in PLANS.items()}
    found, current = {}, None
    for line in text.splitlines():
        if line.startswith("## "):
            current = next((key for name, key in plans.items() if f"`{name}`" in line), None)
        elif current and (row := _ROW.match(line)):
            found[current, row["module"]] = row["result"]
    return found


def write(results: dict[tuple[str, str], str]) -> str:
    """The whole file: every module of every plan, in the suite's order."""
    parts = [INTRODUCTION]
    for key, plan in PLANS.items():
        lines = [f"## {plan.title} (`{plan.name}`)", "", "| # | Module | What it asserts | Our test | The suite |",
                 "|---|---|---|---|---|"]
        for number, (module, asserts) in enumerate(plan.modules.items(), 1):
            lines.append(f"| {number} | {module} | {asserts} | {results.get((key, module), NOT_RUN)} | {suite.word(key, module)} |")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def committed() -> str | None:
    """The file as it was committed; nothing where there is no repository."""
    done = subprocess.run(["git", "show", "HEAD:./CONFORMANCE.md"], cwd=PATH.parent, capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else None


def differences(before: str, after: str) -> list[str]:
    """A line per module whose result is another."""
    old, new = read(before), read(after)
    return [f"{PLANS[plan].title}, {module}: {old.get((plan, module), NOT_RUN)} → {result}"
            for (plan, module), result in new.items() if old.get((plan, module), NOT_RUN) != result]


class Ledger:
    """Collects this session's results; the file is written when the session ends."""

    def __init__(self):
        self.results: dict[tuple[str, str], str] = {}
        self.said: list[str] = []

    def note(self, item: pytest.Item, report: pytest.TestReport) -> None:
        plan = getattr(item, "callspec", None) and item.callspec.params.get("plan")
        module = module_of(item.originalname, plan) if plan else None
        if not module:
            return
        if report.failed:
            self.results[plan, module] = FAILS
        elif report.when == "call" and report.passed:
            choice = item.get_closest_marker("choice")
            text = choice.args[0] if choice else PASSES
            own = text == PASSES or text.startswith("not applicable")
            self.results.setdefault((plan, module), text if own else f"{PASSES}: {text}")

    def close(self) -> None:
        if not self.results:
            return
        with open(PATH, "a+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            before = file.read()
            after = write(read(before) | self.results)
            if after != before:
                file.seek(0)
                file.truncate()
                file.write(after)

    def compare(self) -> None:
        """What the file says now beside what was committed."""
        reference, now = committed(), PATH.read_text() if PATH.exists() else ""
        if reference is not None and now != reference:
            self.said = differences(reference, now) or ["the words of the plans"]


_key = pytest.StashKey[Ledger]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "plans(*names): the certification plans whose module of the same name this test is")
    config.addinivalue_line("markers", "choice(text): what the provider does where the module leaves it a choice")
    config.stash[_key] = Ledger()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if marker := metafunc.definition.get_closest_marker("plans"):
        metafunc.parametrize("plan", marker.args, scope="module")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call):
    report = yield
    if isinstance(item, pytest.Function):
        item.config.stash[_key].note(item, report)
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    session.config.stash[_key].close()


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    # Processes beside this one have written theirs by now.
    config.stash[_key].compare()
    if said := config.stash[_key].said:
        terminalreporter.section("Tests/e2e/CONFORMANCE.md differs from the committed one")
        for line in said:
            terminalreporter.line(line)
