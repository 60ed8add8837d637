"""Pictures to hand in, made without any imaging library, and a look into the files that come back.

Owns: bytes of pictures. Must not know: servers or pages.
"""

import base64
import os
import struct
import zlib

# 64 × 32 pixels: red, green, blue and white quarters.
_JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEAYABgAAD/2wBDAAoHBwgHBgoICAgLCgoLDhgQDg0NDh0VFhEYIx8lJCIfIiEmKzcvJik0KSEiMEExNDk7"
    "Pj4+JS5ESUM8SDc9Pjv/2wBDAQoLCw4NDhwQEBw7KCIoOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7"
    "Ozs7Ozs7Ozv/wAARCAAgAEADASIAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUF"
    "BAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVW"
    "V1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi"
    "4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAEC"
    "AxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVm"
    "Z2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq"
    "8vP09fb3+Pn6/9oADAMBAAIRAxEAPwDnqKKK8U/TAooooA2aKKK4T8BCiiigDiqKKK/dD6YKKKKAPqOiiivzM7AooooA/9k="
)

PLACE = b"47.3769N 8.5417E"


def png(width: int, height: int, rows: bytes | None = None, depth: int = 8, colour: int = 2, more: bytes = b"") -> bytes:
    """A PNG of one colour, or of the given rows (each with its filter byte)."""
    rows = rows if rows is not None else (b"\0" + b"\x20\x80\x60" * width) * height
    return _png(width, height, zlib.compress(rows), depth, colour, more)


def _png(width: int, height: int, data: bytes, depth: int, colour: int, more: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + more + chunk(b"IDAT", data) + chunk(b"IEND", b""))


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def noise(width: int, height: int) -> bytes:
    """A PNG that hardly compresses."""
    return png(width, height, b"".join(b"\0" + os.urandom(width * 3) for _ in range(height)))


def bomb(side: int = 30_000) -> bytes:
    """A true PNG of that many black pixels a side in about a hundred kilobytes."""
    packer = zlib.compressobj(9)
    row = b"\0" * (1 + side // 8)
    return _png(side, side, b"".join(packer.compress(row) for _ in range(side)) + packer.flush(), 1, 0)


def photograph(orientation: int = 1) -> bytes:
    """A JPEG that says where it was taken, in EXIF and in XMP."""
    exif = (b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0" + bytes([orientation]) + b"\0\0\0\0\0\0" + PLACE)
    return _JPEG[:2] + _segment(0xE1, exif) + _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + PLACE) + _JPEG[2:]


def _segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def size(file: bytes) -> tuple[int, int]:
    """Width and height of a PNG."""
    assert file[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", file[16:24])


def chunks(file: bytes) -> set[bytes]:
    """The kinds of chunk that a PNG holds."""
    found, at = set(), 8
    while at < len(file):
        (length,) = struct.unpack(">I", file[at:at + 4])
        found.add(file[at + 4:at + 8])
        at += 12 + length
    return found
