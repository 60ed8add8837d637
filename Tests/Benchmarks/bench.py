#!/usr/bin/env python3
"""Measures code exchange and passkey sign-in, and beside them, in the same run, the limits of the machine.

It starts a server of its own with its own data (and the database's durable writes as they are in production), makes many
people with passkeys and sessions, and loads it over HTTP with keep-alive connections. Since the generator, the server and
the database share the cores, a result counts as a share of the limit that was measured in the same run.

Writes Tests/Benchmarks/RESULTS.md (see --output).
"""

import argparse
import multiprocessing
import os
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import limits  # noqa: E402
import load  # noqa: E402
import report  # noqa: E402
import work  # noqa: E402
from people import make_everybody  # noqa: E402
from support import processes  # noqa: E402
from support.server import SERVICES, Latchkey  # noqa: E402


@dataclass
class Measured:
    """One measurement: how many in how many seconds, and how long each took."""

    count: int
    wall: float
    seconds: list[float]
    failures: list[str]
    # Milliseconds of processor time per operation, by process.
    cost: dict[str, float] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        return self.count / self.wall if self.wall else 0.0

    def percentile(self, percent: int) -> float:
        return statistics.quantiles(self.seconds, n=100)[percent - 1] if len(self.seconds) > 1 else float("nan")


def merged(name: str, parts: list[tuple[load.Recorder, float, float]]) -> Measured:
    """What several processes recorded: from the first one's beginning to the last one's end."""
    seconds = [each for recorder, _, _ in parts for each in recorder.seconds.get(name, [])]
    wall = max(end for _, _, end in parts) - min(begin for _, begin, _ in parts)
    return Measured(len(seconds), wall, seconds, [each for recorder, _, _ in parts for each in recorder.failures])


class Meter:
    """Processor seconds that each process of the server has used so far, as /proc counts them."""

    def __init__(self, server: Latchkey):
        self._pids = {name: [server.service(name).pid] for name in SERVICES} | {"latchkey": [server.launcher.pid]}
        self._root = server.launcher.pid

    def read(self) -> dict[str, float]:
        # Sessions of the database come and go, so they are found anew.
        database = [each.pid for each in processes.descendants(self._root) if each.name == "postgres"]
        return {name: sum(map(processes.processor_seconds, pids))
                for name, pids in (self._pids | {"postgres": database}).items()}


def per_operation(before: dict[str, float], after: dict[str, float], count: int) -> dict[str, float]:
    return {name: 1000 * (after[name] - before[name]) / max(count, 1) for name in before}


def share(number: int, workers: int, items: list) -> list:
    return items[number::workers]


def measure_get(server: Latchkey, options, path: str, status: int) -> Measured:
    def job(number: int):
        recorder, begin = load.Recorder(), time.perf_counter()
        scripts = [work.asking(server.url, path, status, begin + options.seconds / 2, path, recorder)
                   for _ in range(options.connections // options.workers)]
        load.run(server.port, scripts)
        return recorder, begin, time.perf_counter()
    return merged(path, load.in_processes(options.workers, job))


def measure_sign_in(server: Latchkey, options, passkeys: list) -> Measured:
    def job(number: int):
        recorder, begin = load.Recorder(), time.perf_counter()
        mine = share(number, options.workers, passkeys)
        count = options.connections // options.workers
        load.run(server.port, [work.signing_in(server.url, share(each, count, mine), begin + options.seconds, recorder)
                               for each in range(count)])
        return recorder, begin, time.perf_counter()
    meter = Meter(server)
    before = meter.read()
    measured = merged("sign-in", load.in_processes(options.workers, job))
    measured.cost = per_operation(before, meter.read(), measured.count)
    return measured


def measure_exchange(server: Latchkey, options, client, passkeys: list) -> tuple[Measured, Measured]:
    """(exchange, authorize). Rounds, since a code lives for a minute: many codes are collected, then all are exchanged."""
    meter = Meter(server)
    together = multiprocessing.get_context("fork").Barrier(options.workers)

    def job(number: int):
        recorder, sessions, rounds = load.Recorder(), [], []
        count = options.connections // options.workers
        mine = share(number, options.workers, passkeys)[:count]
        load.run(server.port, [work.opening_session(server.url, each, sessions, recorder) for each in mine])
        if not sessions:
            together.abort()
            raise RuntimeError(f"no session: {recorder.failures[:1]}")
        for _ in range(options.rounds):
            together.wait()
            costs = [meter.read()]
            exchanges, begin = [], time.perf_counter()
            load.run(server.port, [work.collecting_codes(
                server.url, each, client, begin + options.collecting, exchanges, recorder) for each in sessions])
            collected = time.perf_counter()
            together.wait()
            costs.append(meter.read())
            exchanging = time.perf_counter()
            load.run(server.port, [work.exchanging(exchanges, recorder) for _ in range(count)])
            end = time.perf_counter()
            together.wait()
            costs.append(meter.read())
            rounds.append((begin, collected, exchanging, end, costs))
        return recorder, rounds

    parts = load.in_processes(options.workers, job)
    recorders = [recorder for recorder, _ in parts]

    def of(name: str, begin: int, end: int, cost: int) -> Measured:
        seconds = [each for recorder in recorders for each in recorder.seconds.get(name, [])]
        wall = sum(max(rounds[number][end] for _, rounds in parts) - min(rounds[number][begin] for _, rounds in parts)
                   for number in range(options.rounds))
        measured = Measured(len(seconds), wall, seconds, [each for one in recorders for each in one.failures])
        # The first process's readings stand for the machine; they are of the same moments.
        phases = [(each[4][cost], each[4][cost + 1]) for each in parts[0][1]]
        measured.cost = {name: sum(per_operation(*phase, measured.count)[name] for phase in phases) for name in phases[0][0]}
        return measured

    return of("exchange", 2, 3, 1), of("authorize", 0, 1, 0)


def memory(server: Latchkey) -> dict[str, tuple[int, int]]:
    """(PSS, RSS) in KiB: the launcher, each service, and all of the database server together."""
    found = {"latchkey": processes.memory(server.launcher.pid)}
    found |= {name: processes.memory(server.service(name).pid) for name in SERVICES}
    database = [processes.memory(each.pid) for each in processes.descendants(server.launcher.pid) if each.name == "postgres"]
    # Resident sizes of the server's processes overlap in its shared buffers: only the proportional ones can be added.
    found["postgres"] = (sum(pss for pss, _ in database), max(rss for _, rss in database))
    return found


def starts(options) -> tuple[float, float]:
    """Seconds from start to ready: with nothing there yet, and again with the data of the first start."""
    server = Latchkey()
    try:
        first = server.start().seconds_to_ready
        server.stop()
        second = server.start().seconds_to_ready
        server.stop()
        return first, second
    finally:
        server.remove()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=500, help="people with a passkey each (default 500)")
    parser.add_argument("--connections", type=int, default=64, help="connections at once, over all workers (default 64)")
    parser.add_argument("--workers", type=int, default=2, help="processes of the load generator (default 2)")
    parser.add_argument("--seconds", type=float, default=10, help="of measured sign-ins (default 10)")
    parser.add_argument("--rounds", type=int, default=3, help="of collecting codes and exchanging them (default 3)")
    parser.add_argument("--collecting", type=float, default=4, help="seconds of collecting per round (default 4)")
    parser.add_argument("--limit-seconds", type=int, default=5, help="per limit that is measured (default 5)")
    parser.add_argument("--writers", type=int, default=16, help="connections of pgbench (default 16)")
    parser.add_argument("--output", type=Path, default=HERE / "RESULTS.md", help="where the table goes")
    options = parser.parse_args()

    figures = report.Figures(options=options, cores=os.cpu_count())
    figures.first_start, figures.second_start = starts(options)
    with Latchkey() as server:
        _, client, passkeys = make_everybody(server, options.people)
        figures.idle = memory(server)
        steps = [
            ("signatures", lambda: setattr(figures, "signatures", limits.signatures(options.limit_seconds))),
            ("writes", lambda: setattr(figures, "writes", limits.writes(server, options.writers, options.limit_seconds))),
            # A path that is nobody's: the gateway answers alone.
            ("the gateway alone", lambda: setattr(figures, "gateway", measure_get(server, options, "/api/nothing", 404))),
            ("health", lambda: setattr(figures, "healthz", measure_get(server, options, "/healthz", 204))),
            ("keys", lambda: setattr(figures, "keys", measure_get(server, options, "/.well-known/jwks.json", 200))),
            ("sign-ins", lambda: setattr(figures, "sign_in", measure_sign_in(server, options, passkeys))),
            ("exchanges", lambda: setattr(
                figures, "exchange_and_authorize", measure_exchange(server, options, client, passkeys))),
        ]
        for name, step in steps:
            print(f"measuring {name} …", file=sys.stderr, flush=True)
            step()
        figures.loaded = memory(server)
        # Before and after, since a shared machine is not the same all the time.
        again = limits.signatures(options.limit_seconds)
        figures.signatures = {name: (rate + again[name]) / 2 for name, rate in figures.signatures.items()}
    text = report.table(figures)
    options.output.write_text(text)
    print(text)
    failures = [each for measured in figures.all() for each in measured.failures]
    if failures:
        sys.exit("requests failed:\n" + "\n".join(sorted(set(failures))[:10]))


if __name__ == "__main__":
    main()
