"""Processes as /proc shows them: who runs, who listens, how much memory they hold."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    pid: int
    parent: int
    session: int
    name: str
    # Tells this process from a later one with the same number.
    started: int

    def alive(self) -> bool:
        now = look(self.pid)
        return now is not None and now.started == self.started

    def listening(pid: int) -> list[tuple[str, int]]:
    """The TCP addresses on which the process itself listens: (address in the table's hexadecimal, port)."""
    own = set()
    try:
        for descriptor in os.listdir(f"/proc/{pid}/fd"):
            try:
                target = os.readlink(f"/proc/{pid}/fd/{descriptor}")
            except OSError:
                continue
            if target.startswith("socket:["):
                own.add(target[8:-1])
    except OSError:
        return []
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in own:
                address, port = fields[1].rsplit(":", 1)
                found.add((address, int(port, 16)))
    return sorted(found)


def memory(pid: int) -> tuple[int, int]:
    """(proportional, resident) set size in KiB."""
    sizes = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        key, value = line.split(":")
        sizes[key] = int(value.split()[0])
    return sizes["Pss"], sizes["Rss"]
