"""A person walks through the provider's pages: does what each asks for until they are where they wanted to be."""

import re
from collections.abc import Callable
from typing import TypeVar

from playwright.sync_api import Error, Page

from .waiting import wait_for

T = TypeVar("T")

# How long a step of a person may take, on a machine that is busy with other tests.
STEP_SECONDS = 20

# What the page in the browser wants of a person: the step that it shows, or nothing that a person could do.
LOOK = """() => {
  if (document.readyState !== 'complete' || window.acted) return null;
  if (document.querySelector('[data-passkey-form]')) return 'authenticate';
  return document.querySelector('[data-step]')?.dataset.step ?? null;
}"""
BUTTONS = {"authenticate": "[data-passkey-form] button[type=submit]"}


def walk(page: Page, arrived: Callable[[], T | None], complaints: list[str] | None = None) -> tuple[T, list[str]]:
    """Goes on until `arrived` says where the person is. Returns that, and the steps that they were asked for."""
    steps = []
    while True:
        try:
            there, step = wait_for(lambda: _look(page, arrived), "the page asks for something", STEP_SECONDS)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{page.url}\n{read(page)[:800]}\n{(complaints or [])[-3:]}") from None
        if there:
            return there, steps
        steps.append(step)
        page.evaluate("window.acted = true")
        page.locator(BUTTONS.get(step, "[data-continue]")).click()


def go(page: Page, address: str, home: str) -> list[str]:
    """Opens an address and walks until a page of `home` is shown. Returns the steps that were asked for."""
    page.goto(address)
    return walk(page, lambda: page.url.startswith(home) and page.evaluate("document.readyState") == "complete")[1]


def _look(page: Page, arrived: Callable[[], T | None]) -> tuple[T | None, str | None] | None:
    try:
        there = arrived()
        step = None if there else page.evaluate(LOOK)
    except Error:
        # The page went away under the question.
        return None
    return (there, step) if there or step else None


def read(page: Page) -> str:
    """What a person reads on a page, in one line."""
    try:
        return re.sub(r"\s+", " ", page.locator("body").inner_text(timeout=5000))
    except Error:
        return ""
