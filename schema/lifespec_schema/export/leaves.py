"""Every field of the language and what is known of it: behind `explain`, the reference page, the test of effects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from lifespec_schema.spec.base import EffectName, SpecModel
from lifespec_schema.spec.lifecycle import ModelLifecycle

from .annotated import Form, Schema, annotated, resolve
from .structural import choices_described
from .words import type_in_words
from .written import as_written

_EFFECTS: tuple[EffectName, ...] = ("compile", "decide", "measure", "document")
_FORMS: tuple[Form, ...] = ("authoring", "canonical")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the language, over all branches of the unions that have it."""

    path: str
    """Dotted, with `*` for the items of a list and the values of a mapping: `spec.rollout.steps.*.weight`."""
    description: str
    """What it means."""
    type: str
    """What is written, in the language's words: `duration`, `list of text`, `mapping` …"""
    effect: EffectName
    """What a change of it must change; where branches of a union differ, the one nearest to the cluster."""
    leaf: bool
    """Whether it holds a value; the others are mappings with fields of their own, or lists of them."""
    unit: str | None
    """The unit in which the canonical form stores it."""
    required: bool
    """Whether it must be written where the mapping around it is, and, in a union, one of the branches that have it."""
    default: Any
    """The language's default, as it is written; None where there is none, or where it depends on other fields."""
    choices: tuple[str, ...]
    """The values allowed, where they can be listed."""
    examples: tuple[Any, ...]
    """Values as people write them."""
    only_with: tuple[str, ...]
    """In a union: the branches that have it, as `strategy: canary`; empty: all of them."""
    form: Literal["both", "authoring", "canonical"]
    """The forms that have it."""
    schema: Mapping[str, Any]
    """Its annotated JSON Schema as it is written; as it is stored, where only the canonical form has it."""

    @property
    def fixed(self) -> bool:
        """Whether it can have one value only, so that no change of it can have an effect."""
        return len(self.choices) == 1


def fields(root: type[SpecModel] = ModelLifecycle) -> list[Field]:
    """Every field of a document, parents before children, in the order of the models."""
    authoring, canonical = (_seen(root, form) for form in _FORMS)
    paths = dict.fromkeys([*authoring, *canonical])
    return [_field(path, authoring.get(path, []), canonical.get(path, [])) for path in paths]


def leaves(root: type[SpecModel] = ModelLifecycle) -> list[Field]:
    """The fields that hold a value."""
    return [field for field in fields(root) if field.leaf]


class _Seen(NamedTuple):
    """A field in one branch of a union, or outside of any."""

    schema: Schema
    effect: EffectName
    leaf: bool
    required: bool
    tag: str | None
    """The discriminator of the union that it stands in."""
    values: list[str]
    """The values of the discriminator that choose its branch."""
    optional: list[str]
    """The values of the discriminator that need not be written."""
    everywhere: bool
    """Whether every branch has it."""


def _seen(root: type[SpecModel], form: Form) -> dict[str, list[_Seen]]:
    document = annotated(root, form)
    found: dict[str, list[_Seen]] = {}
    for path, seen in _walk(document, document.get("$defs", {}), "", root.effect):
        found.setdefault(path, []).append(seen)
    return found


def _walk(schema: Schema, definitions: Schema, path: str, effect: EffectName) -> Iterator[tuple[str, _Seen]]:
    union = schema.get("x-tag", {"name": None, "values": [[]], "optional": []})
    tag = union["name"]
    branches = [resolve(branch, definitions) for branch in schema.get("oneOf", [schema])]
    for branch, values in zip(branches, union["values"], strict=True):
        for name, member in branch["properties"].items():
            field = resolve(member, definitions)
            own: EffectName = field.get("x-effect") or branch.get("x-effect") or effect
            content, below = _content(field, definitions, f"{path}{name}.")
            leaf = "properties" not in content and "oneOf" not in content
            required = name in branch.get("required", ()) or (name == tag and not union["optional"])
            everywhere = all(name in other["properties"] for other in branches)
            yield f"{path}{name}", _Seen(field, own, leaf, required, tag, values, union["optional"], everywhere)
            if not leaf:
                yield from _walk(content, definitions, below, content.get("x-effect") or own)


def _content(schema: Schema, definitions: Schema, path: str) -> tuple[Schema, str]:
    """What a list or a mapping holds, at any depth, and the path into it."""
    inner = schema.get("items") or schema.get("additionalProperties")
    while isinstance(inner, dict):
        schema, path = resolve(inner, definitions), f"{path}*."
        inner = schema.get("items") or schema.get("additionalProperties")
    return schema, path


def _field(path: str, authoring: list[_Seen], canonical: list[_Seen]) -> Field:
    seen = authoring or canonical
    first = seen[0]
    schemas = [each.schema for each in seen]
    effects = {each.effect for each in seen}
    stored = (canonical or authoring)[0].schema
    return Field(
        path=path,
        description=_description(path, seen),
        type=type_in_words(first.schema),
        effect=next(effect for effect in _EFFECTS if effect in effects),
        leaf=first.leaf,
        unit=stored.get("x-unit"),
        required=all(each.required for each in seen),
        default=_default(path, first, stored.get("x-unit")),
        choices=tuple(dict.fromkeys(choice for schema in schemas for choice in _choices(schema))),
        examples=tuple(first.schema.get("examples", ())),
        only_with=() if first.everywhere else tuple(f"{each.tag}: {value}" for each in seen for value in each.values),
        form="both" if authoring and canonical else "authoring" if authoring else "canonical",
        schema=first.schema,
    )


def _default(path: str, seen: _Seen, unit: str | None) -> Any:
    if seen.tag == path.rpartition(".")[2]:
        # Where several branches may leave it out, their fields tell which one is meant.
        return seen.optional[0] if len(seen.optional) == 1 else None
    return as_written(seen.schema.get("default"), unit)


def _choices(schema: Schema) -> list[str]:
    return [schema["const"]] if "const" in schema else schema.get("enum", [])


def _description(path: str, seen: list[_Seen]) -> str:
    if seen[0].tag == path.rpartition(".")[2]:
        return choices_described([each.schema for each in seen], [each.values for each in seen])
    return " / ".join(dict.fromkeys(each.schema["description"] for each in seen))
