from __future__ import annotations

import csv
import os
import signal

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.terminal import Terminal
from lifespec_runtime.cli.starter import PROBLEMS

SCHEMAS = [
    ".lifespec/lifespec-project.json",
    ".lifespec/model-lifecycle.json",
    ".lifespec/model-version.json",
    ".lifespec/scenario.json",
]


def written(folder):
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


def spec_of(folder, name):
    return yaml.safe_load((folder / f"specs/{name}/lifecycle.yaml").read_text())["spec"]


def contract_of(folder, name):
    (file,) = (folder / f"specs/{name}/contracts").iterdir()
    (table,) = yaml.safe_load(file.read_text())["schema"]
    return {column["name"]: column for column in table["properties"]}


def test_what_init_writes_lints_and_compiles_clean(tmp_path, run, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = run("init", "churn")
    assert done.exit_code == 0
    assert "next: lifespec lint specs/churn" in done.stdout
    assert written(tmp_path) == [
        *SCHEMAS,
        "lifespec.yaml",
        "specs/churn/contracts/customers.odcs.yaml",
        "specs/churn/lifecycle.yaml",
    ]
    assert run("lint", "specs/churn").exit_code == 0
    assert run("compile").exit_code == 0
    assert run("compile", "--check").exit_code == 0


@pytest.mark.parametrize("problem", PROBLEMS)
def test_what_init_writes_has_no_finding_above_info(problem, tmp_path, run, monkeypatch):
    monkeypatch.chdir(tmp_path)
    options = (
        "--namespace",
        "growth",
        "--team",
        "growth-ml",
        "--email",
        "ml@example.com",
        "--registry",
        "r.example.com/a",
    )
    assert run("init", "churn", "--problem", problem, *options).exit_code == 0
    done = run("lint", "--fail-on", "warning")
    assert done.exit_code == 0, done.output
    assert "placeholder-digest" in done.stdout
    assert "missing-baseline" not in done.stdout
    spec = spec_of(tmp_path, "churn")
    assert spec["objective"]["problem"] == problem
    assert spec["owner"] == {"team": "growth-ml", "email": "ml@example.com"}
    assert spec["serving"]["image"].startswith("r.example.com/a/churn-serve@sha256:")
    assert run("compile").exit_code == 0


def test_each_problem_has_a_template_of_its_own(tmp_path, run, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for problem in PROBLEMS:
        run("init", problem.lower(), "--problem", problem)
    specs = {problem: spec_of(tmp_path, problem.lower()) for problem in PROBLEMS}
    strategies = [spec["data"]["splits"]["strategy"] for spec in specs.values()]
    assert strategies == ["stratified", "stratified", "random", "group", "temporal"]
    assert len({str(spec["evaluation"]["offline"]["gates"]) for spec in specs.values()}) == len(PROBLEMS)
    assert len({str(spec["experiments"]["baselines"]) for spec in specs.values()}) == len(PROBLEMS)
    assert specs["ranking"]["objective"]["query"] == "query_id"
    assert specs["forecasting"]["rollout"]["strategy"] == "direct"


def test_what_init_writes_explains_itself(tmp_path, run):
    run("init", "churn", "--dir", str(tmp_path))
    for file in ("lifespec.yaml", "specs/churn/lifecycle.yaml"):
        text = (tmp_path / file).read_text()
        modeline = text.partition("\n")[0]
        assert modeline.startswith("# yaml-language-server: $schema=")
        assert (tmp_path / file).parent.joinpath(modeline.partition("=")[2]).resolve().is_file()
        assert text.count("#") > 3


def test_init_overwrites_nothing(repository, run):
    before = {file: file.read_bytes() for file in repository.rglob("*") if file.is_file()}
    done = run("init", "churn")
    assert done.exit_code == 2
    assert "exists already" in done.stderr
    assert {file: file.read_bytes() for file in repository.rglob("*") if file.is_file()} == before


def test_init_leaves_the_project_file_as_it_is(repository, run):
    before = (repository / "lifespec.yaml").read_bytes()
    assert run("init", "new").exit_code == 0
    assert (repository / "lifespec.yaml").read_bytes() == before


def test_init_follows_no_link(repository, run, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (repository / "link.yaml").symlink_to(elsewhere / "lifecycle.yaml")
    (repository / "specs/new").mkdir()
    (repository / "specs/new/lifecycle.yaml").symlink_to(elsewhere / "lifecycle.yaml")
    assert run("init", "new").exit_code == 2
    assert list(elsewhere.iterdir()) == []


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("name", ["", "Churn", "../churn", "a/b", "a" * 53, "churn\n", "$(id)", "-x-"])
def test_init_refuses_a_name_that_kubernetes_would_refuse(name, run):
    done = run("init", "--", name)
    assert done.exit_code == 2
    assert done.output.replace("\n", "").isprintable()


def test_init_into_a_folder_that_cannot_be_written_says_so(repository, run):
    done = run("init", "new", "--dir", str(repository / "lifespec.yaml"))
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_a_script_may_take_all_defaults(tmp_path, run, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("init", "--yes").exit_code == 0
    assert run("lint", "specs/my-model").exit_code == 0
    assert spec_of(tmp_path, "my-model")["owner"]["email"] == "my-team@example.com"


def test_without_a_terminal_a_name_is_needed(tmp_path, run, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = run("init")
    assert done.exit_code == 2
    assert "--yes" in done.stderr
    assert written(tmp_path) == []


def test_a_second_model_shares_project_and_schemas(tmp_path, run, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run("init", "churn")
    (tmp_path / SCHEMAS[0]).write_text("ours\n")
    project = (tmp_path / "lifespec.yaml").read_text() + "# ours\n"
    (tmp_path / "lifespec.yaml").write_text(project.replace("specs: specs/", "specs: models/all/"))
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path / "deep")
    done = run("init", "prices", "--problem", "regression")
    assert done.exit_code == 0
    assert "next: lifespec lint models/all/prices" in done.stdout
    assert (tmp_path / SCHEMAS[0]).read_text() == "ours\n"
    assert (tmp_path / "lifespec.yaml").read_text().endswith("# ours\n")
    spec = tmp_path / "models/all/prices/lifecycle.yaml"
    modeline = spec.read_text().partition("\n")[0]
    assert spec.parent.joinpath(modeline.partition("=")[2]).resolve() == tmp_path / ".lifespec/model-lifecycle.json"
    assert written(tmp_path / "deep") == []


def test_the_schemas_of_another_version_are_brought_up_to_date(tmp_path, run, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run("init", "churn")
    fresh = {file: (tmp_path / file).read_bytes() for file in SCHEMAS}
    (tmp_path / SCHEMAS[1]).write_text("{}")
    monkeypatch.chdir(tmp_path / "specs/churn")
    done = run("schema", "--write")
    assert (done.exit_code, done.stdout) == (0, f"wrote {SCHEMAS[1]}\n")
    assert {file: (tmp_path / file).read_bytes() for file in SCHEMAS} == fresh
    assert run("schema", "--write").stdout == "all are fresh\n"
    assert run("schema", "--write", "model-lifecycle.json").exit_code == 2
    (tmp_path / SCHEMAS[1]).unlink()
    (tmp_path / SCHEMAS[1]).symlink_to(tmp_path / "elsewhere")
    assert run("schema", "--write").exit_code == 2
    assert not (tmp_path / "elsewhere").exists()


BAD_ANSWERS = {
    "a namespace": ("--namespace", "Growth"),
    "a team": ("--team", "a, b: c"),
    "an address": ("--email", "nobody"),
    "a registry": ("--registry", "Registry.example.com:x y"),
    "a problem": ("--problem", "clustering"),
    "a file that is not there": ("--data", "none.csv"),
    "a folder for a file": ("--data", "."),
    "a label without data": ("--label", "none"),
}


@pytest.mark.parametrize("case", BAD_ANSWERS)
def test_an_answer_that_a_spec_cannot_hold_is_refused(case, tmp_path, run, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = run("init", "churn", *BAD_ANSWERS[case])
    assert done.exit_code == 2
    assert "Traceback" not in done.output
    assert written(tmp_path) == []


HOMES = """\
Home ID,area (m2),rooms,"built, year",Price,rooms,sold,y,note
h1,50.5,2,1990,100000,2,2024-01-31,no,a
h2,70,3,,150000,3,2024-02-01,yes,b
h3,8e1,3,2001,170000,3,2024-02-02,no,b
"""


def test_a_contract_is_drafted_from_a_file(tmp_path, run, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "homes.csv").write_text(HOMES, encoding="utf-8-sig")
    done = run("init", "prices", "--problem", "regression", "--data", "homes.csv", "--label", "Price")
    assert done.exit_code == 0, done.output
    assert "left out, since a spec cannot name them: area (m2), built, year, rooms" in done.stderr
    contract = contract_of(tmp_path, "prices")
    types = {name: column["logicalType"] for name, column in contract.items()}
    assert types == {
        "Home ID": "string",
        "rooms": "integer",
        "Price": "integer",
        "sold": "date",
        "y": "string",
        "note": "string",
    }
    assert contract["Home ID"]["primaryKey"] is True
    assert contract["Price"]["customProperties"] == [{"property": "availableAfter", "value": "30d"}]
    spec = spec_of(tmp_path, "prices")
    assert spec["features"] == ["rooms", "y", "note"]
    assert spec["data"]["labels"]["column"] == "Price"
    assert run("lint").exit_code == 0


def test_yes_is_the_positive_label(tmp_path, run, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for values, expected in (("Yes No", "Yes"), ("0 1", 1), ("true false", True), ("bad good", "good"), ("n y", "y")):
        rows = "".join(f"{index},{value}\n" for index, value in enumerate(values.split() * 3))
        (tmp_path / "a.csv").write_text("amount,label\n" + rows)
        name = f"m-{expected}".lower()
        assert run("init", name, "--data", "a.csv").exit_code == 0
        assert spec_of(tmp_path, name)["objective"]["positiveLabel"] == expected
        assert run("lint", f"specs/{name}").exit_code == 0


def test_a_file_without_what_the_problem_needs_is_refused(tmp_path, run, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("a,b,c\n1,2,3\n2,2,4\n")
    for problem, told in (("ranking", "--group"), ("forecasting", "--time")):
        done = run("init", "m", "--problem", problem, "--data", "a.csv")
        assert done.exit_code == 2
        assert told in done.stderr
    assert run("init", "m", "--problem", "ranking", "--data", "a.csv", "--group", "b").exit_code == 0
    assert run("lint").exit_code == 0


headers = st.one_of(
    st.sampled_from(
        ["id", "no", "null", "1", "a b", "a: b", "a]", "'", '"', "#", "__LABEL__", "é", "\u202e", "x" * 200, "-", "_"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
)
cells = st.one_of(
    st.integers().map(str), st.sampled_from(["", "yes", "true", "1.5", "2024-01-01", "a\nb", "]}"]), st.text(max_size=3)
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    header=st.lists(headers, min_size=1, max_size=5),
    rows=st.lists(st.lists(cells, min_size=1, max_size=5), min_size=1, max_size=4),
    problem=st.sampled_from(PROBLEMS),
)
def test_no_header_breaks_what_is_drafted(header, rows, problem, tmp_path_factory, run):
    folder = tmp_path_factory.mktemp("drafted")
    with (folder / "a.csv").open("w", encoding="utf-8", errors="replace", newline="") as file:
        csv.writer(file).writerows(
            [[*header, "amount", "query", "day", "label"], *([*row, 1, 2, "2024-01-01", 1] for row in rows)]
        )
    done = run("init", "m", "--problem", problem, "--data", str(folder / "a.csv"), "--dir", str(folder))
    if done.exit_code:
        assert done.exit_code == 2
        assert written(folder) == ["a.csv"]
        return
    linted = run("lint", str(folder / "specs"))
    assert linted.exit_code == 0, linted.output


QUESTIONS = [
    ("Name of the model", "churn"),
    ("Kubernetes namespace", "growth"),
    ("What it answers", "regression"),
    ("CSV file", "homes.csv"),
    ("Column to predict", "Price"),
    ("Team that owns it", "growth-ml"),
    ("Where the team is reached", ""),
    ("Registry of its images", "registry.example.com/growth"),
]


def test_on_a_terminal_it_asks(tmp_path, started, run, monkeypatch):
    (tmp_path / "homes.csv").write_text(HOMES)
    with Terminal(started("init"), tmp_path) as terminal:
        for question, answer in QUESTIONS:
            terminal.answer(question, answer)
        assert "specs/churn/lifecycle.yaml" in terminal.expect("Write these files? [Y/n]")
        assert written(tmp_path) == ["homes.csv"]
        terminal.type("")
        terminal.expect("next: lifespec lint specs/churn")
        assert terminal.end() == 0
    monkeypatch.chdir(tmp_path)
    assert run("lint").exit_code == 0
    spec = spec_of(tmp_path, "churn")
    assert spec["owner"] == {"team": "growth-ml", "email": "growth-ml@example.com"}
    assert spec["data"]["labels"]["column"] == "Price"
    assert spec["serving"]["image"].startswith("registry.example.com/growth/churn-serve@")


def test_on_a_terminal_enter_takes_what_is_offered(tmp_path, started, run, monkeypatch):
    with Terminal(started("init"), tmp_path) as terminal:
        for question, _ in QUESTIONS:
            if question != "Column to predict":
                terminal.answer(question, "")
        terminal.answer("Write these files?", "")
        assert terminal.end() == 0
    monkeypatch.chdir(tmp_path)
    assert run("lint", "specs/my-model").exit_code == 0


def test_on_a_terminal_a_wrong_answer_is_asked_again(tmp_path, started):
    with Terminal(started("init"), tmp_path) as terminal:
        terminal.answer("Name of the model", "Not A Name")
        terminal.expect("use lower-case letters")
        terminal.answer("Name of the model", "churn")
        terminal.answer("Kubernetes namespace", "")
        terminal.answer("What it answers", "clustering")
        terminal.expect("is not one of")
        terminal.answer("What it answers", "")
        terminal.answer("CSV file", "none.csv")
        terminal.expect("cannot be read")
        terminal.expect("CSV file")


@pytest.mark.parametrize("answered", [0, 4, len(QUESTIONS)])
def test_ctrl_c_leaves_nothing(answered, tmp_path, started):
    (tmp_path / "homes.csv").write_text(HOMES)
    questions = [*QUESTIONS, ("Write these files?", "")]
    with Terminal(started("init"), tmp_path) as terminal:
        for question, answer in questions[:answered]:
            terminal.answer(question, answer)
        terminal.expect(questions[answered][0])
        terminal.interrupt()
        # The second interrupt may meet Python on its way out.
        assert terminal.end() in {130, -signal.SIGINT}
        assert "Traceback" not in terminal.shown
    assert written(tmp_path) == ["homes.csv"]


def test_on_a_terminal_no_writes_nothing(tmp_path, started):
    with Terminal(started("init"), tmp_path) as terminal:
        for question, _ in QUESTIONS:
            if question != "Column to predict":
                terminal.answer(question, "")
        terminal.answer("Write these files?", "n")
        assert terminal.end() == 130
    assert written(tmp_path) == []


def test_on_a_terminal_a_name_asks_nothing(tmp_path, started):
    with Terminal(started("init", "churn"), tmp_path) as terminal:
        assert "[" not in terminal.expect("next: lifespec lint specs/churn")
        assert terminal.end() == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_what_cannot_be_written_leaves_nothing(tmp_path, run):
    tmp_path.chmod(0o500)
    assert run("init", "churn", "--dir", str(tmp_path)).exit_code == 2
    tmp_path.chmod(0o700)
    assert written(tmp_path) == []
