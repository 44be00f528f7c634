"""A model's annotated schema as a structural schema of Kubernetes: no references, no alternatives, bounds everywhere.

A union becomes one object with the properties of all branches; which of them belong to which branch is said in CEL.
Cross-field rules become CEL too. There are no defaults: those live in the plan.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lifespec_schema.values.constraints import CEL

from .annotated import Schema, resolve

_COPIED = (
    "type", "description", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems",
    "minProperties", "maxProperties",
)  # fmt: skip
# CEL reads these words as its own; a property of such a name has another name in a rule.
_CEL_WORDS = frozenset(
    [
        "as",
        "break",
        "const",
        "continue",
        "else",
        "false",
        "for",
        "function",
        "if",
        "import",
        "in",
        "let",
        "loop",
        "namespace",
        "null",
        "package",
        "return",
        "true",
        "var",
        "void",
        "while",
    ]
)


def structural(schema: Schema, definitions: Schema) -> Schema:
    """The structural schema of an annotated one in canonical form; raises TypeError for what Kubernetes cannot say."""
    schema = resolve(schema, definitions)
    rules = [_rule(*CEL[name]) for name in schema.get("x-lifespec-rules", ())]
    if "oneOf" in schema:
        node, union_rules = _union(schema, definitions)
        return _with_rules(node, union_rules + rules)
    node = {key: schema[key] for key in _COPIED if key in schema}
    if "const" in schema:
        node["enum"] = [schema["const"]]
    if "exclusiveMinimum" in schema:
        node |= {"minimum": schema["exclusiveMinimum"], "exclusiveMinimum": True}
    if "exclusiveMaximum" in schema:
        node |= {"maximum": schema["exclusiveMaximum"], "exclusiveMaximum": True}
    match node.get("type"):
        case "object":
            _object(node, schema, definitions, rules)
        case "array":
            _array(node, schema, definitions)
        case "string" | "number" | "integer" | "boolean":
            pass
        case other:
            raise TypeError(f"a structural schema has no type {other!r}: {schema}")
    return _with_rules(node, rules)


def _object(node: Schema, schema: Schema, definitions: Schema, rules: list[Schema]) -> None:
    if "properties" not in schema:
        node["additionalProperties"] = structural(schema["additionalProperties"], definitions)
        # The pattern of the keys would cost more than a rule may: CEL does not know how long a key can be.
        longest = schema["propertyNames"]["maxLength"]
        rules.append(_rule(f"self.all(key, size(key) <= {longest})", f"a key has more than {longest} characters"))
        return
    node["properties"] = {name: structural(value, definitions) for name, value in schema["properties"].items()}
    if schema.get("required"):
        node["required"] = schema["required"]


def _array(node: Schema, schema: Schema, definitions: Schema) -> None:
    items = structural(schema["items"], definitions)
    node["items"] = items
    named = "name" in items.get("required", ()) and items["properties"]["name"]["type"] == "string"
    node["x-kubernetes-list-type"] = "map" if named else "atomic"
    if named:
        node["x-kubernetes-list-map-keys"] = ["name"]


def _union(schema: Schema, definitions: Schema) -> tuple[Schema, list[Schema]]:
    tag, values = schema["x-tag"]["name"], schema["x-tag"]["values"]
    branches = [structural(branch, definitions) for branch in schema["oneOf"]]
    names = list(dict.fromkeys(name for branch in branches for name in branch["properties"]))
    needed = [name for name in names if all(name in branch.get("required", ()) for branch in branches)]
    properties: Schema = {}
    rules: list[Schema] = []
    for name in names:
        having = [index for index, branch in enumerate(branches) if name in branch["properties"]]
        properties[name] = merged(name, [branches[index]["properties"][name] for index in having])
        if name != tag:
            needing = [index for index in having if name in branches[index].get("required", ())]
            rules += _belongs(name, tag, _flat(values, having), _flat(values, needing), len(having) == len(branches))
    properties[tag] |= {
        "description": choices_described([branch["properties"][tag] for branch in branches], values),
        "enum": _flat(values, range(len(branches))),
    }
    node = {key: schema[key] for key in ("description",) if key in schema}
    node |= {"type": "object", "properties": properties, "required": list(dict.fromkeys([tag, *needed]))}
    return node, rules + _branch_rules(branches, tag, values)


def _belongs(name: str, tag: str, having: list[str], needing: list[str], everywhere: bool) -> list[Schema]:  # noqa: FBT001 - private, and the only boolean
    """The rules that say in which branches a property may, and in which it must stand."""
    field = f"has(self.{_identifier(name)})"
    if having == needing:
        message = f"`{name}` belongs to `{tag}` {_or(having)}, which needs it"
        return [] if everywhere else [_rule(f"{field} == ({_chosen(tag, having)})", message)]
    rules = (
        []
        if everywhere
        else [_rule(f"!{field} || {_chosen(tag, having)}", f"`{name}` belongs to `{tag}` {_or(having)}")]
    )
    if needing:
        rules.append(_rule(f"{field} || !({_chosen(tag, needing)})", f"`{tag}` {_or(needing)} needs `{name}`"))
    return rules


def _branch_rules(branches: list[Schema], tag: str, values: list[list[str]]) -> list[Schema]:
    """The branches' own rules, each under the condition that one of its branches is chosen."""
    having: dict[tuple[str, str], list[int]] = {}
    for index, branch in enumerate(branches):
        for rule in branch.get("x-kubernetes-validations", ()):
            having.setdefault((rule["rule"], rule["message"]), []).append(index)
    rules = []
    for (cel, message), indexes in having.items():
        if len(indexes) < len(branches):
            # What the branch needs may be missing. A rule of its own says so; this one would fail for no new reason.
            needed = branches[indexes[0]].get("required", ())
            missing = [f"!has(self.{name})" for name in needed if name != tag and re.search(rf"self\.{name}\b", cel)]
            cel = " || ".join([f"!({_chosen(tag, _flat(values, indexes))})", *missing, f"({cel})"])  # noqa: PLW2901
        rules.append(_rule(cel, message))
    return rules


def merged(name: str, schemas: list[Schema]) -> Schema:
    """One property for all branches that have it; raises TypeError when they differ in more than words and choices."""
    bare = [{key: value for key, value in schema.items() if key not in ("description", "enum")} for schema in schemas]
    if any(other != bare[0] for other in bare):
        raise TypeError(f"`{name}` has different types in the branches of a union, which no structural schema can say")
    described = {"description": " / ".join(dict.fromkeys(schema["description"] for schema in schemas)), **bare[0]}
    choices = [choice for schema in schemas for choice in schema.get("enum", ())]
    return {**described, "enum": list(dict.fromkeys(choices))} if choices else described


def choices_described(tags: list[Schema], values: list[list[str]]) -> str:
    """The description of a union's discriminator: what each of its values chooses."""
    return " ".join(f"`{'`, `'.join(names)}`: {tag['description']}" for tag, names in zip(tags, values, strict=True))


def _chosen(tag: str, values: list[str]) -> str:
    return f"self.{tag} == '{values[0]}'" if len(values) == 1 else f"self.{tag} in [{', '.join(map(repr, values))}]"


def _with_rules(node: Schema, rules: list[Schema]) -> Schema:
    return {**node, "x-kubernetes-validations": rules} if rules else node


def _rule(cel: str, message: str) -> Schema:
    return {"rule": cel, "message": message}


def _identifier(name: str) -> str:
    return f"__{name}__" if name in _CEL_WORDS else name


def _flat(values: list[list[str]], indexes: Iterable[int]) -> list[str]:
    return [value for index in indexes for value in values[index]]


def _or(values: list[str]) -> str:
    return " or ".join([", ".join(values[:-1]), values[-1]] if len(values) > 1 else values)
