"""Write one of two versions of an output, and die or fail at a chosen step: a script that tests run as a process.

    writer.py FOLDER old|new [--kill N] [--fail N ERRNO] [--largest BYTES] [--umask OCTAL] [--user UID]

Steps are the system calls that change a file system, counted by an audit hook just before they happen. So the code
under test runs unchanged, and the kill is a real one.
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import sys

from lifespec_compiler.emit.problems import WriteError
from lifespec_compiler.emit.write import write
from lifespec_compiler.manifest import Manifest

CHANGES = frozenset({"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.truncate"})

VERSIONS = {
    "old": {"a.yaml": "old a", "same.yaml": "same", "gone/b.yaml": "old b", "sub/c.yaml": "old c", "sub/d.yaml": "d"},
    "new": {"a.yaml": "new a", "same.yaml": "same", "deep/er/e.yaml": "e", "sub/c.yaml": "new c", "z.yaml": "z" * 5000},
}


def manifests(version: str) -> list[Manifest]:
    """The version's files: text, so that a look at a file tells which version it is of."""
    return [Manifest(path.replace(".yaml", ".txt"), text) for path, text in VERSIONS[version].items()]


def main() -> int:
    """0: written; 3: a WriteError, with its problems on standard output; else Python's own code for a crash."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("version", choices=VERSIONS)
    parser.add_argument("--kill", type=int)
    parser.add_argument("--fail", type=int, nargs=2)
    parser.add_argument("--largest", type=int)
    parser.add_argument("--umask", type=lambda text: int(text, 8), default=0o022)
    parser.add_argument("--user", type=int)
    options = parser.parse_args()
    wanted = manifests(options.version)
    os.umask(options.umask)
    if options.largest is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (options.largest, options.largest))
    if options.user is not None:
        os.setuid(options.user)
    steps = 0

    def count(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal steps
        is_creation = event == "open" and isinstance(arguments[2], int) and bool(arguments[2] & os.O_CREAT)
        if event not in CHANGES and not is_creation:
            return
        steps += 1
        if steps == options.kill:
            os.kill(os.getpid(), signal.SIGKILL)
        if options.fail is not None and steps == options.fail[0]:
            raise OSError(options.fail[1], os.strerror(options.fail[1]))

    sys.addaudithook(count)
    try:
        write(options.folder, wanted)
    except WriteError as error:
        for problem in error.problems:
            sys.stdout.write("\t".join(problem) + "\n")
        return 3
    sys.stdout.write(f"{steps}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
