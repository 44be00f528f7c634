"""`lifespec store`: puts a trained model into the project's artifact store, and prints its ModelVersion."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lifespec_runtime.cli.exit_codes import ExitCode
from lifespec_runtime.cli.refusals import refusals, refuse
from lifespec_runtime.measure.reading.flaws import Flaw

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan
    from lifespec_runtime.measure.models import Trained
    from lifespec_runtime.measure.training.store import Stored

EPILOG = """Examples:

\b
  lifespec store specs/churn/ specs/churn/.models/boosting
  lifespec store specs/churn/ specs/churn/.models/boosting --to /srv/artifacts >> specs/churn/model.yaml
"""


@click.command("store", epilog=EPILOG)
@click.argument("spec", type=click.Path(), metavar="SPEC")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--to", "target", metavar="URI", help="Where to; default: the project's `defaults.artifacts.uri`.")
@click.option("--beside", type=click.Path(path_type=Path), metavar="DIR", help="Where `split` wrote; default: DIR.")
@click.option("--env", "environment", metavar="NAME", help="The environment; default: where models are trained.")
def command(spec: str, folder: Path, target: str | None, beside: Path | None, environment: str | None) -> None:
    """Store a trained model by its digest, and print the model.yaml that nominates it.

    Storing the same model again changes nothing. Other bytes under its digest are refused.
    """
    with refusals():
        from lifespec_runtime.cli.one_plan import one_plan
        from lifespec_runtime.measure.models import open_trained
        from lifespec_runtime.measure.training.store import StoreError, store

        chosen = one_plan(spec, environment)
        plan = chosen.plan
        artifacts = plan.spec.platform.artifacts if plan.spec.platform else None
        root = target or (artifacts.uri if artifacts else None)
        if root is None:
            message = "nothing says where models are kept"
            help_text = "add `defaults: {artifacts: {uri: …}}` to lifespec.yaml, or name a place with --to"
            refuse([Flaw("store-refused", message, "lifespec.yaml", help=help_text)])
        trained = open_trained(folder, beside)
        try:
            stored = store(plan, trained, root)
        except StoreError as error:
            refuse([Flaw("store-refused", str(error), root)])
        click.echo("it was there already" if stored.was_there else "stored", err=True)
        click.echo(_model_version(plan, chosen.namespace or plan.namespace, trained, stored), nl=False)
    sys.exit(ExitCode.CLEAN)


def _model_version(plan: Plan, namespace: str, trained: Trained, stored: Stored) -> str:
    """The document that nominates the model."""
    from lifespec_compiler.emit.yaml import to_yaml

    model: dict[str, Any] = {"uri": stored.uri, "digest": stored.digest, "format": trained.format}
    known = {"snapshot": stored.snapshot, "profile": stored.profile}
    spec: dict[str, Any] = {"lifecycle": plan.name, "model": model}
    trained_on = {key: value for key, value in known.items() if value is not None}
    return to_yaml(
        {
            "apiVersion": "lifespec.dev/v1alpha1",
            "kind": "ModelVersion",
            "metadata": {
                "name": f"{plan.name}-{stored.digest.partition(':')[2][:8]}",
                "namespace": namespace,
            },
            "spec": {**spec, "trainedOn": trained_on} if trained_on else spec,
        }
    )
