"""RESULTS.md: each figure beside the limit that bounds it."""

import subprocess
import time
from pathlib import Path
from types import SimpleNamespace

HERE = Path(__file__).resolve().parent


class Figures(SimpleNamespace):
    """Everything that one run measured."""

    def all(self) -> list:
        return [self.gateway, self.healthz, self.keys, self.sign_in, *self.exchange_and_authorize]


def table(figures: Figures) -> str:
    exchange, authorize = figures.exchange_and_authorize
    rsa, verify = figures.signatures["rsa2048"], figures.signatures["p256 verify"]
    writes = figures.writes
    rows = [
        line("Code exchange (`POST /api/oidc/token`; two RS256 signatures, one durable write)", exchange, [
            (f"RSA-2048 signatures/s ÷ 2 = {rsa / 2:,.0f}", rsa / 2),
            (f"pgbench, the same write: {writes['exchange write']:,.0f}", writes["exchange write"])]),
        line("Passkey sign-in (start and finish; one durable write)", figures.sign_in, [
            (f"pgbench, the same write: {writes['sign-in write']:,.0f}", writes["sign-in write"]),
            (f"P-256 verifications/s: {verify:,.0f}", verify),
            (f"two answers of the gateway alone: {figures.gateway.rate / 2:,.0f}", figures.gateway.rate / 2)]),
        line("Authorization with a live session (`GET /authorize` to a code; one durable write)", authorize, [
            (f"answers of the gateway alone: {figures.gateway.rate:,.0f}", figures.gateway.rate)]),
        line("Public keys (`GET /.well-known/jwks.json`)", figures.keys, [
            (f"answers of the gateway alone: {figures.gateway.rate:,.0f}", figures.gateway.rate)]),
        line("Health (`GET /healthz`: gateway, auth and oidc)", figures.healthz, [
            (f"answers of the gateway alone: {figures.gateway.rate:,.0f}", figures.gateway.rate)]),
        line("The gateway alone (404 of an unknown path)", figures.gateway, []),
    ]
    costs = [cost("Code exchange", exchange), cost("Passkey sign-in", figures.sign_in), cost("Authorization", authorize)]
    memory = [f"| {name} | {figures.idle[name][0] / 1024:.1f} | {figures.idle[name][1] / 1024:.1f} | "
              f"{figures.loaded[name][0] / 1024:.1f} |" for name in figures.idle]
    total = [sum(pss for pss, _ in each.values()) / 1024 for each in (figures.idle, figures.loaded)]
    options = figures.options
    return f"""# Measured

By `Tests/Benchmarks/bench.py` on {time.strftime("%-d %B %Y")}, at {commit()}: {machine()}, {figures.cores} cores, which the load
generator ({options.workers} processes, {options.connections} connections), the services and PostgreSQL share. Absolute numbers on a
shared machine prove nothing; the shares are of limits measured in the same run.

| | per second | p50 ms | p99 ms | limit | share of it |
|---|---:|---:|---:|---|---:|
{chr(10).join(rows)}

Limits: RSA-2048 signatures {rsa:,.0f}/s and P-256 verifications {verify:,.0f}/s (`openssl speed -multi {figures.cores}`); durable writes
by pgbench, {options.writers} connections, on the same cluster: {writes['exchange write']:,.0f}/s as in a code exchange, {writes['sign-in write']:,.0f}/s as in a
sign-in.

Processor time per operation, in milliseconds:

| | gateway | auth | oidc | postgres | latchkey (the log) | all |
|---|---:|---:|---:|---:|---:|---:|
{chr(10).join(costs)}

From start to ready: {figures.first_start:.1f} s with nothing there yet (database cluster, migrations, signing key included),
{figures.second_start:.1f} s the next time.

| process | idle PSS MiB | idle RSS MiB | PSS MiB after the load |
|---|---:|---:|---:|
{chr(10).join(memory)}
| **all** | **{total[0]:.1f}** | | **{total[1]:.1f}** |

PSS counts what processes share once; the RSS of postgres is its largest process's.
"""


def line(name: str, measured, limits: list[tuple[str, float]]) -> str:
    figures = f"{measured.rate:,.0f} | {measured.percentile(50) * 1000:.1f} | {measured.percentile(99) * 1000:.1f}"
    bounds = "<br>".join(text for text, _ in limits) or "–"
    shares = "<br>".join(f"{measured.rate / limit:.0%}" for _, limit in limits) or "–"
    return f"| {name} | {figures} | {bounds} | {shares} |"


def cost(name: str, measured) -> str:
    columns = [measured.cost[each] for each in ("gateway", "auth", "oidc", "postgres", "latchkey")]
    return f"| {name} | " + " | ".join(f"{each:.2f}" for each in [*columns, sum(measured.cost.values())]) + " |"


def commit() -> str:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=HERE)
    return f"commit {done.stdout.strip()}" if done.returncode == 0 else "an unknown commit"


def machine() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "an unknown processor"
