"""Every place in a spec, a model version and a project file where a text can stand, and plans with others there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from leaves.alternatives import TABLES, Place, To, edit, get, places, written
from leaves.standing import Leaf, all_leaves
from leaves.witnesses import FOLDER, MAXIMAL, ROOTS, Witness, witness
from lifespec_compiler.plan import Plan, assemble, environments, plan
from lifespec_schema.findings import Finding
from lifespec_schema.loader import Document, read

TYPED = ("duration", "threshold", "ratio", "weight", "quantity", "choice", "number", "flag")
Contracts = Mapping[str, tuple[Document, ...]]
CONTRACTS: Contracts = {
    path.relative_to(FOLDER).as_posix(): read(path.relative_to(FOLDER).as_posix(), path.read_bytes())[0]
    for path in FOLDER.rglob("*.odcs.yaml")
}


class Spot(NamedTuple):
    """A leaf, the variant of the witness that writes it, and where its texts stand there, from the document on."""

    leaf: Leaf
    variant: str
    places: tuple[Place, ...]

    @property
    def is_typed(self) -> bool:
        """Whether the language reads it as something else than a text."""
        return any(word in self.leaf.field.type for word in TYPED)

    @property
    def is_free(self) -> bool:
        """Whether it takes nearly any text."""
        schema = self.leaf.field.schema
        inner = schema.get("items") or schema.get("additionalProperties") or schema
        return not self.is_typed and not {"pattern", "enum", "const"} & inner.keys()


def spots() -> list[Spot]:
    """Every leaf that people write and that may have more than one value."""
    return [_spot(leaf) for leaf in all_leaves() if leaf.field.form != "canonical" and leaf.state != "fixed"]


def _spot(leaf: Leaf) -> Spot:
    document = ROOTS[leaf.kind]
    change = TABLES[document].get(leaf.field.path)
    variant = change.of if isinstance(change, To) else MAXIMAL
    documents = witness(variant)
    first = written(documents, document, leaf.field.path)
    everywhere = [(document, *place) for place in places(documents[document], leaf.field.path.split("."))]
    found = dict.fromkeys(place for start in (first, *everywhere) for place in _texts(documents, start))
    return Spot(leaf, variant, tuple(found))


def _texts(documents: Witness, start: Place) -> Iterator[Place]:
    """The scalars below a place; a list or a mapping has several."""
    value = get(documents, start)
    members = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else None
    if members is None:
        yield start
        return
    for key, _ in members:
        yield from _texts(documents, (*start, key))


class Put(NamedTuple):
    """A text for a place."""

    place: Place
    text: Any


def with_texts(variant: str, puts: Iterable[Put], runner: str = "agent") -> Witness:
    """The documents of a variant with texts in some places."""
    documents = witness(variant)
    documents["project"]["spec"]["runner"] = runner
    if runner == "ci":  # whose machines have no GPU, and little time
        for candidate in documents["lifecycle"]["spec"]["experiments"]["candidates"]:
            candidate["timebox"] = "5m"
            candidate.get("resources", {}).pop("gpu", None)
    for place, text in puts:
        edit(documents, place, text)
    return documents


def planned(documents: Witness, contracts: Contracts = CONTRACTS) -> tuple[Plan | None, list[Finding]]:
    """The plan of documents in the last environment of their project, and everything that is wrong with them."""
    files = {"lifecycle": "lifecycle.yaml", "model": "model.yaml", "project": "lifespec.yaml"}
    ours = {name: (Document(name, 0, documents[key], 1),) for key, name in files.items()}
    bundles, project, findings = assemble({**contracts, **ours}, "lifespec.yaml")
    if project is None or not bundles:
        return None, findings
    made, problems = plan(bundles[0], project, environments(project)[-1])
    return made, [*findings, *problems]
