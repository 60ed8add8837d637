"""Sign-ins over HTTP, as scripts for `ceremonies`."""

import json
import statistics
import time

from ceremonies import Answer, Recorder, Script, in_processes, request, run
from generator import Measured, Meter
from support.server import Latchkey
from support.softauthn import Passkey, SoftAuthenticator

JSON = {"Content_Type": "application/json", "Accept": "application/json"}


def cookie_header(cookies: dict[bytes, bytes]) -> str:
    return "; ".join(f"{key.decode()}={value.decode()}" for key, value in cookies.items())


def one_sign_in(origin: str, authenticator: SoftAuthenticator, passkey: Passkey):
    """Begins and finishes a sign-in; its result is (the last answer, seconds of both on the wire, all cookies)."""
    begun: Answer = yield request("GET", "/api/webauthn/login/start", origin, Accept="application/json")
    if begun.status != 200:
        return begun, begun.seconds, {}
    cookies = begun.cookies()
    body = json.dumps(authenticator.get(json.loads(begun.body), passkey)).encode()
    finished: Answer = yield request(
        "POST", "/api/webauthn/login/finish", origin, body, Cookie=cookie_header(cookies), **JSON)
    return finished, begun.seconds + finished.seconds, cookies | finished.cookies()


def signing_in(origin: str, passkeys: list[Passkey], until: float, recorder: Recorder) -> Script:
    """One person after another signs in, until the time is over."""
    authenticator = SoftAuthenticator(origin)
    number = 0
    while time.perf_counter() < until:
        answer, seconds, _ = yield from one_sign_in(origin, authenticator, passkeys[number % len(passkeys)])
        number += 1
        if answer.status == 200:
            recorder.note("sign-in", seconds)
        else:
            recorder.fail("sign-in", answer)


def measure(server: Latchkey, passkeys: list[Passkey], connections: int, workers: int, seconds: float) -> Measured:
    """As many sign-ins as it answers, from several processes: the signatures are made by the load."""
    def job(number: int):
        recorder, begin = Recorder(), time.perf_counter()
        count = connections // workers
        mine = passkeys[number::workers]
        run(server.port, [signing_in(server.url, mine[each::count], begin + seconds, recorder) for each in range(count)])
        return recorder, begin, time.perf_counter()

    meter = Meter(server)
    before = meter.read()
    parts = in_processes(workers, job)
    after = meter.read()
    took = [each for recorder, _, _ in parts for each in recorder.seconds.get("sign-in", [])]
    percentiles = statistics.quantiles(took, n=100) if len(took) > 1 else [float("nan")] * 99
    wall = max(end for _, _, end in parts) - min(begin for _, begin, _ in parts)
    return Measured(
        len(took), wall, 1000 * percentiles[49], 1000 * percentiles[98],
        [each for recorder, _, _ in parts for each in recorder.failures],
        {name: 1000 * (after[name] - before[name]) / max(len(took), 1) for name in before})
