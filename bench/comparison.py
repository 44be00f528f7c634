"""Side by side: one document and a hundred, beside what comparable tools do with comparable ones."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import peers
import workloads
from installation import ROOT
from peers import AbsentError
from processes import Command, FailedError, in_turn, median, ratio, run
from session import Bench

HUNDRED = 100
OURS = "lifespec compile"


class Inputs(NamedTuple):
    """What the tools work on."""

    folder: Path
    specs: list[Path]
    applied: list[Path]
    """Folders of manifests with a kustomization, one for each spec."""
    charts: list[Path]
    schema: Path
    """The language's JSON Schema."""
    objectives: Path
    """A folder of sloth's specs."""
    templates: list[Path]
    """CloudFormation templates."""
    out: Path


class Contender(NamedTuple):
    """A tool with its work on one document, and on a hundred where it is started once for all or is quick to start."""

    version: str
    one: Command
    hundred: Command | None = None


def _prepare(bench: Bench) -> Inputs:
    many = bench.repository(HUNDRED)
    run(bench.ours(many, fresh=True))
    lifecycles = sorted((many / "generated/production").glob("*/*"))
    out = bench.folder / "out"
    out.mkdir()
    return Inputs(
        folder=bench.folder,
        specs=sorted(many.glob("specs/*/lifecycle.yaml")),
        applied=[lifecycle / "apply" for lifecycle in lifecycles],
        charts=workloads.charts(bench.folder / "charts", lifecycles),
        schema=workloads.schema(bench.folder / "schema"),
        objectives=workloads.objectives(bench.folder / "hundred-objectives", HUNDRED),
        templates=workloads.templates(bench.folder / "templates", HUNDRED),
        out=out,
    )


def _plain(program: Path, inputs: Inputs, *arguments: str | Path) -> Command:
    return Command((str(program), *map(str, arguments)), inputs.folder)


def _each(program: Path, inputs: Inputs, *arguments: str, over: Sequence[Path]) -> Command:
    words = shlex.join([str(program), *arguments])
    script = f'for input in "$@"; do {words} "$input" || exit 1; done'
    return Command(("sh", "-c", script, "sh", *map(str, over)), inputs.folder)


def _kubectl(inputs: Inputs) -> Contender:
    path, version = peers.kubectl()
    hundred = _each(path, inputs, "kustomize", over=inputs.applied)
    return Contender(version, _plain(path, inputs, "kustomize", inputs.applied[0]), hundred)


def _helm(inputs: Inputs) -> Contender:
    path, version = peers.go_program("helm")
    hundred = _each(path, inputs, "template", over=inputs.charts)
    return Contender(version, _plain(path, inputs, "template", inputs.charts[0]), hundred)


def _sloth(inputs: Inputs) -> Contender:
    path, version = peers.go_program("sloth")
    single = min(inputs.objectives.iterdir())
    one = _plain(path, inputs, "generate", "-i", single, "-o", inputs.out / "rules.yaml")
    return Contender(version, one, _plain(path, inputs, "generate", "-i", inputs.objectives, "-o", inputs.out))


def _kubeconform(inputs: Inputs) -> Contender:
    path, version = peers.go_program("kubeconform")
    arguments = ("-schema-location", f"{inputs.schema.parent}/{{{{.ResourceKind}}}}.json")
    one = _plain(path, inputs, *arguments, inputs.specs[0])
    return Contender(version, one, _plain(path, inputs, *arguments, *inputs.specs))


def _python(name: str, *arguments: str, over: Callable[[Inputs], Sequence[Path]]) -> Callable[[Inputs], Contender]:
    def contender(inputs: Inputs) -> Contender:
        path, version = peers.python_program(name, name)
        known = [argument.replace("SCHEMA", str(inputs.schema)) for argument in arguments]
        documents = over(inputs)
        return Contender(version, _plain(path, inputs, *known, documents[0]), _plain(path, inputs, *known, *documents))

    return contender


def _datacontract(inputs: Inputs) -> Contender:
    path, version = peers.python_program("datacontract", "datacontract-cli")
    return Contender(version, _plain(path, inputs, "lint", ROOT / "specs/minimal/contracts/customers.odcs.yaml"))


def _hera(inputs: Inputs) -> Contender:
    path, version = peers.python_program("python", "hera")
    return Contender(version, _plain(path, inputs, Path(__file__).parent / "peers/hera_workflow.py"))


def _unpinned(name: str) -> Callable[[Inputs], Contender]:
    def contender(inputs: Inputs) -> Contender:
        path, version = peers.go_program(name)
        return Contender(version, _plain(path, inputs))

    return contender


PEERS: dict[str, tuple[str, Callable[[Inputs], Contender]]] = {
    "kubectl kustomize": ("joins the objects of the `apply` folder", _kubectl),
    "helm template": ("renders the same objects from a chart", _helm),
    "sloth generate": ("makes rules of 9 objectives in 195 lines", _sloth),
    "kubeconform": ("validates the spec against its JSON Schema", _kubeconform),
    "check-jsonschema": (
        "does the same",
        _python("check-jsonschema", "--schemafile", "SCHEMA", over=lambda inputs: inputs.specs),
    ),
    "yamllint": (
        "checks the spec's layout",
        _python("yamllint", "-d", "{rules: {line-length: {max: 130}}}", over=lambda inputs: inputs.specs),
    ),
    "cfn-lint": (
        "checks a CloudFormation template of 199 lines",
        _python("cfn-lint", over=lambda inputs: inputs.templates),
    ),
    "datacontract lint": ("checks a data contract of 157 lines", _datacontract),
    "Hera": ("makes one Argo workflow", _hera),
    **{name: ("compiles a spec of its own", _unpinned(name)) for name in peers.UNPINNED},
}


def _ours(bench: Bench) -> dict[str, tuple[str, Contender]]:
    one, hundred = bench.repository(1), bench.repository(HUNDRED)

    def lint(repository: Path) -> Command:
        command = bench.ours(repository)
        return command._replace(arguments=(command.arguments[0], "lint", "--quiet"))

    written = [bench.ours(folder, "--jobs", "1", fresh=True, cache=False) for folder in (one, hundred)]
    return {
        OURS: ("compiles a spec of 200 lines to 18 files", Contender("", *written)),
        f"{OURS}, nothing changed": ("finds everything as it was", Contender("", bench.ours(one), bench.ours(hundred))),
        "lifespec lint": ("checks the spec", Contender("", lint(one), lint(hundred))),
    }


def side_by_side(bench: Bench) -> None:
    """Measures whatever can be had, and names the rest with the reason."""
    inputs = _prepare(bench)
    found = _ours(bench)
    absent: list[list[str]] = []
    for name, (work, look) in PEERS.items():
        try:
            contender = look(inputs)
            run(contender.one)
            found[name] = (work, contender)
        except (AbsentError, FailedError) as reason:
            absent.append([name, " ".join(str(reason).split())])
    singles = dict(zip(found, in_turn([each.one for _, each in found.values()], 3 * bench.runs), strict=True))
    several = {name: each.hundred for name, (_, each) in found.items() if each.hundred}
    hundreds = dict(zip(several, in_turn(list(several.values()), bench.runs), strict=True))
    bench.say("### Side by side: one document in a fresh process, and a hundred")
    rows = []
    for name, (work, contender) in found.items():
        one, more = median(singles[name]), hundreds.get(name)
        rows.append(
            [
                f"{name} {contender.version}" if contender.version else f"**{name}**",
                f"{one.cpu * 1000:.0f}",
                f"{one.wall * 1000:.0f}",
                f"{ratio(singles[name], singles[OURS]):.2f}",
                f"{median(more).cpu:.2f}" if more else "",
                f"{ratio(more, hundreds[OURS]):.2f}" if more else "",
                f"{work}: `{shown(contender.one, bench.folder)}`",
            ]
        )
    heads = ["process", "CPU ms", "wall ms", "CPU ÷ ours", "CPU s, 100", "CPU ÷ ours, 100", "what it does, and how"]
    bench.table(heads, rows)
    if absent:
        bench.say("These could not be run here:")
        bench.table(["peer", "why"], absent)


def shown(command: Command, folder: Path) -> str:
    """A command as people would type it, without this machine's folders."""
    words = [word.replace(str(folder), "…").replace(str(ROOT), ".") for word in command.arguments]
    return " ".join([Path(words[0]).name, *words[1:]]).replace("|", "\\|")
