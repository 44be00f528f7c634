"""Fuzzes lifespec guided by coverage, from the kept corpus on: `python -m fuzz loader|compile --seconds N`.

What it finds is written to --found, small: an input that breaks an invariant to begin with, or, with --keep, the
inputs that reach code which no other in the corpus reaches, for tests/fuzz/corpus.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(  # pyright: ignore[reportAttributeAccessIssue]  # it has no stubs
    include=["lifespec_schema", "lifespec_compiler"]
):
    from fuzz.invariants import INVARIANTS

from fuzz.mutations import mutated

CORPUS = Path(__file__).parent / "corpus"


def main() -> None:
    """Never returns: libFuzzer ends the process, with another code than 0 when an invariant broke."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("name", choices=INVARIANTS)
    parser.add_argument("--seconds", type=int, default=0, help="stop after so many; 0: do not")
    parser.add_argument("--runs", type=int, default=-1, help="stop after so many inputs; -1: do not")
    parser.add_argument("--seed", type=int, default=0, help="where chance begins; 0: anywhere")
    parser.add_argument("--found", default=".fuzz", help="the folder for what is found")
    parser.add_argument("--keep", metavar="DIR", help="copy into DIR, of all inputs, the few that reach all there is")
    options, of_libfuzzer = parser.parse_known_args()
    found = Path(options.found) / options.name
    found.mkdir(parents=True, exist_ok=True)
    arguments = [
        f"{sys.executable} -m fuzz {options.name} --found {options.found}",  # what libFuzzer calls again, by a shell
        f"-max_total_time={options.seconds}",
        f"-runs={options.runs}",
        f"-seed={options.seed}",
        f"-artifact_prefix={found}/",
        "-max_len=16384",
        "-rss_limit_mb=2048",
        "-timeout=60",
        "-print_final_stats=1",
        *of_libfuzzer,
    ]
    if options.keep:
        arguments += ["-set_cover_merge=1", options.keep]
    if not of_libfuzzer:
        arguments += [str(found), str(CORPUS / options.name)]

    def change(data: bytes, most: int, seed: int) -> bytes:
        made = mutated(data, seed, most) if seed % 2 else None
        return made if made is not None else atheris.Mutate(data, most)

    atheris.Setup(arguments, INVARIANTS[options.name], custom_mutator=change)
    atheris.Fuzz()


main()
