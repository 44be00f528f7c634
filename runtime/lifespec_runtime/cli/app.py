"""The `lifespec` command: a lazy table of commands, and what happens to errors nobody expected."""

from __future__ import annotations

import errno
import gc
import os
import sys
from importlib import import_module
from io import TextIOWrapper
from typing import NoReturn

import click

from .exit_codes import ExitCode

COMMANDS = {
    "init": "Write a spec, a data contract and a project file to start from.",
    "lint": "Check specs: what is wrong, where, and what to do.",
    "compile": "Turn specs into manifests.",
    "check-data": "Check data: its contract, and whether it is ready to be learnt from.",
    "split": "Divide data into what a trainer may see and what it may not.",
    "train": "Train a candidate on this machine, as the training Job does.",
    "evaluate": "Measure a model on data that it has not seen, and judge it.",
    "store": "Put a trained model into the artifact store, by digest.",
    "plan": "Show a spec with every default, and where each value comes from.",
    "simulate": "Simulate what a spec's policy would do, before real traffic depends on it.",
    "why": "Say why something was decided, back to what asked for it.",
    "status": "Show how things stand: what serves, what is open, what comes next.",
    "explain": "Explain a rule or a field.",
    "metrics": "List the metrics that checks may name.",
    "targets": "List the targets, and which fields each honours.",
    "schema": "Print the JSON Schemas for editors and the CRDs.",
}
"""Every command with its one line of help; its module is `lifespec_runtime.cli.commands.<name>`, with `_` for `-`."""
UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What a system answers where something cannot be written, or not all of it."""
NEAR = 40
"""Characters that are shown on both sides of what cannot be."""

EPILOG = """Examples:

\b
  lifespec init
  lifespec lint specs/
  lifespec compile specs/ --check
  lifespec explain leaking-feature

Shell completion: eval "$(_LIFESPEC_COMPLETE=bash_source lifespec)" (or zsh_source, fish_source).
"""


class LazyGroup(click.Group):
    """A group that knows its commands' names and help without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The commands in the order of the table: that of a lifecycle."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports one command."""
        if cmd_name not in COMMANDS:
            if ctx.resilient_parsing:  # a shell asks for completion
                return None
            from lifespec_schema.loader.escape import show_value
            from lifespec_schema.values.form import closest

            close = closest(cmd_name, COMMANDS)
            hint = f"; did you mean `{close}`?" if close else ""
            raise click.UsageError(f"there is no command `{show_value(cmd_name)}`{hint}", ctx)
        module = import_module(f"lifespec_runtime.cli.commands.{cmd_name.replace('-', '_')}")
        command = module.command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Lists the commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(None, "--version", package_name="lifespec", message="lifespec %(version)s")
def lifespec() -> None:
    """GitOps for the whole life of a machine-learning model."""


def main() -> None:
    """The entry point. Every way out is an exit code of `ExitCode`; no traceback reaches a user."""
    gc.disable()  # a command lives for a moment; collecting would cost a tenth of it
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(
                errors="backslashreplace"
            )  # a terminal that cannot show a character is no reason to stop
    color = False if os.environ.get("NO_COLOR") else None
    try:
        result = lifespec.main(prog_name="lifespec", standalone_mode=False, color=color)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(ExitCode.INTERRUPTED)
    except OSError as error:
        _of_the_system(error)
    except UnicodeEncodeError as error:  # bytes of a path that are no text came this far
        around = slice(max(0, error.start - NEAR), error.end + NEAR)
        _refused(f"{error.object[around]}: this name is not UTF-8; choose another one")
    except RecursionError:
        _internal("the input is nested too deeply")
    except Exception as error:  # noqa: BLE001 - the last line of defence: one line instead of a traceback
        _internal(f"{type(error).__name__}: {error}")
    sys.exit(result if isinstance(result, int) else ExitCode.CLEAN)


def _of_the_system(error: OSError) -> NoReturn:
    """What the system answered: of a path, or of an open file, which without room is the output."""
    if error.filename is not None and not isinstance(error.filename, int):
        _refused(f"{os.fsdecode(error.filename)}: {error.strerror}")
    if error.errno in UNWRITABLE:
        _refused(f"the output cannot be written: {error.strerror}")
    _internal(f"{type(error).__name__}: {error}")


def _refused(what: str) -> NoReturn:
    """What the system says of a path is no bug, wherever it came up."""
    from lifespec_schema.loader.escape import show_value

    click.echo(f"error: {show_value(what)}", err=True)
    sys.exit(ExitCode.USAGE)


def _internal(what: str) -> NoReturn:
    from lifespec_schema.loader.escape import show_value

    click.echo(f"internal error: {show_value(what)}", err=True)
    click.echo("This is a bug in lifespec; please report it with the command and its input.", err=True)
    sys.exit(ExitCode.INTERNAL)
