"""A network of a test's own: a loopback interface with a few addresses that are not loopback's, and nobody else on it."""

import ctypes
import os
import subprocess
import threading
from collections.abc import Callable

# sched.h
CLONE_NEWNET = 0x40000000

# RFC 2544: benchmarks. A server sees these as it sees anybody's.
ADDRESSES = [f"198.18.0.{last}" for last in range(1, 10)]


def can_be_made() -> bool:
    """It takes root, or what a container gives its root."""
    return os.geteuid() == 0


def inside(work: Callable[[], None]) -> None:
    """Runs `work` in a thread that has a network of its own, and so have the threads and processes that it starts."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            libc = ctypes.CDLL(None, use_errno=True)
            if libc.unshare(CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "unshare: " + os.strerror(ctypes.get_errno()))
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
            for address in ADDRESSES:
                subprocess.run(["ip", "address", "add", f"{address}/32", "dev", "lo"], check=True)
            work()
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]
