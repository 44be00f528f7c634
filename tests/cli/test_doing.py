"""What long work says meanwhile: on a terminal a line that goes away again, elsewhere nothing."""

from __future__ import annotations

import sys

import pytest

from lifespec_runtime.cli.options import Doing


@pytest.mark.parametrize("terminal", [True, False])
def test_the_line_is_for_terminals_and_leaves_nothing_behind(terminal, monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    doing = Doing()
    doing("reading data")
    doing("asking the model")
    doing.end()
    doing.end()
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == (
        "reading data …" + "\r" + " " * 14 + "\r" + "asking the model …" + "\r" + " " * 18 + "\r" if terminal else ""
    )
