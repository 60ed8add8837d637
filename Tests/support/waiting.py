"""Waiting for a condition with a deadline: the tests never sleep for a fixed time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

# Between two looks at a condition. Short, since a look is cheap beside what is waited for.
_PAUSE = 0.02


def wait_for(look: Callable[[], T], what: str, seconds: float = 10) -> T:
    """Returns the first truthy answer of `look`; fails when none came within `seconds`.

    An exception of `look` counts as "not yet", and the last one is named in the failure.
    """
    deadline = time.monotonic() + seconds
    last: object = None
    while True:
        try:
            answer = look()
            if answer:
                return answer
            last = answer
        except Exception as error:  # noqa: BLE001 - whatever it is, it is reported below
            last = error
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds} s (last: {last!r})")
        time.sleep(_PAUSE)
