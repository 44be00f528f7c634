"""Runs a command of lifespec in this process, as several folders of tests do."""

from __future__ import annotations

from click.testing import CliRunner, Result

from lifespec_runtime.cli.app import lifespec


def invoke(*arguments: str) -> Result:
    """What the command did; whatever it raises but its exit is a failure of the test."""
    done = CliRunner().invoke(lifespec, arguments, prog_name="lifespec")
    assert isinstance(done.exception, SystemExit | None), done.exception
    return done
