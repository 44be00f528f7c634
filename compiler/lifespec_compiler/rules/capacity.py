"""More than the environment's quota gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lifespec_schema.findings import Path, Severity
from lifespec_schema.values.quantities import amount

from .context import Context
from .rule import Edit, Issue, rule

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan

RESOURCES = ("cpu", "memory", "gpu")
_SCALES = {"cpu": ("", 1), "memory": ("Gi", 2**30), "gpu": ("", 1)}
QUOTA: Path = ("spec", "platform", "quota")


@rule(area="serving", severity=Severity.ERROR, since="0.1.0")
def over_capacity(plan: Plan, _context: Context) -> Iterator[Issue]:
    """A rollout or a training needs more than the environment's quota.

    ## What it does
    A rollout runs stable and candidate (or shadow) side by side, and stable is not shrunk before promotion:
    twice `serving.replicas` times `serving.resources`. A training runs `search.parallel` trials beside the
    serving model. Each sum is compared with the environment's `quota`: with the fewest replicas it is an error;
    only with the most, a warning. What other models of the namespace use is not known and not counted.

    ## Why is this bad?
    The candidate's pods are refused in the middle of a rollout, or stable cannot scale when traffic peaks, with
    nothing wrong in the model. A canary that fits on an idle day fails on the day on which it matters.

    ## Example
    ```yaml
    # lifespec.yaml
    environments: [{name: production, quota: {cpu: "8"}}]
    ```
    ```yaml
    serving:
      resources: {cpu: "2", memory: 2Gi}
      replicas: {min: 3, max: 3}
    ```

    ## Use instead
    ```yaml
    # lifespec.yaml
    environments: [{name: production, quota: {cpu: "8"}}]
    ```
    ```yaml
    serving:
      resources: {cpu: "2", memory: 2Gi}
      replicas: {min: 2, max: 2}
    ```
    """
    quota = _amounts(plan.values["spec"]["platform"].get("quota", {}))
    if not quota:
        return
    serving = plan.spec.serving
    pod = _amounts(plan.values["spec"]["serving"].get("resources", {}))
    replicas = serving.replicas if serving.mode == "online" else None
    least, most = (replicas.min, replicas.max) if replicas else (1, 1)
    yield from _rollout(quota, pod, least, most)
    if plan.spec.platform is None or plan.spec.platform.retrains_here:
        yield from _training(plan, quota, pod, least, most)


def _rollout(quota: Mapping[str, Decimal], pod: Mapping[str, Decimal], least: int, most: int) -> Iterator[Issue]:
    for resource in quota:
        each = pod.get(resource, Decimal(0))
        if 2 * least * each > quota[resource]:
            pods, severity, key = least, None, "min"
        elif 2 * most * each > quota[resource]:
            pods, severity, key = most, Severity.WARNING, "max"
        else:
            continue
        needed = 2 * pods * each
        message = (
            f"a rollout needs {_shown(resource, needed)}: stable and candidate with {pods} pods each "
            f"of {_shown(resource, each)}; the quota is {_shown(resource, quota[resource])}"
        )
        fitting = int(quota[resource] / (2 * each))
        both = f"replicas: {{min: {fitting}, max: {fitting}}}" if key == "min" else f"replicas.max: {fitting}"
        fewer = f"`{both}`, or " if fitting else ""
        path: Path = ("spec", "serving", "replicas", key)
        edit = Edit(f"run {fitting}", path, fitting) if fitting and key == "max" else None
        yield Issue(path, message, f"{fewer}a quota of {_shown(resource, needed)}", severity=severity, edit=edit)


def _training(
    plan: Plan, quota: Mapping[str, Decimal], pod: Mapping[str, Decimal], least: int, most: int
) -> Iterator[Issue]:
    for index, candidate in enumerate(plan.values["spec"]["experiments"]["candidates"]):
        trial, parallel = _amounts(candidate["resources"]), candidate.get("search", {}).get("parallel", 1)
        for resource in quota:
            each, served = trial.get(resource, Decimal(0)), pod.get(resource, Decimal(0))
            if parallel * each + least * served > quota[resource]:
                pods, severity = least, None
            elif parallel * each + most * served > quota[resource]:
                pods, severity = most, Severity.WARNING
            else:
                continue
            if not each:
                continue  # serving alone is too much, and the rollout says so
            needed = parallel * each + pods * served
            trials = f"{parallel} {'trial' if parallel == 1 else 'trials'}"
            message = (
                f"training `{candidate['name']}` needs {_shown(resource, needed)}: {trials} of "
                f"{_shown(resource, each)} beside {pods} serving pods of {_shown(resource, served)}; "
                f"the quota is {_shown(resource, quota[resource])}"
            )
            at_most, at_least = ((quota[resource] - count * served) / each for count in (most, pods))
            fitting = int(at_most if at_most >= 1 else at_least)
            path: Path = ("spec", "experiments", "candidates", index, "search", "parallel")
            fewer = f"`parallel: {fitting}`, or " if 0 < fitting < parallel else ""
            edit = Edit(f"run {fitting} at a time", path, fitting) if fewer else None
            yield Issue(path, message, f"{fewer}a quota of {_shown(resource, needed)}", severity=severity, edit=edit)


def _amounts(resources: Mapping[str, Any]) -> dict[str, Decimal]:
    """Cores, bytes and devices by resource."""
    return {name: Decimal(str(amount(str(resources[name])))) for name in RESOURCES if resources.get(name) is not None}


def _shown(resource: str, value: Decimal) -> str:
    """An amount with its unit, as a quantity of Kubernetes or in words."""
    suffix, scale = _SCALES[resource]
    if resource == "memory" and value % (2**20):
        return f"{value.normalize():f} bytes of memory"
    exact = f"{(value / scale).normalize():f}{suffix}"
    unit = {"cpu": "cores", "memory": "of memory", "gpu": "GPUs"}[resource]
    return f"{exact} {unit}"
