"""`lifespec compile`: specs become manifests."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from lifespec_runtime.cli import options
from lifespec_runtime.local import memory

EPILOG = """Examples:

\b
  lifespec compile specs/
  lifespec compile specs/ --check
  lifespec compile specs/churn/lifecycle.yaml --env production --out /tmp/look
"""


def _targets() -> Iterable[str]:
    from lifespec_compiler.targets import TARGETS

    return TARGETS


@click.command("compile", epilog=EPILOG)
@options.paths
@options.environment
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="NAME",
    shell_complete=options.completed(_targets),
    help="Only this target; may be repeated.",
)
@click.option("--out", metavar="DIR", help="The folder to write; default: the project's `output`.")
@click.option("--check", "check_only", is_flag=True, help="Write nothing; exit 1 unless the folder is fresh.")
@click.option("--force", is_flag=True, help="Replace files that were edited by hand.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Processes; default: one for each processor.")
@options.cache
@options.output_format("text", "json")
def command(
    paths: tuple[str, ...],
    envs: tuple[str, ...],
    targets: tuple[str, ...],
    out: str | None,
    check_only: bool,
    force: bool,
    jobs: int | None,
    use_cache: bool,
    fmt: str,
) -> None:
    """Compile specs: files or folders, by default all of the project's.

    Nothing is written unless every spec compiles. Files that lifespec wrote earlier and that are no longer produced
    are removed, if all specs are compiled and nobody edited them. Workflows go where CI reads them, from the
    repository's root, or below --out.
    """
    question = {
        "command": "compile",
        "folder": str(Path.cwd()),
        "paths": paths,
        "environments": envs,
        "targets": targets,
        "out": out,
        "check": check_only,
        "format": fmt,
    }
    answer = memory.recall(question) if use_cache else None
    if answer is None:
        from lifespec_runtime.cli.compiling import Request, compile_specs

        request = Request(paths, envs, targets, out, fmt, check_only=check_only, force=force, jobs=jobs)
        answer, then = compile_specs(request)
        if then and use_cache:
            memory.remember(question, *then)
    click.echo(answer.err, err=True, nl=False)
    click.echo(answer.out, nl=False)
    sys.exit(answer.code)
