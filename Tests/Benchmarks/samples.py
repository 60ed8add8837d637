"""Where a service's time goes, by `perf` (Debian linux-perf): samples of what was running, by the part that it belongs to."""

import re
import shutil
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

# What a symbol or the library that holds it belongs to; the first that fits counts.
PARTS = [
    ("system calls, network, waking threads", r"^\[kernel|^\[k\]|\[vdso\]"),
    ("TLS between the services", r"libssl|\$s3TLS|[Cc]ha[Cc]ha|poly1305"),
    ("RSA signatures (libcrypto)", r"libcrypto"),
    ("ES256, hashes (BoringSSL)", r"CCryptoBoringSSL|\$s6Crypto|ecp_|sha256_|mulx4x|postx4x|sqrx8x"),
    ("libpq", r"libpq"),
    ("HTTP and sockets (NIO)", r"\$s\d+(NIO|DequeModule|_NIO)|c_nio_|NIO"),
    ("tasks and queues (Concurrency, Dispatch)", r"libswift_Concurrency|libdispatch|libswiftDispatch"),
    ("memory (malloc, copying)", r"libc\.so"),
    ("exclusivity checks, thread-local storage", r"ld-linux|swift_(begin|end)Access"),
    ("reference counts, generics, strings (Swift's runtime)", r"libswift"),
    ("Foundation", r"Foundation"),
    ("our own: messages and transport", r"\$s\d+(LatchkeyProtocol|Transport)"),
    ("our own: database", r"\$s\d+(Postgres|Store)"),
    ("our own: rules, routes, everything else", r""),
]


def available() -> bool:
    return shutil.which("perf") is not None


class Profile:
    """Samples of one process, taken while something else goes on."""

    def __init__(self, pid: int, seconds: float):
        self._folder = tempfile.TemporaryDirectory(prefix="lk-perf-")
        self._file = Path(self._folder.name) / "data"
        self._perf = subprocess.Popen(
            ["perf", "record", "-q", "-F", "997", "-p", str(pid), "-o", self._file, "--", "sleep", str(seconds)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def parts(self) -> dict[str, float]:
        """Shares of the process's time, the largest first."""
        self._perf.wait()
        text = subprocess.run(
            ["perf", "report", "-i", self._file, "--no-children", "-g", "none", "--sort", "dso,symbol", "--stdio", "-F",
             "overhead,dso,symbol"], capture_output=True, text=True).stdout
        found: Counter[str] = Counter()
        for line in text.splitlines():
            sample = re.match(r"\s*([\d.]+)%\s+(\S+)\s+(.*)", line)
            if sample:
                found[part(sample[2], sample[3])] += float(sample[1]) / 100
        return dict(found.most_common())


def part(library: str, symbol: str) -> str:
    where = f"{library} {symbol}"
    return next(name for name, pattern in PARTS if re.search(pattern, where))
