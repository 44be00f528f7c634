from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lifespec_runtime.measure.models import ModelError, open_trained
from lifespec_runtime.measure.models.digest import Listed, canonical, digest, listing
from lifespec_runtime.measure.models.trained import FORMATS
from lifespec_schema.spec.model_version import ModelVersion


def stored(project, *arguments):
    return project.run("store", project.folder, project.trained, "--to", project.root / "store", *arguments)


def files(project):
    root = project.root / "store"
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def trained(project):
    assert project.train().exit_code == 0
    return project


def test_a_model_lies_under_its_digest(trained):
    done = stored(trained)
    assert done.exit_code == 0, done.output
    version = yaml.safe_load(done.stdout)
    name = version["spec"]["model"]["digest"].replace(":", "-")
    assert version["spec"]["model"]["uri"] == f"{(trained.root / 'store').as_uri()}/growth/churn/models/{name}/model"
    found = files(trained)
    listed = found[f"growth/churn/models/{name}/listing.json"]
    assert f"sha256-{hashlib.sha256(listed).hexdigest()}" == name
    for file in json.loads(listed):
        content = found[f"growth/churn/models/{name}/model/{file['path']}"]
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
    for kind in ("profile", "snapshot"):
        of_it = version["spec"]["trainedOn"][kind]
        content = found[f"growth/churn/{kind}s/{of_it.replace(':', '-')}.json"]
        assert f"sha256:{hashlib.sha256(content).hexdigest()}" == of_it
        assert content == (trained.trained / f"{kind}.json").read_bytes()


def test_what_is_printed_is_a_model_version_that_the_spec_takes(trained):
    done = stored(trained)
    (trained.folder / "model.yaml").write_text(done.stdout)
    checked = trained.run("lint", trained.folder, "--fail-on", "error", "--format", "json")
    assert checked.exit_code == 0, checked.output
    assert ModelVersion(**yaml.safe_load(done.stdout))


def test_storing_again_changes_nothing(trained):
    first = stored(trained)
    before = files(trained)
    again = stored(trained)
    assert (again.exit_code, again.stdout) == (0, first.stdout)
    assert "there already" in again.stderr
    assert files(trained) == before


def test_other_bytes_under_its_digest_are_refused(trained):
    stored(trained)
    (model,) = (trained.root / "store").rglob("shares.json")
    model.write_text("{}")
    done = stored(trained)
    assert done.exit_code == 2
    assert "error[store-refused]" in done.stderr
    assert done.stdout == ""
    assert model.read_text() == "{}"


def test_what_broke_off_is_written_anew(trained):
    stored(trained)
    before = files(trained)
    (model,) = (trained.root / "store").rglob("shares.json")
    model.write_text("{")
    (listed,) = (trained.root / "store").rglob("listing.json")
    listed.unlink()
    assert stored(trained).exit_code == 0
    assert files(trained) == before


def test_without_a_place_nothing_is_stored(trained):
    done = trained.run("store", trained.folder, trained.trained)
    assert done.exit_code == 2
    assert "defaults: {artifacts: {uri: …}}" in done.stderr


def test_a_place_that_cannot_be_written_is_told(trained):
    (trained.root / "store").write_text("a file")
    done = stored(trained)
    assert done.exit_code == 2
    assert "error[store-refused]" in done.stderr


def test_the_job_stores_what_the_trainer_alone_has_made(trained):
    """A training Job has a trainer's output in one folder, and what `split` wrote in another."""
    folder, beside = trained.root / "output", trained.root / "input"
    assert trained.run("split", trained.folder, "--out", beside).exit_code == 0
    folder.mkdir()
    (trained.trained / "model").rename(folder / "model")
    (trained.trained / "metadata.json").rename(folder / "metadata.json")
    done = trained.run("store", trained.folder, folder, "--beside", beside, "--to", trained.root / "store")
    assert done.exit_code == 0, done.output
    assert set(yaml.safe_load(done.stdout)["spec"]["trainedOn"]) == {"snapshot", "profile"}


def test_a_folder_that_is_no_model_is_told(project, tmp_path):
    done = project.run("store", project.folder, tmp_path, "--to", tmp_path / "store")
    assert done.exit_code == 1
    assert "error[trainer-no-model]" in done.stderr


names = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=8)


@given(st.lists(st.tuples(names, st.binary(max_size=8)), min_size=1, max_size=8, unique_by=lambda file: file[0]))
def test_a_digest_is_of_names_and_bytes(written):
    listed = [Listed(name, hashlib.sha256(content).hexdigest()) for name, content in written]
    found = digest(listed)
    assert found == f"sha256:{hashlib.sha256(canonical(listed)).hexdigest()}"
    assert json.loads(canonical(listed)) == [file._asdict() for file in listed]
    renamed = [listed[0]._replace(path=listed[0].path + "x"), *listed[1:]]
    assert digest(renamed) != found


def test_a_listing_is_in_the_order_of_its_bytes(tmp_path):
    for name in ("b", "a/z", "a.txt", "é", "Z"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    assert [file.path for file in listing(tmp_path)] == ["Z", "a.txt", "a/z", "b", "é"]


def test_a_folder_with_a_link_is_no_model(tmp_path: Path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "passwords").symlink_to("/etc/passwd")
    with pytest.raises(ModelError, match="something else"):
        open_trained(tmp_path)


@pytest.mark.parametrize("name", [b"\xff", b"a\nb"])
def test_a_file_whose_name_does_not_print_is_no_part_of_a_model(tmp_path, name):
    (tmp_path / "model").mkdir()
    with open(bytes(tmp_path / "model") + b"/" + name, "w"):  # noqa: PTH123 - a name that is no text
        pass
    with pytest.raises(ModelError, match="does not print"):
        open_trained(tmp_path)


def test_formats_are_those_of_a_model_version():
    version: Any = ModelVersion.model_fields["spec"].annotation
    model: Any = version.model_fields["model"].annotation
    assert get_args(model.model_fields["format"].annotation) == FORMATS
