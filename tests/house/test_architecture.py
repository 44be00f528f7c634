from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import grimp
import pytest

PAGE = Path(__file__).parents[2] / "docs" / "architecture.md"
PACKAGES = ("lifespec_runtime", "lifespec_compiler", "lifespec_schema")
BLOCK = re.compile(r"(?<=```mermaid\n).*?(?=```)", re.DOTALL)

Graph = Mapping[str, frozenset[str]]


def test_the_picture_of_the_packages_is_what_the_imports_say(pytestconfig):
    page = PAGE.read_text("utf-8")
    picture = draw(without_implied(real_imports()))
    if pytestconfig.getoption("--update"):
        PAGE.write_text(BLOCK.sub(lambda _: picture, page), "utf-8")
        return
    shown = BLOCK.search(page)
    assert shown, "docs/architecture.md has no Mermaid block"
    assert shown[0] == picture, "`make gen` redraws the picture"


def test_an_arrow_that_follows_from_others_is_left_out():
    chain_and_shortcut = {"a": frozenset("bc"), "b": frozenset("c"), "c": frozenset()}
    assert without_implied(chain_and_shortcut) == {"a": frozenset("b"), "b": frozenset("c"), "c": frozenset()}


def test_a_cycle_cannot_be_drawn():
    with pytest.raises(ValueError, match="a -> b -> a"):
        without_implied({"a": frozenset("b"), "b": frozenset("a")})


def real_imports() -> Graph:
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    edges: dict[str, set[str]] = {member(module): set() for module in graph.modules}
    for module in graph.modules:
        edges[member(module)] |= {member(imported) for imported in graph.find_modules_directly_imported_by(module)}
    # A package's own __init__ only carries its docstring; it is the frame of the picture, not a box in it.
    return {name: frozenset(to - {name, *PACKAGES}) for name, to in edges.items() if name not in PACKAGES}


def member(module: str) -> str:
    return ".".join(module.split(".")[:2])


def without_implied(graph: Graph) -> Graph:
    return {
        name: frozenset(to - {far for near in to for far in beyond(graph, near, (name,))}) for name, to in graph.items()
    }


def beyond(graph: Graph, name: str, path: tuple[str, ...]) -> frozenset[str]:
    if name in path:
        raise ValueError(f"the imports run in a circle: {' -> '.join((*path, name))}")
    return graph[name].union(*(beyond(graph, near, (*path, name)) for near in graph[name]))


def draw(graph: Graph) -> str:
    lines = ["flowchart TD"]
    for package in PACKAGES:
        members = sorted(name for name in graph if name.startswith(f"{package}."))
        if members:
            lines += [
                f"  subgraph {package}",
                *(f'    {name}["{name.partition(".")[2]}"]' for name in members),
                "  end",
            ]
    lines += [f"  {name} --> {to}" for name in sorted(graph) for to in sorted(graph[name])]
    return "\n".join(lines) + "\n"
