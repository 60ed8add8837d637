#!/usr/bin/env python3
"""Measures what apps and browsers ask for, and beside it, in the same run, the limits of the machine.

It starts a server of its own with its own data (and the database's durable writes as they are in production), puts people,
sessions and codes into it, and loads it over HTTP with keep-alive connections. Since the generator, the server and the database
share the cores, a result counts as a share of the limit that was measured in the same run.

Each operation is measured twice: with as many requests as it answers, and with half as many arriving at their times, whether or
not the ones before have been answered; those are the waiting times that count.

Then the database is filled with other people's rows, a million of them expired, which housekeeping removes meanwhile, and the
waiting times are measured again under the same load.

Writes Tests/Benchmarks/RESULTS.md (see --output).
"""

import argparse
import os
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import limits  # noqa: E402
import report  # noqa: E402
import samples  # noqa: E402
import sign_ins  # noqa: E402
from generator import Generator, Measured  # noqa: E402
from operations import Operation, Operations  # noqa: E402
from people import with_passkeys  # noqa: E402
from prepare import World  # noqa: E402
from support import processes  # noqa: E402
from support.server import SERVICES, Latchkey  # noqa: E402

# Whose time is taken apart, in which processes.
PROFILED = ("exchange RS256", "exchange ES256", "introspection", "userinfo")
PROCESSES = ("gateway", "oidc")

# More than any machine of this kind answers per second of what needs a request of its own each time.
MOST_PER_SECOND = 4_500


class Bench:
    def __init__(self, server: Latchkey, world: World, generator: Generator, options):
        self.server, self.world, self.generator, self.options = server, world, generator, options

    def highest(self, operation: Operation) -> Measured:
        """As many as it answers."""
        requests = operation.requests(int(MOST_PER_SECOND * self.options.seconds))
        # The first hundreds of requests prepare statements and warm caches: they are not what is measured.
        warm, requests = (requests[:500], requests[500:]) if operation.once else (requests, requests)
        self._run(operation, warm, 0.5)
        answers = self.generator.folder / "answers"
        measured = self._run(operation, requests, self.options.seconds, answers=answers)
        if operation.keep and not measured.failures:
            operation.keep(answers)
        return measured

    def arriving(self, operation: Operation, rate: float) -> Measured:
        """So many per second, at their times."""
        answers = self.generator.folder / "answers"
        requests = operation.requests(int(rate * self.options.seconds) + 1)
        measured = self._run(operation, requests, self.options.seconds, rate=rate, answers=answers)
        if operation.keep and not measured.failures:
            operation.keep(answers)
        return measured

    def profiled(self, operation: Operation) -> dict[str, dict[str, float]]:
        """By process: shares of its time by part, at the highest rate. Not in the measured run, since watching costs."""
        requests = operation.requests(int(MOST_PER_SECOND * 3))
        watching = {name: samples.Profile(self.server.service(name).pid, 2) for name in PROCESSES}
        self._run(operation, requests, 3)
        return {name: each.parts() for name, each in watching.items()}

    def _run(self, operation: Operation, requests: list[bytes], seconds: float, rate: float = 0,
             answers: Path | None = None) -> Measured:
        if not requests:
            raise RuntimeError(f"{operation.name}: nothing to send, since what comes before it gave nothing")
        return self.generator.run(self.server.port, requests, seconds, status=operation.status, once=operation.once,
                                  rate=rate, answers=answers, server=self.server)


def memory(server: Latchkey) -> dict[str, tuple[int, int]]:
    """(PSS, RSS) in KiB: the launcher, each service, and all of the database server together."""
    found = {"latchkey": processes.memory(server.launcher.pid)}
    found |= {name: processes.memory(server.service(name).pid) for name in SERVICES}
    database = [processes.memory(each.pid) for each in processes.descendants(server.launcher.pid) if each.name == "postgres"]
    # Resident sizes of the server's processes overlap in its shared buffers: only the proportional ones can be added.
    found["postgres"] = (sum(pss for pss, _ in database), max(rss for _, rss in database))
    return found


def starts() -> tuple[float, float]:
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


def say(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


def told(name: str, measured: Measured) -> None:
    total = sum(measured.cost.values())
    say(f"  {name}: {measured.rate:,.0f}/s, p50 {measured.p50:.2f} ms, p99 {measured.p99:.2f} ms, {total:.3f} ms of processor: "
        + " ".join(f"{process} {value:.3f}" for process, value in measured.cost.items()) + " ".join(measured.failures))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=500, help="people with a session each, and as many with a passkey (default 500)")
    parser.add_argument("--connections", type=int, default=64, help="connections at once (default 64)")
    parser.add_argument("--seconds", type=float, default=5, help="per measurement (default 5)")
    parser.add_argument("--writers", type=int, default=16, help="connections of pgbench (default 16)")
    parser.add_argument("--expired", type=int, default=1_000_000, help="expired rows for the second part; 0 leaves it out")
    parser.add_argument("--only", action="append", help="only operations whose name contains this; may be said several times")
    parser.add_argument("--output", type=Path, default=HERE / "RESULTS.md", help="where the table goes")
    options = parser.parse_args()
    wanted = [each.lower() for each in options.only or [""]]

    figures = report.Figures(options=options, cores=os.cpu_count(), highest={}, half={}, filled={}, operations=[], profiles={})
    figures.starts = starts()
    generator = Generator(options.connections)
    with Latchkey() as server:
        world = World(server, options.people)
        passkeys = with_passkeys(server, world.admin, options.people)
        figures.idle = memory(server)
        bench = Bench(server, world, generator, options)
        say("limits")
        signatures = limits.signatures(int(options.seconds))
        empty = limits.empty_handler(generator, options.seconds)
        figures.limits = limits.writes(server, options.writers, max(2, int(options.seconds))) | {"empty handler": empty.rate}
        figures.empty = empty
        told("empty handler", empty)
        operations = Operations(world)
        for operation in operations.all():
            # Its tokens are what the later ones ask about.
            if not any(each in operation.name.lower() for each in wanted) and operation.name != "exchange RS256":
                continue
            say(operation.name)
            figures.operations.append(operation)
            figures.highest[operation.name] = bench.highest(operation)
            told("highest", figures.highest[operation.name])
            figures.half[operation.name] = bench.arriving(operation, figures.highest[operation.name].rate / 2)
            told("at half of it", figures.half[operation.name])
            if operation.name in PROFILED and samples.available():
                figures.profiles[operation.name] = bench.profiled(operation)
        say("sign-ins")
        figures.sign_in = sign_ins.measure(server, passkeys, options.connections, 2, options.seconds)
        told("sign-in", figures.sign_in)
        figures.loaded = memory(server)
        # Before and after, since a shared machine is not the same all the time.
        again, empty = limits.signatures(int(options.seconds)), limits.empty_handler(generator, options.seconds)
        figures.limits["empty handler"] = (figures.limits["empty handler"] + empty.rate) / 2
        figures.limits |= {name: (rate + again[name]) / 2 for name, rate in signatures.items()}
        if options.expired:
            say("filling the database")
            world.fill(people=100_000, clients=10_000, expired=options.expired)
            # Housekeeping looks when a service starts, and every ten minutes.
            server.stop()
            server.start()
            figures.expired_before = expired(server)
            for operation in figures.operations:
                # Refresh tokens for the refreshes come from the exchanges before them.
                rate = figures.half[operation.name].rate
                measured = bench.arriving(operation, rate)
                figures.filled[operation.name] = measured
                told(f"{operation.name}, filled", measured)
            figures.expired_after = expired(server)
    text = report.table(figures)
    options.output.write_text(text)
    print(text)
    everything = [*figures.highest.values(), *figures.half.values(), *figures.filled.values(), figures.sign_in]
    failures = [each for measured in everything for each in measured.failures]
    if failures:
        sys.exit("requests failed:\n" + "\n".join(sorted(set(failures))[:10]))


def expired(server: Latchkey) -> int:
    """Rows that wait for housekeeping."""
    tables = ("sessions WHERE ends_at", "grants WHERE expires_at", "refresh_tokens WHERE expires_at",
              "spent_challenges WHERE expires_at")
    return sum(int(server.psql(f"SELECT count(*) FROM {each} < now()")) for each in tables)


if __name__ == "__main__":
    main()
