"""What docs/deciding/simulating.md says of scenarios and of recordings is what they are."""

from __future__ import annotations

import io
import re
import shlex
from typing import get_args, get_type_hints

import pyarrow.csv
import pytest
from pyarrow import parquet
from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from lifespec_compiler import series
from lifespec_compiler.simulate.reading import read_scenario
from lifespec_compiler.simulate.script import script_of
from lifespec_compiler.simulate.trace import Increment
from lifespec_runtime.cli.app import COMMANDS
from lifespec_runtime.simulation.table_trace import COLUMNS, INSTANCE
from lifespec_schema import scenario
from traced import trace
from virtual.lifecycle import NEW_MODEL, planned

PAGE = "docs/deciding/simulating.md"
TABLES = {
    "in `spec`": (scenario.ScenarioSpec,),
    "of a model": (scenario.Behaviour,),
}


@pytest.fixture
def page(repository) -> str:
    return (repository / PAGE).read_text("utf-8")


def block(page: str, language: str) -> str:
    [found] = re.findall(rf"^```{language}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    return found


def rows(page: str, head: str) -> list[list[str]]:
    """The cells of the table whose first column has this head."""
    table = re.search(rf"^\| {re.escape(head)} \|.*\n\| ---.*\n((?:\|.*\n)+)", page, re.MULTILINE)
    assert table, head
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table[1].splitlines()]


def test_the_scenario_is_read_and_its_change_comes_when_it_says(page):
    found, findings = read_scenario("launch.yaml", block(page, "yaml").encode())
    assert found is not None, findings
    script = script_of(planned(NEW_MODEL), found)
    assert [time - script.began for time in script.times] == [3 * 3600]
    shadow = {"mirror": "20%", "duration": "12h", "gates": [{"metric": "disagreementRate", "max": "5%"}]}
    stages = planned(NEW_MODEL, evaluation={"shadow": shadow})
    assert script_of(stages, found).rollout == (12 + 4 + 12) * 3600


@pytest.mark.parametrize("head", TABLES)
def test_every_field_of_a_scenario_has_its_line(head, page):
    [model] = TABLES[head]
    told = [name for cells in rows(page, head) for name in re.findall(r"`(\w+)`", cells[0])]
    assert sorted(told) == sorted(map(to_camel, model.model_fields))


def test_every_field_and_every_word_within_a_line_is_named(page):
    lines = {name: " ".join(cells) for head in TABLES for cells in rows(page, head) for name in cells[0].split("`")}
    for models in TABLES.values():
        for model in models:
            for name, kind in get_type_hints(model, include_extras=True).items():
                if name in model.model_fields:
                    line = lines[to_camel(name)]
                    assert [word for word in words(kind) if f"`{word}`" not in line] == [], name


def words(kind: object) -> list[str]:
    """The fields and the fixed values that a type lets one write, but what a model does, which has its own table."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        if kind is scenario.Behaviour:
            return []
        names = [to_camel(name) for name in kind.model_fields]
        return names + [word for field in kind.model_fields.values() for word in words(field.annotation)]
    if isinstance(kind, str):
        return [kind]
    return [word for part in get_args(kind) for word in words(part) if part is not type(None)]


def test_the_table_of_a_recording_is_read_from_csv_and_from_parquet(page):
    text = block(page, "csv").encode()
    found = trace(text, "june.csv")
    assert found.increments == (
        Increment(1780304460, "candidate", "errorRate", 1, 600),
        Increment(1780304460, "candidate", "latency>0.12", 9, 600),
    )
    parquet.write_table(pyarrow.csv.read_csv(io.BytesIO(text)), written := io.BytesIO())
    assert trace(written.getvalue(), "june.parquet").increments == found.increments
    assert [cells[0] for cells in rows(page, "column")] == [f"`{column}`" for column in (*COLUMNS, INSTANCE)]


def test_the_queries_name_the_series_that_are_read(page):
    queries = block(page, "promql").split("\n")
    names = [query.partition("{")[0] for query in queries if query]
    assert names == [series.REQUESTS.name, f"{series.LATENCY.name}_bucket"]


def test_every_command_of_the_page_has_the_options_that_it_is_shown_with(page):
    from lifespec_runtime.cli.commands.simulate import command

    known = {option for parameter in command.params for option in parameter.opts}
    lines = [
        line.partition("  #")[0]
        for text in re.findall(r"^```sh\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
        for line in text.splitlines()
    ]
    assert len(lines) > 4
    for line in lines:
        program, name, *arguments = shlex.split(line)
        assert (program, name) == ("lifespec", "simulate")
        assert name in COMMANDS
        assert {argument for argument in arguments if argument.startswith("--")} <= known
