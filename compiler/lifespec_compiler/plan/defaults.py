"""What a canonical document leaves unsaid: the defaults that depend on the rest of it.

Fixed defaults stand in the language's models. The ones here are filled in before the document is read for the plan,
so that `lifespec plan` shows them and the hashes cover them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lifespec_schema.spec.lifecycle import ModelLifecycle

DAY = 86400
SPLITS = {"strategy": "random", "train": 0.7, "validation": 0.15, "test": 0.15}
TRIAL = {"cpu": "1", "memory": "2Gi"}
POD = {"cpu": "1", "memory": "1Gi"}
COMPLETE = ("owner", "objective", "traffic", "metrics", "features", "governance")
"""Sections that nothing is filled into, and whose canonical form is what was read."""


def fill(canonical: dict[str, Any], read: ModelLifecycle | None = None) -> dict[str, Any]:
    """A copy of a canonical document with every derived default written out.

    With what the document was `read` as, sections that the copy leaves as they are are taken from there: they have been
    validated, and are not validated again.
    """
    document = _copied(canonical) if read is None else _copied_but_for(canonical, read)
    spec = document["spec"]
    _data(spec)
    _experiments(spec)
    _evaluation(spec)
    _serving(spec)
    _rollout(spec)
    for monitor in spec.get("monitoring", {}).get("monitors", []):
        monitor.setdefault("every", monitor["window"])
    if "monitoring" in spec:
        features = canonical["spec"]["features"]
        spec["monitoring"]["predictions"].setdefault("columns", [feature["name"] for feature in features])
    _retraining(spec)
    return document


def check_name(check: dict[str, Any]) -> str:
    """A gate's default name: `metric[-against-X][-by-slices]`."""
    name = str(check["metric"])
    if "against" in check:
        name += f"-against-{check['against']}"
    if "slices" in check:
        name += "-by-" + "-".join("x".join(names) for names in check["slices"])
    return name[:63].rstrip("-_.")


def _copied_but_for(canonical: dict[str, Any], read: ModelLifecycle) -> dict[str, Any]:
    written = canonical["spec"]
    spec = {key: getattr(read.spec, key) if key in COMPLETE else _copied(value) for key, value in written.items()}
    sources = zip(written["data"]["sources"], read.spec.data.sources, strict=True)
    spec["data"] = {key: _copied(value) for key, value in written["data"].items() if key != "sources"}
    spec["data"]["sources"] = [
        {key: source.schema_ if key == "schema" else _copied(value) for key, value in each.items()}
        for each, source in sources
    ]
    return {**canonical, "spec": spec}


def _copied(value: Any) -> Any:
    """A deep copy of JSON data; `copy.deepcopy` would also look for cycles, and takes five times as long."""
    if type(value) is dict:
        return {key: _copied(item) if type(item) in _HOLD_OTHERS else item for key, item in value.items()}
    return [_copied(item) for item in value] if type(value) is list else value


_HOLD_OTHERS = (dict, list)


def _data(spec: dict[str, Any]) -> None:
    data = spec["data"]
    data.setdefault("splits", dict(SPLITS))
    for source in data["sources"]:
        source.setdefault("snapshot", {"by": "files"})
        for rule in source.get("quality", []):
            rule.setdefault(
                "name",
                "-".join([rule["metric"], *([rule["column"].replace(" ", "_")] if "column" in rule else [])])[:63],
            )
        for rule in source.get("outliers", []):
            rule.setdefault("factor", {"iqr": 1.5, "zScore": 3, "percentile": 1}[rule.get("method", "iqr")])


def _experiments(spec: dict[str, Any]) -> None:
    experiments = spec["experiments"]
    for baseline in experiments.get("baselines", []):
        baseline.setdefault("name", baseline["kind"])
    for candidate in experiments["candidates"]:
        candidate["resources"] = {**TRIAL, **candidate.get("resources", {})}
        candidate.setdefault("timebox", 3600)
    select = experiments.setdefault("select", {"metric": spec["evaluation"]["offline"]["gates"][0]["metric"]})
    if "crossValidation" not in select:
        select.setdefault("split", "validation")


def _evaluation(spec: dict[str, Any]) -> None:
    evaluation = spec["evaluation"]
    evaluation.setdefault("bootstrap", {})
    for tier in ("offline", "shadow", "online"):
        for gate in evaluation.get(tier, {}).get("gates", []):
            gate.setdefault("name", check_name(gate) if tier == "offline" else f"{tier}-{check_name(gate)}"[:63])
            if "slices" in gate:
                gate.setdefault("minSliceRows", 100)
    for check in evaluation["offline"].get("fairness", []):
        check.setdefault("name", f"{check['metric']}-by-{check['attribute']}"[:63])
    for check in evaluation["offline"].get("robustness", []):
        check.setdefault("name", f"{check['metric']}-under-{check['perturb']}"[:63])


def _serving(spec: dict[str, Any]) -> None:
    serving = spec["serving"]
    serving["resources"] = {**POD, **serving.get("resources", {})}
    if serving["mode"] == "online":
        replicas = serving.setdefault("replicas", {})
        low = replicas.setdefault("min", min(2, replicas.get("max", 2)))
        replicas.setdefault("max", max(low, 2))


def _rollout(spec: dict[str, Any]) -> None:
    rollout = spec["rollout"]
    analysis = rollout.setdefault("analysis", {})
    rollout.setdefault("assignment", {})
    for number, step in enumerate(rollout.get("steps", []), start=1):
        step.setdefault("name", f"step-{number}")
        step.setdefault("timeout", 2 * step["hold"])
    for guard in rollout.get("guards", []):
        guard.setdefault("name", f"guard-{check_name(guard)}"[:63])
        guard.setdefault("onNoData", analysis.get("onNoData", "hold"))


def _retraining(spec: dict[str, Any]) -> None:
    retraining = spec.get("retraining")
    if retraining is None:
        return
    retraining.setdefault("window", {"kind": "expanding"})
    retraining.setdefault("cooldown", DAY)
    if spec["platform"].get("retrainsHere", True):
        retraining.setdefault("environment", spec["platform"]["environment"])
