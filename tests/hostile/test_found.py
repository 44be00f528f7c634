"""What hostile input has found: each a bug that was there."""

from __future__ import annotations

import json

from hostile.conftest import SPEC
from leaves.witnesses import FOLDER, VARIANTS


def test_targets_that_are_not_compiled_and_cannot_do_it_do_not_crash_those_that_are(repository, told):
    (repository / SPEC).write_text(json.dumps(VARIANTS["batch"]()))
    model = (FOLDER / "model.yaml").read_text().splitlines()
    (repository / SPEC).with_name("model.yaml").write_text("\n".join(line for line in model if "image:" not in line))
    assert told("compile", "--target", "docs").exit_code == 0
    assert told("compile").codes == {"unsupported-value"}


def test_a_patch_inside_a_patch_is_not_silently_ignored(repository, told):
    document = VARIANTS["small"]()
    document["spec"]["environments"] = {"staging": {"environments": {"staging": {"traffic": {"rps": 3}}}}}
    (repository / SPEC).write_text(json.dumps(document))
    told_about = [(each["rule"], each["path"]) for each in told("compile").findings]
    assert told_about == [("unknown-field", "spec.environments.staging.environments")]


def test_a_metric_and_a_help_with_line_ends_are_told_in_one_line(repository, told, text_of):
    document = VARIANTS["small"]()
    document["spec"]["experiments"]["baselines"] = [{"kind": "human", "name": "team", "values": {"a\n\x1b[2Jb": 0.5}}]
    (repository / SPEC).write_text(json.dumps(document))
    assert told("compile").codes == {"unknown-metric"}
    document["spec"]["features"] = "a\tb"
    (repository / SPEC).write_text(json.dumps(document))
    assert told("compile").codes == {"wrong-type"}
    assert "\x1b" not in text_of("lint")
