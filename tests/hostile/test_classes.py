"""How many hostile cases there are of each class, and where: the table in classes.txt is counted, not written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from documents import test_contracts, test_environments, test_meaning, test_project, test_shape, test_values, test_yaml
from fuzz.test_fuzz import INPUTS
from hostile import edits, test_bytes, test_files, test_injection, test_kills, test_output
from hostile.dictionary import GLUED, TEXTS
from hostile.places import spots
from hostile.test_patterns import PATTERNS, SUBJECTS
from lifespec_compiler.targets import TARGETS
from loader import test_bytes as loader_bytes
from loader import test_scalars, test_structure

TABLE = Path(__file__).with_name("classes.txt")
ALIASES = ("alias", "anchor", "merge", "cycle", "bomb")
KEYS = ("key", "duplicate")


def named(table: Mapping[str, object], *words: str) -> int:
    return sum(any(word in name for word in words) for name in table)


def rows() -> list[tuple[str, int, str]]:
    structures = test_structure.REFUSED
    aliases, keys = named(structures, *ALIASES), named(structures, *KEYS)
    wide = len(test_structure.WIDE)
    scalars = len(test_scalars.VALUES) * 3 + len(test_scalars.BAD)
    through = len(test_bytes.CASES)
    edited = {kind: len(found) for kind, found in edits.CLASSES.items()}
    semantics = len(test_meaning.BAD) + len(test_environments.BAD) + edited["patches of environments"]
    files = len(test_files.KINDS) * len(test_files.PLACES) + len(test_files.FOLDERS) + 2 * len(test_files.SWAPPED)
    outputs = len(test_output.TRAPS) + len(test_output.FOREIGN) + len(test_output.LIMITS) + 8
    shapes = (test_shape.UNKNOWN, test_shape.MISSING, test_shape.WRONG, test_shape.MANY)
    typed = sum(edited.values()) - edited["shapes and sizes"] - edited["patches of environments"]
    fields = spots()
    everywhere = f"texts in each of {len(fields)} fields, against {len(TARGETS)} targets"
    projects = len(test_project.BAD_PROJECT) + len(test_project.BAD_MODEL)
    contracts = len(test_contracts.UNREACHABLE) + len(test_contracts.IN_CONTRACT)
    injection = "hostile/test_injection.py"
    return [
        ("aliases, anchors, merge keys, cycles", aliases, "loader/test_structure.py"),
        ("depth, width, size", wide + edited["shapes and sizes"], "loader/test_structure.py, hostile/edits.py"),
        ("duplicate and impossible keys", keys, "loader/test_structure.py"),
        ("tags, directives, documents, syntax", len(structures) - aliases - keys, "loader/test_structure.py"),
        ("implicit typing", scalars, "loader/test_scalars.py"),
        ("encodings and characters", len(loader_bytes.REFUSED) + len(loader_bytes.ACCEPTED), "loader/test_bytes.py"),
        ("all of these through lint and compile", through, "hostile/test_bytes.py"),
        ("the same as the project file", len(list(test_bytes.CASES)[::3]), "hostile/test_bytes.py"),
        ("YAML in a sound spec", len(test_yaml.IN_SPEC) + len(test_yaml.RAW), "documents/test_yaml.py"),
        ("values that people get wrong", len(test_values.BAD), "documents/test_values.py"),
        ("schedules, lengths, amounts, days, names", typed, "hostile/edits.py"),
        ("shapes of documents", sum(map(len, shapes)), "documents/test_shape.py"),
        ("sound by the schema, and impossible", semantics, "documents/test_meaning.py, hostile/edits.py"),
        ("project files and model versions", projects, "documents/test_project.py"),
        ("contracts out of reach or broken", contracts, "documents/test_contracts.py"),
        ("files, links, pipes, devices, races", files, "hostile/test_files.py"),
        ("names of files and folders", 2 * len(test_files.STRANGE), "hostile/test_files.py"),
        ("output folders", outputs, "hostile/test_output.py"),
        ("texts that slow patterns down", len(PATTERNS) + len(SUBJECTS), "hostile/test_patterns.py"),
        ("kills at random moments", test_kills.DEFAULT, "hostile/test_kills.py"),
        ("kept inputs of the fuzzer", len(INPUTS), "fuzz/corpus"),
        (everywhere, (len(TEXTS) + 2 * len(GLUED)) * len(fields), injection),
        ("the same as keys of mappings", (len(TEXTS) + len(GLUED)) * len(test_injection.KEYS), injection),
        ("the same in a data contract", len(TEXTS), injection),
    ]


def test_the_table_of_hostile_cases_is_exact(golden):
    lines = [f"{count:>7}  {what:<55} {where}" for what, count, where in rows()]
    golden(TABLE).check("\n".join([f"{'cases':>7}  {'class':<55} where, below tests/", *lines]) + "\n")
