"""`lifespec lint --fix`: what it changes, what it leaves, what it tells."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layouts import Writer, comments
from lifecycles import lifecycles
from lifespec_compiler.emit.folder import Folder
from lifespec_compiler.emit.problems import Problem, WriteError
from lifespec_compiler.plan import assemble, environments, parse, plan
from lifespec_compiler.rules import RULES, Context, lint_lifecycle
from lifespec_runtime.local.fixing import MOST_ROUNDS, fix_all, rewrite
from lifespec_runtime.local.splice import edited
from lifespec_schema.findings import Finding, Fix, Place, Severity
from lifespec_schema.loader import locate, read

WAIVERS = """\
  waivers:  # what we live with
    # launch week is long over
    - {finding: toothless-rollback, reason: Launch week, owner: jo, expires: "2099-01-31"}  # jo knows
    - finding: placeholder-digest
      reason: 'An example'
      owner:   jo
      expires: "2099-01-31"
"""
SPEC = """\
# An example, laid out as nobody's tool would.
apiVersion: lifespec.dev/v1alpha1
kind: ModelLifecycle
metadata: {name: churn,   namespace: growth}
spec:
    version: "1.0.0"
    owner: {team: growth-ml, email: growth-ml@example.com}   # the team
    objective:
        problem: binaryClassification
    data:
        sources:
        - name: customers
          schema:
          - {name: customer_id, logicalType: string, primaryKey: true}
          - {name: plan, logicalType: string}
          - {name: churned, logicalType: boolean}
        labels: {column: churned}
    features: [ plan ]
    experiments:
        candidates:
        - {name: boosting, image: "registry.example.com/t@sha256:DIGEST"}
    evaluation:
        offline: {gates: [{metric: rocAuc, min: 0.80}]}
    serving:
        image: registry.example.com/s@sha256:DIGEST
    rollout:
        steps:
        - {weight: 10%, hold: 4h}   # a night
        - {weight: 50%, hold: 12h}

        guards: [{metric: errorRate, max: 1%, window: 15m}]
""".replace("DIGEST", "a" * 64)
GUARD = "guards: [{metric: errorRate, max: 1%, window: 15m}]"
WIDE = "guards: [{metric: errorRate, max: 1%, window: 10h}]  # too wide"


@pytest.fixture
def spec(tmp_path, monkeypatch):
    """`spec(text)` writes the one spec of a repository in which the command is started."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lifespec.yaml").write_text(
        "apiVersion: lifespec.dev/v1alpha1\nkind: LifespecProject\nspec: {targets: [kubernetes, docs]}\n"
    )
    file = tmp_path / "specs" / "churn" / "lifecycle.yaml"
    file.parent.mkdir(parents=True)

    def write(text):
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    return write


def indented(text):
    return "".join(f"  {line}" for line in text.splitlines(keepends=True))


def test_an_unused_waiver_goes_and_everything_else_stays(spec, run):
    file = spec(SPEC + indented(WAIVERS))
    done = run("lint", "--fix")
    used = indented(WAIVERS).splitlines(keepends=True)
    assert file.read_text() == SPEC + "".join(used[:2] + used[3:])
    assert "fixed specs/churn/lifecycle.yaml:34:9: unused-waiver: delete the waiver\n" in done.stdout
    assert "unused-waiver]" not in done.stdout
    assert done.exit_code == 0


def test_a_second_time_there_is_nothing_to_do(spec, run):
    file = spec(SPEC + indented(WAIVERS))
    run("lint", "--fix")
    before = file.read_bytes(), file.stat().st_mtime_ns
    assert "fixed " not in run("lint", "--fix").stdout
    assert (file.read_bytes(), file.stat().st_mtime_ns) == before


def test_what_a_person_should_look_at_is_only_done_when_asked(spec, run):
    file = spec(SPEC.replace(GUARD, WIDE))
    assert run("lint").stdout.endswith("fixable: 1 with --unsafe-fixes\n")
    assert run("lint", "--fix").exit_code == 1
    assert "10h" in file.read_text()
    assert run("lint", "--unsafe-fixes").exit_code == 0
    assert file.read_text() == SPEC.replace(GUARD, WIDE.replace("10h", "8h"))


def test_line_ends_stay(spec, run):
    file = spec((SPEC + indented(WAIVERS)).replace("\n", "\r\n"))
    run("lint", "--fix")
    lines = file.read_bytes().split(b"\n")
    assert all(line.endswith(b"\r") for line in lines[:-1])
    assert len(lines) == len((SPEC + WAIVERS).split("\n")) - 1


def test_a_diff_shows_it_and_changes_nothing(spec, run):
    file = spec(SPEC + indented(WAIVERS))
    before = file.read_bytes()
    done = run("lint", "--diff")
    assert file.read_bytes() == before
    assert done.exit_code == 1
    removed = [line for line in done.stdout.splitlines() if line.startswith("-") and not line.startswith("---")]
    assert removed == ["-" + indented(WAIVERS).splitlines()[2]]
    run("lint", "--fix")
    assert run("lint", "--diff").stdout == ""
    assert run("lint", "--diff").exit_code == 0


@pytest.mark.skipif(not shutil.which("git"), reason="git is absent")
@pytest.mark.parametrize("end", ["\n", ""], ids=["with a last line end", "without"])
def test_the_diff_is_a_patch_that_does_what_fixing_does(end, spec, run, tmp_path):
    text = (SPEC + indented(WAIVERS)).rstrip("\n").replace("- finding: pl", "- at: churn\n        finding: pl") + end
    file = spec(text)
    patch = run("lint", "--diff").stdout
    subprocess.run([str(shutil.which("git")), "apply", "-"], input=patch.encode(), cwd=tmp_path, check=True)
    patched = file.read_bytes()
    spec(text)
    run("lint", "--fix")
    assert file.read_bytes() == patched != text.encode()


def test_machines_are_told_what_was_fixed(spec, run):
    spec(SPEC + indented(WAIVERS))
    told = json.loads(run("lint", "--fix", "--format", "json").stdout)
    assert [(fixed["rule"], fixed["line"], fixed["fix"]["safe"]) for fixed in told["fixed"]] == [
        ("unused-waiver", 34, True)
    ]
    assert "unused-waiver" not in [finding["rule"] for finding in told["findings"]]
    assert "fixed" not in json.loads(run("lint", "--format", "json").stdout)


def test_a_diff_is_no_document_for_machines(spec, run):
    spec(SPEC)
    assert run("lint", "--diff", "--format", "json").exit_code == 2


def test_one_environment_alone_does_not_make_a_waiver_unused(spec, run, tmp_path):
    (tmp_path / "lifespec.yaml").write_text(
        "apiVersion: lifespec.dev/v1alpha1\nkind: LifespecProject\nspec:\n  targets: [kubernetes]\n  environments:\n"
        '    - {name: staging, namespace: "{namespace}-staging"}\n    - {name: production}\n'
    )
    waiver = '    waivers: [{finding: toothless-rollback, reason: r, owner: jo, expires: "2099-01-31"}]\n'
    text = SPEC + "    environments: {production: {rollout: {guards: []}}}\n" + waiver
    file = spec(text)
    assert "unused-waiver" not in run("lint", "--env", "staging", "--fix").stdout
    assert "unused-waiver" not in run("lint", "--fix").stdout
    assert file.read_text() == text


def test_permissions_stay(spec, run):
    file = spec(SPEC + indented(WAIVERS))
    file.chmod(0o640)
    run("lint", "--fix")
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_link_is_not_replaced(spec, run, tmp_path):
    file = spec(SPEC + indented(WAIVERS))
    real = tmp_path / "real.yaml"
    file.rename(real)
    file.symlink_to(real)
    done = run("lint", "--fix")
    assert done.exit_code == 2
    assert "error[write-failed]: specs/churn/lifecycle.yaml is a symbolic link" in done.stdout
    assert file.is_symlink()
    assert real.read_text() == SPEC + indented(WAIVERS)


def test_a_file_that_somebody_changed_meanwhile_is_left_alone(tmp_path):
    (tmp_path / "a.yaml").write_bytes(b"a: 3\n")
    problems = rewrite(tmp_path, {"a.yaml": b"a: 1\n"}, {"a.yaml": b"a: 2\n"})
    assert [problem.path for problem in problems] == ["a.yaml"]
    assert (tmp_path / "a.yaml").read_bytes() == b"a: 3\n"


def test_when_one_file_cannot_be_written_none_is(tmp_path, monkeypatch):
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_bytes(b"old\n")
    stage = Folder.stage

    def full(self, path, data, mode):
        if path == "b.yaml":
            raise WriteError(Problem(path, "no space", ""))
        stage(self, path, data, mode)

    monkeypatch.setattr(Folder, "stage", full)
    before = dict.fromkeys(["a.yaml", "b.yaml"], b"old\n")
    assert [problem.message for problem in rewrite(tmp_path, before, dict.fromkeys(before, b"new\n"))] == ["no space"]
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def finding(path, value, *, safe=True, file="a.yaml"):
    return Finding("a-rule", Severity.WARNING, "wrong", Place(file, path), fix=Fix("mend it", path, value, safe))


def test_fixes_that_touch_one_another_wait_for_the_next_round():
    rounds = []

    def lint(changed):
        text = changed.get("a.yaml", b"a: {b: 1, c: 2}\n")
        rounds.append(text)
        return [finding(("a",), {"b": 3}), finding(("a", "c"), 5)] if text == b"a: {b: 1, c: 2}\n" else []

    result = fix_all({"a.yaml": b"a: {b: 1, c: 2}\n"}, lint, unsafe=False)
    assert rounds == [b"a: {b: 1, c: 2}\n", b"a: {b: 3}\n"]
    assert len(result.applied) == 1


def test_items_of_one_list_are_deleted_together():
    def lint(changed):
        return [] if changed else [finding(("a", index), None) for index in (0, 2, 3)]

    result = fix_all({"a.yaml": b"a: [0, 1, 2, 3]\n"}, lint, unsafe=False)
    assert result.files == {"a.yaml": b"a: [1]\n"}
    assert [found.place.path for found in result.applied] == [("a", 0), ("a", 2), ("a", 3)]


def test_fixes_that_undo_one_another_come_to_an_end():
    def lint(changed):
        return [finding(("a",), 2 if changed.get("a.yaml", b"a: 1\n") == b"a: 1\n" else 1)]

    result = fix_all({"a.yaml": b"a: 1\n"}, lint, unsafe=False)
    assert len(result.applied) <= MOST_ROUNDS


def test_a_fix_that_does_not_fit_is_left_to_people():
    result = fix_all({"a.yaml": b"a: &x 1\nb: *x\n"}, lambda _: [finding(("a",), 2)], unsafe=False)
    assert result.files == {}
    assert result.applied == []
    assert len(result.findings) == 1


@settings(max_examples=40)
@given(st.data())
def test_whatever_is_fixed_a_second_time_there_is_nothing_to_fix(data):
    """Fixing to the end is idempotent, however fixes overlap: each finding here goes once its value is even."""
    values = data.draw(st.lists(st.integers(0, 9), min_size=1, max_size=6))
    text = "a:  # numbers\n" + "".join(f"  - v: {value}  # {index}\n" for index, value in enumerate(values))

    def lint(changed):
        import yaml

        items = yaml.safe_load(changed.get("a.yaml", text.encode()))["a"]
        found = []
        for index, item in enumerate(items):
            if item["v"] % 2:
                found.append(finding(("a", index, "v"), item["v"] - 1))
            if item["v"] == 5:
                found.append(finding(("a", index), None))
        return found

    first = fix_all({"a.yaml": text.encode()}, lint, unsafe=False)
    fixed = first.files.get("a.yaml", text.encode())
    again = fix_all({"a.yaml": fixed}, lambda changed: lint(changed or {"a.yaml": fixed}), unsafe=True)
    assert again.files == {}
    assert fixed.decode().splitlines()[0] == "a:  # numbers"


def lint_one(text):
    """What is found in the one spec of a file, with lines and columns."""
    files = {"a.yaml": text}
    documents, problems = parse(files)
    bundles, project, wrong = assemble(documents, None)
    assert (problems, wrong) == ([], [])
    plans, findings = plans_of_bundle(bundles[0], project)
    assert findings == []
    return locate(lint_lifecycle(plans, Context(), date(2026, 11, 21)), files)


def plans_of_bundle(bundle, project):
    made = [plan(bundle, project, environment) for environment in environments(project)]
    return [planned for planned, _ in made if planned], [finding for _, found in made for finding in found]


WAIVER = {"reason": "Launch week", "owner": "jo", "expires": "2099-01-31"}


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_fixing_any_spec_changes_what_was_found_and_nothing_else(data):
    document = data.draw(lifecycles())
    rules = data.draw(st.lists(st.sampled_from(sorted(RULES)), max_size=4))
    document["spec"]["waivers"] = [
        {"finding": rule, "at": f"nobody-{index}", **WAIVER} for index, rule in enumerate(rules)
    ]
    before = Writer(data.draw(st.randoms(use_true_random=True))).text(document)
    result = fix_all({"a.yaml": before.encode()}, lambda new: lint_one(new.get("a.yaml", before.encode())), unsafe=True)
    after = result.files.get("a.yaml", before.encode())
    assert comments(after.decode()) <= comments(before)
    assert len(result.applied) >= len(rules), "every waiver of nobody is unused"
    places = [finding.fix.path for finding in result.applied if finding.fix]
    assert without(read("", after)[0][0].value, places) == without(document, places)
    lost = comments(before) - comments(after.decode())
    assert lost <= comments(before[before.rindex("waivers") :]), "only with a waiver, and the waivers come last"
    again = fix_all({"a.yaml": after}, lambda new: lint_one(new.get("a.yaml", after)), unsafe=True)
    assert again.files == {}


def without(document, places):
    """A document without its waivers and without what stands at some places."""
    document = {**document, "spec": {key: value for key, value in document["spec"].items() if key != "waivers"}}
    for path in places:
        if path[1] != "waivers":
            document = edited(document, path, "fixed")
    return document


def test_every_example_is_left_as_it_is(run, monkeypatch):
    root = Path(__file__).parents[2]
    monkeypatch.chdir(root)
    assert run("lint", "--diff", "specs").stdout == ""
    assert not list(root.glob(".lifespec-*"))


BATTERY = "correct-horse-battery"
SERVING = SPEC[SPEC.index("    serving:") : SPEC.index("    rollout:")]
WITH_SECRET = (
    SPEC.replace(SERVING, "").replace(GUARD, WIDE)
    + f"{SERVING}        env: {{LOG_LEVEL: info, STORE_PASSWORD: {BATTERY}}}  # ours\n"
)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CR LF", "CR"])
@pytest.mark.parametrize("waived", [False, True], ids=["found", "waived"])
def test_a_diff_hides_what_a_finding_hides(waived, end, spec, run):
    waivers = '    waivers: [{finding: secret-in-spec, reason: r, owner: jo, expires: "2099-01-31"}]\n'
    spec((WITH_SECRET + waivers * waived).replace("\n", end))
    done = run("lint", "--diff", "--unsafe-fixes")
    assert "8h" in done.stdout
    assert BATTERY not in done.stdout
    assert f"STORE_PASSWORD: {'*' * len(BATTERY)}}}  # ours" in done.stdout
    assert "this is no patch to apply" in done.stderr
