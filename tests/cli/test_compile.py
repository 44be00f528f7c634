"""`lifespec compile`: what is written, what is not, and that it is always the same."""

from __future__ import annotations

import hashlib
import json
import shutil

import pytest

BREAKAGES = {
    "no YAML": lambda text: text + "\n]",
    "a field that is not known": lambda text: text.replace('"latencyBudget"', '"latency"'),
    "a reference that leads nowhere": lambda text: text.replace('"column": "churned"', '"column": "churn"'),
    "a value that no target can do": lambda text: text.replace(
        '"latencyBudget"', '"platform": "seldon", "latencyBudget"'
    ),
}


def tree(folder):
    """Every file below a folder with its bytes and its mode."""
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mode)
        for path in folder.rglob("*")
        if path.is_file()
    }


def summary(files):
    content = hashlib.sha256()
    for path, (data, _) in sorted(files.items()):
        content.update(json.dumps([path, hashlib.sha256(data).hexdigest()]).encode())
    return content.hexdigest()


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_nothing_is_written_when_any_spec_is_broken(breakage, repository, run):
    file = repository / "specs/fraud/lifecycle.yaml"
    broken = BREAKAGES[breakage](file.read_text())
    assert broken != file.read_text()
    file.write_text(broken)
    assert run("compile").exit_code == 1
    assert not (repository / "generated").exists()


def test_a_second_compile_writes_nothing(repository, run):
    run("compile")
    before = {path: path.stat().st_mtime_ns for path in (repository / "generated").rglob("*")}
    done = run("compile")
    assert "0 written" in done.stdout
    assert {path: path.stat().st_mtime_ns for path in (repository / "generated").rglob("*")} == before


def test_check_is_clean_after_a_compile_and_writes_nothing_before(repository, run):
    done = run("compile", "--check")
    assert done.exit_code == 1
    assert "missing: generated/" in done.stdout
    assert not (repository / "generated").exists()
    run("compile")
    assert run("compile", "--check").exit_code == 0


def some_manifest(repository):
    return repository / "generated/production/growth/churn/apply/lifecycle.yaml"


def test_check_names_what_is_missing_changed_and_stale(repository, run):
    run("compile")
    some_manifest(repository).unlink()
    edited = some_manifest(repository).with_name("kustomization.yaml")
    edited.write_text(edited.read_text() + "# by hand\n")
    shutil.rmtree(repository / "specs/fraud")
    done = run("compile", "--check", "--format", "json")
    assert done.exit_code == 1
    differences = {item["path"]: item["kind"] for item in json.loads(done.stdout)["differences"]}
    assert differences["production/growth/churn/apply/lifecycle.yaml"] == "missing"
    assert differences["production/growth/churn/apply/kustomization.yaml"] == "differs"
    assert differences["production/growth/fraud/apply/lifecycle.yaml"] == "stale"


def test_a_changed_spec_makes_the_output_stale(repository, run):
    run("compile")
    file = repository / "specs/churn/lifecycle.yaml"
    file.write_text(file.read_text().replace('"1.0.0"', '"1.0.1"'))
    assert run("compile", "--check").exit_code == 1
    run("compile")
    assert run("compile", "--check").exit_code == 0


def test_what_is_no_longer_produced_is_removed(repository, run):
    run("compile")
    shutil.rmtree(repository / "specs/fraud")
    done = run("compile")
    assert done.exit_code == 0
    assert not (repository / "generated/production/growth/fraud").exists()
    assert some_manifest(repository).exists()


@pytest.mark.parametrize(
    "part",
    [
        ("--env", "staging"),
        ("--target", "kubernetes"),
        ("specs/churn",),
        ("specs/churn/lifecycle.yaml", "--env", "production"),
        ("specs/churn", "--env", "production", "--target", "docs"),
    ],
)
def test_compiling_a_part_leaves_the_rest_alone(part, repository, run):
    run("compile")
    before = tree(repository / "generated")
    done = run("compile", *part)
    assert done.exit_code == 0, done.output
    assert "0 removed" in done.stdout
    assert tree(repository / "generated") == before
    assert run("compile", "--check", *part).exit_code == 0
    assert run("compile", "--check").exit_code == 0


def test_an_edited_file_is_not_replaced_without_force(repository, run):
    run("compile")
    file = some_manifest(repository)
    sound = file.read_bytes()
    file.write_bytes(sound + b"# by hand\n")
    done = run("compile")
    assert done.exit_code == 2
    assert "was edited since lifespec wrote it" in done.stderr
    assert "--force" in done.stderr
    assert file.read_bytes() == sound + b"# by hand\n"
    assert run("compile", "--force").exit_code == 0
    assert file.read_bytes() == sound


def test_a_file_that_is_not_ours_is_not_replaced(repository, run):
    file = some_manifest(repository)
    file.parent.mkdir(parents=True)
    file.write_text("mine")
    assert run("compile").exit_code == 2
    assert file.read_text() == "mine"


def test_an_edited_file_that_is_no_longer_produced_is_kept_and_told(repository, run):
    run("compile")
    file = repository / "generated/production/growth/fraud/apply/lifecycle.yaml"
    file.write_text("# by hand\n")
    shutil.rmtree(repository / "specs/fraud")
    done = run("compile", "--format", "json")
    assert done.exit_code == 0
    findings = [finding for finding in json.loads(done.stdout)["findings"] if finding["rule"] == "kept-file"]
    assert [finding["file"] for finding in findings] == [str(file.relative_to(repository))]
    assert file.exists()


def test_a_link_in_the_output_is_not_followed(repository, run, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (repository / "generated").mkdir()
    (repository / "generated" / "production").symlink_to(elsewhere)
    assert run("compile").exit_code == 2
    assert list(elsewhere.iterdir()) == []


def test_out_is_another_folder(repository, run):
    assert run("compile", "--out", "elsewhere/deep").exit_code == 0
    assert not (repository / "generated").exists()
    inside = tree(repository / "elsewhere/deep")
    run("compile")
    assert tree(repository / "generated") == inside
    assert run("compile", "--check", "--out", "elsewhere/deep").exit_code == 0


def test_json_says_what_was_written(repository, run):
    told = json.loads(run("compile", "--format", "json").stdout)
    assert set(told) == {"version", "findings", "written", "unchanged", "removed"}
    written = set(told["written"])
    assert written
    assert written <= set(tree(repository / "generated"))


def test_json_is_one_document_when_writing_fails_too(repository, run):
    (repository / "generated").write_text("mine")
    told = json.loads(run("compile", "--format", "json").stdout)
    assert [finding["rule"] for finding in told["findings"] if finding["severity"] == "error"] == ["write-failed"]


CIRCUMSTANCES = {
    "the C locale": {"env": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}},
    "a Turkish locale": {"env": {"LC_ALL": "tr_TR.UTF-8"}},
    "another time zone": {"env": {"TZ": "Pacific/Kiritimati"}},
    "another hash seed": {"env": {"PYTHONHASHSEED": "1"}},
    "yet another hash seed": {"env": {"PYTHONHASHSEED": "4242"}},
    "a strict umask": {"umask": 0o077},
    "no home": {"env": {"HOME": "/nonexistent"}},
    "optimised Python": {"env": {"PYTHONOPTIMIZE": "2"}},
}


@pytest.fixture
def reference(repository, run):
    """What the specs compile to here and now."""
    file = repository / "specs/churn/lifecycle.yaml"
    file.write_text(file.read_text().replace('"request_id"', '"request_id", "columns": ["tenure"]'))
    document = json.loads(file.read_text())
    document["spec"]["objective"]["whyNotRules"] = "Grüße, İstanbul — 日本 💥"
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    assert run("compile", "--out", "reference").exit_code == 0
    return summary(tree(repository / "reference"))


@pytest.mark.parametrize("circumstance", CIRCUMSTANCES)
def test_the_same_bytes_come_out_in(circumstance, reference, repository, process):
    done = process("compile", "--out", str(repository / "again"), **CIRCUMSTANCES[circumstance])
    assert done.returncode == 0, done.stderr
    assert summary(tree(repository / "again")) == reference


@pytest.mark.parametrize("folder", ["/", "specs", "specs/churn"])
def test_the_same_bytes_come_out_in_another_working_directory(folder, reference, repository, process):
    paths = (str(repository / "specs"),)
    done = process("compile", *paths, "--out", str(repository / "again"), cwd=repository / folder)
    assert done.returncode == 0, done.stderr
    assert summary(tree(repository / "again")) == reference


@pytest.mark.usefixtures("reference")
def test_the_same_bytes_come_out_whatever_the_order_of_the_paths(repository, run):
    assert run("compile", "specs/fraud", "specs/churn", "--out", "one").exit_code == 0
    assert run("compile", "specs/churn", "specs/fraud", "--out", "other").exit_code == 0
    assert summary(tree(repository / "one")) == summary(tree(repository / "other"))


REFUSED = {
    "a variable that the target sets": (
        {"serving": {"env": {"LIFESPEC_MODEL_URI": "x"}}},
        "spec: {targets: [kubernetes]}",
        "reserved-variable",
    ),
    "a platform that no target can do": ({"serving": {"platform": "seldon"}}, "spec: {}", "unsupported-value"),
    "a tool that misses a fact": ({}, "spec: {gitops: argocd}", "missing-platform-fact"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_lint_refuses_what_compile_refuses(case, repository, run):
    changes, project, code = REFUSED[case]
    file = repository / "specs/fraud/lifecycle.yaml"
    document = json.loads(file.read_text())
    for section, values in changes.items():
        document["spec"][section] |= values
    file.write_text(json.dumps(document))
    (repository / "lifespec.yaml").write_text(f"apiVersion: lifespec.dev/v1alpha1\nkind: LifespecProject\n{project}\n")
    told = [json.loads(run(command, "--format", "json").stdout)["findings"] for command in ("lint", "compile")]
    linted, compiled = [
        {
            (found["rule"], found["file"], found["line"], found["message"])
            for found in findings
            if found["severity"] == "error"
        }
        for findings in told
    ]
    assert code in {rule for rule, *_ in compiled}
    assert compiled <= linted
