"""The tests that took longest, of all parts of a run: `python3 -m support.slowest FILE...` (JUnit XML)."""

import sys
import xml.etree.ElementTree as tree
from pathlib import Path

SHOWN = 20


def times(files: list[Path]) -> list[tuple[float, str]]:
    """Seconds and name of every test, the slowest first."""
    found = [(float(case.get("time") or 0), f"{case.get('classname')}.{case.get('name')}")
             for file in files if file.is_file() and file.stat().st_size
             for case in tree.parse(file).getroot().iter("testcase")]
    return sorted(found, reverse=True)


def main(files: list[str]) -> None:
    for seconds, name in times([Path(file) for file in files])[:SHOWN]:
        print(f"{seconds:8.1f} s  {name}")


if __name__ == "__main__":
    main(sys.argv[1:])
