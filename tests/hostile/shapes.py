"""What a file is made of, without the texts in it: equal for two files that only differ in what people wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import yaml
from markdown_it import MarkdownIt

from lifespec_compiler.emit.render import render
from lifespec_compiler.manifest import Manifest

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
PROMQL = re.compile(
    r"""(?P<comment>\#[^\n]*)|(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`[^`]*`)|(?P<open>["'`])
    |(?P<word>[A-Za-z_:][\w:]*)|(?P<number>\d[\w.]*)|(?P<sign>=~|!~|!=|==|<=|>=|[^\s\w])|(?P<space>\s+)""",
    re.VERBOSE | re.ASCII,
)
CEL = re.compile(
    r"""(?P<comment>//[^\n]*)|(?P<text>[rRbB]*(?:'{3}.*?'{3}|"{3}.*?"{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
    |(?P<open>["'])|(?P<word>[A-Za-z_]\w*)|(?P<number>\d[\w.]*)|(?P<sign>&&|\|\||[^\s\w])|(?P<space>\s+)""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
GO_TEMPLATE = re.compile(
    r"""(?P<constant>\{\{-?\s*(?:"(?:\\.|[^"\\\n])*"|`[^`]*`)\s*-?\}\})|\{\{.*?\}\}|\{\{""", re.DOTALL
)
GITHUB_EXPRESSION = re.compile(r"\$\{\{.*?\}\}|\$\{\{", re.DOTALL)
GITLAB_VARIABLE = re.compile(r"\$\[\[.*?\]\]|\$\$|\$\{?\w+|\$")
KUBERNETES_VARIABLE = re.compile(r"\$\$|\$\([^)]*\)")
GRAFANA_VARIABLE = re.compile(r"\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?:\.([^:^}]+))?(?::([^}]+))?\}", re.ASCII)
"""Grafana's own pattern of variables, with JavaScript's meaning of `\\w`."""

SHELLS = {"sh", "bash", "/bin/sh", "/bin/bash"}
Shape = Any
Where = tuple[str | int, ...]


def of_manifest(target: str, manifest: Manifest) -> Shape:
    """The structure of a file of a target, as the systems that read it take it apart."""
    if isinstance(manifest.content, str):
        return _of_file(target, manifest.path, render(manifest).decode())
    documents = list(yaml.load_all(render(manifest), Loader=yaml.CSafeLoader))
    written = [manifest.content] if isinstance(manifest.content, dict) else list(manifest.content)
    assert _plain(documents) == _plain(written), f"{manifest.path}: YAML 1.1 reads other values than were written"
    return [_tree(target, document, ()) for document in documents]


def _of_file(target: str, path: str, text: str) -> Shape:
    if path.endswith((".yaml", ".yml")):
        return [_tree(target, document, ()) for document in yaml.load_all(text, Loader=yaml.CSafeLoader)]
    if path.endswith(".json"):
        return _tree(target, json.loads(text), ())
    if path.endswith(".md"):
        return of_markdown(text)
    return text


def _plain(value: Any) -> Any:
    """The value as JSON has it, with the types of numbers."""
    return json.loads(json.dumps(value))


def _tree(target: str, value: Any, where: Where) -> Shape:
    if isinstance(value, dict):
        found = {key: _tree(target, item, (*where, key)) for key, item in value.items()}
        return {**found, "": _commands(value)} if "command" in value or "args" in value else found
    if isinstance(value, list):
        return [_tree(target, item, (*where, index)) for index, item in enumerate(value)]
    return _text(target, value, where) if isinstance(value, str) else type(value).__name__


def _commands(container: dict[str, Any]) -> Shape:
    """What a shell is told, word for word; of other programs, the variables that Kubernetes would put in."""
    words = [*container.get("command", []), *container.get("args", [])]
    return words if SHELLS.intersection(words[:1]) else [KUBERNETES_VARIABLE.findall(word) for word in words]


def _text(target: str, text: str, where: Where) -> Shape:
    key = str(next((part for part in reversed(where) if isinstance(part, str)), ""))
    if key.endswith((".json", ".yaml", ".yml", ".md", ".lua")):
        return _of_file(target, key, text)
    return BY_TARGET.get(target, _any)(key, text, where)


def _any(_key: str, _text: str, _where: Where) -> Shape:
    return "str"


def _github(key: str, text: str, _where: Where) -> Shape:
    return [text if key in ("run", "shell", "uses") else "str", GITHUB_EXPRESSION.findall(text)]


def _gitlab(key: str, text: str, where: Where) -> Shape:
    if key == "if":
        return of_code(CEL, text)
    scripts = {"script", "before_script", "after_script", "image", "entrypoint"}
    return [text if scripts.intersection(map(str, where)) else "str", GITLAB_VARIABLE.findall(text)]


def _kubernetes(key: str, text: str, where: Where) -> Shape:
    if key in ("expression", "messageExpression"):
        return of_code(CEL, text)
    if key == "value" and "env" in where:
        return [found for found in KUBERNETES_VARIABLE.findall(text) if found != "$$"]
    return "str"


def _prometheus(key: str, text: str, where: Where) -> Shape:
    if key == "expr":
        return of_code(PROMQL, text)
    if key == "matchers":
        return of_code(PROMQL, text)
    return _actions(text) if "labels" in where or "annotations" in where else "str"


def _grafana(key: str, text: str, _where: Where) -> Shape:
    variables = [match.group() for match in GRAFANA_VARIABLE.finditer(text)]
    if key == "expr":
        return [variables, of_code(PROMQL, text)]
    if key == "legendFormat":
        return [variables, _actions(text)]
    return [variables, of_markdown(text) if key in ("content", "description") else "str"]


def _argocd(_key: str, text: str, where: Where) -> Shape:
    return _actions(text) if "template" in where else "str"  # that of an ApplicationSet


BY_TARGET: dict[str, Callable[[str, str, Where], Shape]] = {
    "kubernetes": _kubernetes,
    "prometheus": _prometheus,
    "grafana": _grafana,
    "github": _github,
    "gitlab": _gitlab,
    "argocd": _argocd,
}


def _actions(text: str) -> list[str]:
    """What Go templates would do in a text; an action that is one text in quotes just writes that text."""
    return [found.group() for found in GO_TEMPLATE.finditer(text) if not found["constant"]]


def difference(found: Shape, wanted: Shape, where: str = "") -> str | None:
    """The first place at which two structures differ, with what is there; None where they are equal."""
    if isinstance(found, dict) and isinstance(wanted, dict) and found.keys() == wanted.keys():
        return next(filter(None, (difference(found[key], wanted[key], f"{where}.{key}") for key in wanted)), None)
    if isinstance(found, list) and isinstance(wanted, list) and len(found) == len(wanted):
        pairs = enumerate(zip(found, wanted, strict=True))
        return next(filter(None, (difference(*pair, f"{where}[{index}]") for index, pair in pairs)), None)
    return None if found == wanted else f"{where}: {found!r}, not {wanted!r}"


def of_code(language: re.Pattern[str], text: str) -> Shape:
    """The tokens of an expression, without what stands in quotes and without the digits of numbers."""
    found = []
    for token in language.finditer(text):
        kind = token.lastgroup or ""
        if kind != "space":
            found.append(token.group() if kind in ("word", "sign") else kind)
    return found


def of_markdown(text: str) -> Shape:
    """The kinds of all tokens but plain text; code counts as text, since what code cannot hold is written as text."""
    front, body = "", text
    if text.startswith("---\n"):
        _, front, body = text.split("---\n", 2)
    found: list[Any] = [sorted(yaml.safe_load(front))] if front else []
    tokens = MARKDOWN.parse(body)
    found += [(token.type, token.level, token.info) for token in tokens]
    for token in tokens:
        if token.type == "fence":
            found.append([re.sub(r'"[^"]*"', '""', line) for line in token.content.splitlines()])
        kinds = [child.type for child in token.children or () if child.type not in {"text", "code_inline"}]
        found += [(kind, token.level) for kind in kinds]
    return found
