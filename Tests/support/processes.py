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

    def listening_ports(self) -> list[int]:
        return [port for _, port in listening(self.pid)]


def look(pid: int) -> Process | None:
    """The process, or nothing when there is none or only its exit status is left."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # The name stands in parentheses and may hold anything, so what follows is found from the right (proc(5)).
    name, rest = text[text.index("(") + 1:text.rindex(")")], text[text.rindex(")") + 2:].split()
    if rest[0] in "ZX":
        return None
    return Process(pid, int(rest[1]), int(rest[3]), name, int(rest[19]))


def everyone() -> list[Process]:
    return [each for each in (look(int(pid)) for pid in os.listdir("/proc") if pid.isdigit()) if each]


def descendants(root: int) -> list[Process]:
    by_parent: dict[int, list[Process]] = {}
    for each in everyone():
        by_parent.setdefault(each.parent, []).append(each)
    found, queue = [], [root]
    while queue:
        children = by_parent.get(queue.pop(), [])
        found += children
        queue += [each.pid for each in children]
    return found


def working_folder(pid: int) -> str | None:
    try:
        return os.readlink(f"/proc/{pid}/cwd")
    except OSError:
        return None


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


def processor_seconds(pid: int) -> float:
    """User and system time of the process; nothing when it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0.0
    fields = text[text.rindex(")") + 2:].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> tuple[int, int]:
    """(proportional, resident) set size in KiB."""
    sizes = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        key, value = line.split(":")
        sizes[key] = int(value.split()[0])
    return sizes["Pss"], sizes["Rss"]
