"""RESULTS.md: each figure beside the limit that bounds it."""

import subprocess
import time
from pathlib import Path
from types import SimpleNamespace

HERE = Path(__file__).resolve().parent
PROCESSES = ("gateway", "oidc", "auth", "postgres", "latchkey", "generator")
# The longest that one request in a hundred may wait, at half of the highest rate.
P99_MILLISECONDS = 50
# How much longer half of the requests may take in a database full of other rows.
SLOWER = 0.20


class Figures(SimpleNamespace):
    """Everything that one run measured."""


# What is said of a limit.
LIMITS = {
    "rsa2048": "RSA-2048 signatures of both cores",
    "p256 verify": "P-256 verifications",
    "exchange write": "pgbench, the same write",
    "authorization write": "pgbench, the same write",
    "refresh write": "pgbench, the same write",
    "sign-in write": "pgbench, the same write",
    "empty handler": "empty NIO handler",
}


def table(figures: Figures) -> str:
    options = figures.options
    rows = [row(figures, each) for each in figures.operations]
    costs = [cost(each.title.split(" (")[0], figures.highest[each.name]) for each in figures.operations]
    sign_in = figures.sign_in
    sign_in_limits = "<br>".join(
        f"{LIMITS[key]}: {figures.limits[key]:,.0f} → {sign_in.rate / figures.limits[key]:.0%}" for key in ("sign-in write", "p256 verify"))
    memory = [f"| {name} | {figures.idle[name][0] / 1024:.1f} | {figures.idle[name][1] / 1024:.1f} | "
              f"{figures.loaded[name][0] / 1024:.1f} |" for name in figures.idle]
    total = [sum(pss for pss, _ in each.values()) / 1024 for each in (figures.idle, figures.loaded)]
    return f"""# Measured

By `Tests/Benchmarks/bench.py` on {time.strftime("%-d %B %Y")}, at {commit()}: {machine()}, {figures.cores} cores, which the load
generator (one process in C, {options.connections} connections), the services and PostgreSQL share. Absolute numbers on a shared machine
prove nothing; the shares are of limits measured in the same run, before and after.

| | highest rate per second | limit → share of it (target) | at half that rate: p50, p99 ms |
|---|---:|---|---:|
{chr(10).join(rows)}
| Passkey sign-in (start and finish; one durable write; its load is made in Python) | {sign_in.rate:,.0f} | {sign_in_limits} | – |

Limits, all per second: RSA-2048 signatures {figures.limits['rsa2048']:,.0f} and P-256 verifications {figures.limits['p256 verify']:,.0f} (`openssl speed
-multi {figures.cores}`); durable writes by pgbench with {options.writers} connections on the same cluster; a bare NIO server under the same load
generator {figures.limits['empty handler']:,.0f} (p50 {figures.empty.p50:.1f} ms, p99 {figures.empty.p99:.1f} ms). At half the rate, requests arrive at their times whether or not the ones
before have been answered, and their time counts from then.

Processor time per operation at the highest rate, in milliseconds; the generator is the load itself:

| | {" | ".join(PROCESSES)} | all |
|---|{"---:|" * (len(PROCESSES) + 1)}
{cost("Empty NIO handler", figures.empty)}
{chr(10).join(costs)}
{cost("Passkey sign-in", sign_in)}
{profiles(figures)}{filled(figures)}
From start to ready: {figures.starts[0]:.1f} s with nothing there yet (database cluster, migrations, signing keys included),
{figures.starts[1]:.1f} s the next time.

| process | idle PSS MiB | idle RSS MiB | PSS MiB after the load |
|---|---:|---:|---:|
{chr(10).join(memory)}
| **all** | **{total[0]:.1f}** | | **{total[1]:.1f}** |

PSS counts what processes share once; the RSS of postgres is its largest process's.
"""


def row(figures: Figures, operation) -> str:
    highest, half = figures.highest[operation.name], figures.half[operation.name]
    shares = []
    for limit in operation.limits:
        most = figures.limits[limit.key]
        share = highest.rate / most
        target = "" if limit.target is None else f" ({limit.target:.0%}{'' if share >= limit.target else ', **missed**'})"
        shares.append(f"{LIMITS[limit.key]}: {most:,.0f} → **{share:.0%}**{target}")
    late = "" if half.p99 < P99_MILLISECONDS else " **late**"
    return f"| {operation.title} | {highest.rate:,.0f} | {'<br>'.join(shares)} | {half.p50:.1f}, {half.p99:.1f}{late} |"


def cost(name: str, measured) -> str:
    columns = [f"{measured.cost[each]:.3f}" if each in measured.cost else "–" for each in PROCESSES]
    return f"| {name} | {' | '.join(columns)} | {sum(measured.cost.values()):.3f} |"


def profiles(figures: Figures) -> str:
    """Where the processor time above goes: `perf`'s shares of each process's time."""
    if not figures.profiles:
        return ""
    tables = []
    for name, processes in figures.profiles.items():
        measured = figures.highest[name]
        parts = sorted({part for each in processes.values() for part in each},
                       key=lambda part: -sum(each.get(part, 0) * measured.cost[process] for process, each in processes.items()))
        rows = [f"| {part} | " + " | ".join(f"{1000 * each.get(part, 0) * measured.cost[process]:.0f}"
                                            for process, each in processes.items()) + " |" for part in parts]
        tables.append(f"""
| {name}: microseconds per operation in | {" | ".join(processes)} |
|---|{"---:|" * len(processes)}
{chr(10).join(rows)}
""")
    return (
        "\nWhere the time of the two busiest services goes (`perf record`, by the part that a symbol belongs to); "
        "[TRIED.md](TRIED.md) says\nwhat was done about it:\n" + "".join(tables))


def filled(figures: Figures) -> str:
    if not figures.filled:
        return ""
    rows = []
    for operation in figures.operations:
        before, after = figures.half[operation.name], figures.filled[operation.name]
        change = after.p50 / before.p50 - 1 if before.p50 else 0
        rows.append(f"| {operation.title.split(' (')[0]} | {before.rate:,.0f} | {before.p50:.2f} | {after.p50:.2f} | "
                    f"{change:+.0%}{' **more**' if change > SLOWER else ''} | {before.p99:.1f} | {after.p99:.1f} |")
    return f"""
With 100,000 more people, 10,000 more clients and {figures.expired_before:,} expired rows, which housekeeping removed meanwhile
({figures.expired_before - figures.expired_after:,} of them in the time of these measurements), under the same load:

| | per second | p50 before, ms | p50 then | change | p99 before, ms | p99 then |
|---|---:|---:|---:|---:|---:|---:|
{chr(10).join(rows)}
"""


def commit() -> str:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=HERE)
    return f"commit {done.stdout.strip()}" if done.returncode == 0 else "an unknown commit"


def machine() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "an unknown processor"
