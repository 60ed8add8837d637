"""What the process that faces the internet must not have in it: a way to the database."""

import json
import re
import subprocess

from support.server import ROOT, SERVICES, binary

DATABASE = {"ServiceStore", "Store", "Postgres", "CLibpq"}


def needed(program: str) -> list[str]:
    """The shared libraries that a program asks the loader for by name."""
    entries = subprocess.run(
        ["readelf", "--dynamic", "--wide", binary().with_name(program)], capture_output=True, text=True, check=True
    )
    return re.findall(r"\(NEEDED\)\s+Shared library: \[(.+)\]", entries.stdout)


def test_the_gateway_alone_is_linked_without_libpq():
    linked = {service: any(name.startswith("libpq.so") for name in needed(service)) for service in SERVICES}
    assert linked == {"auth": True, "oidc": True, "admin": True, "gateway": False}


def test_nothing_that_the_gateway_is_built_from_knows_the_database(tmp_path):
    # A scratch folder of its own: the usual one belongs to whatever builds meanwhile.
    command = ["swift", "package", "--scratch-path", tmp_path, "dump-package"]
    package = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    targets = {
        target["name"]: {next(iter(dependency.values()))[0] for dependency in target["dependencies"]}
        for target in json.loads(package.stdout)["targets"]
    }

    def closure(name: str) -> set[str]:
        return {name}.union(*(closure(each) for each in targets.get(name, ())))

    assert closure("AuthService") >= DATABASE
    assert not closure("gateway") & DATABASE
