"""Reads the compiled language: one validator for each root document, and the nodes that validation returns."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, cast

from pydantic_core import SchemaValidator, __version__

_PLAIN = frozenset((str, int, bool, type(None)))
Root = Literal["ModelLifecycle", "LifespecProject", "ModelVersion", "Scenario"]


class Node:
    """A validated mapping of the language: the attributes of its model, immutable, with what was written."""

    __slots__ = ("__dict__", "__pydantic_extra__", "__pydantic_fields_set__", "__pydantic_private__")
    aliases: ClassVar[dict[str, str]] = {}
    if TYPE_CHECKING:
        __pydantic_fields_set__: set[str]

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash(type(self).__name__)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.__dict__})"

    def __reduce__(self) -> tuple[Callable[..., Node], tuple[Any, ...]]:
        cls = type(self)
        return _restored, (cls.__name__, tuple(cls.aliases.items()), self.__dict__, self.__pydantic_fields_set__)


@cache
def validator(root: Root) -> SchemaValidator:
    """The validator of one kind of document; it returns nodes with the attributes of the root's model."""
    return SchemaValidator(_compiled(root, _revive))


@cache
def compiled_schema(root: Root) -> dict[str, Any]:
    """The core schema of one kind of document, as JSON, without references; to be read only."""
    return cast("dict[str, Any]", _compiled(root))


def _compiled(root: Root, revive: Callable[[dict[str, Any]], Any] | None = None) -> Any:
    text = (Path(__file__).parent / f"{root}.json").read_bytes()
    compiled = json.loads(text, object_hook=revive)
    if compiled["pydanticCore"] == __version__:
        return compiled["schema"]
    from .build import ROOTS, core_schema

    rebuilt = json.dumps(core_schema(ROOTS[root]))  # the committed file is of another version
    return json.loads(rebuilt, object_hook=revive)


def dump(value: Any, *, defaults: bool = False) -> Any:
    """A node as plain JSON: what was written, under the names people write; with `defaults`, what was not, too."""
    if isinstance(value, Node):
        values, aliases = value.__dict__, type(value).aliases
        written = values if defaults else value.__pydantic_fields_set__
        return {
            aliases[name]: item if type(item) in _PLAIN else dump(item, defaults=defaults)
            for name, item in values.items()
            if item is not None and name in written
        }
    if isinstance(value, (tuple, list)):
        return [item if type(item) in _PLAIN else dump(item, defaults=defaults) for item in value]
    if isinstance(value, dict):
        return {key: item if type(item) in _PLAIN else dump(item, defaults=defaults) for key, item in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _revive(item: dict[str, Any]) -> Any:
    """Functions, classes and tuples in place of what stands for them in JSON."""
    if "$function" in item:
        return _function(item["$function"])
    if "$class" in item:
        return _class(item["$class"], tuple(item["aliases"].items()))
    return tuple(item["$tuple"]) if "$tuple" in item else item


@cache
def _class(name: str, aliases: tuple[tuple[str, str], ...]) -> type[Node]:
    return type(name, (Node,), {"aliases": dict(aliases), "__slots__": ()})


def _restored(name: str, aliases: tuple[tuple[str, str], ...], values: dict[str, Any], written: set[str]) -> Node:
    """The node that another process sent."""
    node = object.__new__(_class(name, aliases))
    node.__dict__.update(values)
    object.__setattr__(node, "__pydantic_fields_set__", written)
    return node


@cache
def _function(name: str) -> Any:
    module, _, qualified = name.partition(":")
    return getattr(import_module(module), qualified)
