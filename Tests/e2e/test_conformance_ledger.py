"""The ledger itself: every module has its test, and a run of some modules changes their rows alone."""

import re
from pathlib import Path

import pytest
from support import conformance_suite, ledger
from support.conformance_plans import PLANS

HERE = Path(__file__).parent


def modules_with_tests() -> set[tuple[str, str]]:
    """(plan, module) of every test function, as the files' own text has them."""
    found = set()
    for file in HERE.glob("test_conformance_*.py"):
        text = file.read_text()
        plans = re.findall(r'"(\w+)"', " ".join(re.findall(r"pytest\.mark\.plans\((.*?)\)", text)))
        for name in re.findall(r"^def (test_\w+)\(", text, re.MULTILINE):
            found |= {(plan, module) for plan in plans if (module := ledger.module_of(name, plan))}
    return found


def test_every_module_of_every_plan_has_its_test():
    wanted = {(key, module) for key, plan in PLANS.items() for module in plan.modules}
    assert wanted - modules_with_tests() == set()


def test_what_is_written_can_be_read_again():
    results = {(key, module): ledger.PASSES for key, plan in PLANS.items() for module in plan.modules}
    results["basic", "oidcc-server"] = ledger.FAILS
    results["basic", "oidcc-idtoken-unsigned"] = "not applicable: alg none is not offered"
    assert ledger.read(ledger.write(results)) == results
    assert ledger.write(ledger.read(ledger.write(results))) == ledger.write(results)


def test_the_suites_own_words_are_about_modules_that_there_are():
    modules = {(key, module) for key, plan in PLANS.items() for module in plan.modules}
    assert {(plan, module) for plan, words in conformance_suite._WORDS.items() for module in words} <= modules
    text = ledger.write({("basic", "oidcc-server"): ledger.PASSES})
    assert re.search(r"\| oidcc-server \| .* \| passes \| WARNING \|", text)


def test_a_run_of_some_modules_keeps_the_others():
    before = ledger.write({("basic", "oidcc-server"): ledger.PASSES, ("config", "oidcc-discovery-endpoint-verification"): ledger.PASSES})
    after = ledger.write(ledger.read(before) | {("basic", "oidcc-server"): ledger.FAILS})
    assert ledger.differences(before, after) == [f"Basic OP, oidcc-server: {ledger.PASSES} → {ledger.FAILS}"]


@pytest.mark.parametrize("stage, outcome, expected", [
    (["setup", "call"], "passed", ledger.PASSES), (["setup"], "failed", ledger.FAILS), (["call"], "failed", ledger.FAILS),
    (["setup"], "passed", None)])
def test_only_a_test_that_ran_to_its_end_passes(stage, outcome, expected):
    class Item:
        originalname = "test_oidcc_server"
        callspec = type("Spec", (), {"params": {"plan": "basic"}})

        def get_closest_marker(self, name):
            return None

    book = ledger.Ledger()
    for when in stage:
        report = type("Report", (), {"when": when, "failed": outcome == "failed", "passed": outcome == "passed"})
        book.note(Item(), report)
    assert book.results.get(("basic", "oidcc-server")) == expected
