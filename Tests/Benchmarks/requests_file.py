"""Requests as bytes, and the files of the load generator: each request, or each answer's body, after its length."""

import struct
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlencode

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def request(method: str, path: str, origin: str, body: bytes = b"", headers: dict[str, str] | None = None) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {origin.split('://')[1]}"]
    if method != "GET":
        lines += [f"Content-Length: {len(body)}"]
    lines += [f"{key}: {value}" for key, value in (headers or {}).items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def post(path: str, origin: str, form: dict[str, str], headers: dict[str, str]) -> bytes:
    return request("POST", path, origin, urlencode(form).encode(), FORM | headers)


def write(path: Path, requests: Iterable[bytes]) -> Path:
    with open(path, "wb") as file:
        for each in requests:
            file.write(struct.pack("<I", len(each)) + each)
    return path


def bodies(path: Path) -> list[bytes]:
    data, found, at = path.read_bytes(), [], 0
    while at < len(data):
        length = struct.unpack_from("<I", data, at)[0]
        found.append(data[at + 4:at + 4 + length])
        at += 4 + length
    return found
