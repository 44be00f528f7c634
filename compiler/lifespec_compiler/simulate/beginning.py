"""What there is when a run begins: the world, and what the ledger says of the time before."""

from __future__ import annotations

from lifespec_compiler.engine.observation import Release, Route
from lifespec_compiler.engine.values import Checkpoint, Entry

from .batches import BatchWorld
from .costs import training_seconds
from .models import Models
from .nominating import nominating
from .reports import UID
from .script import DAY, Script
from .world import World


def world_of(script: Script, models: Models, seed: int) -> World:
    """A world with the script's models, in which nothing is deployed."""
    truths = {revision: models.truth(revision, script.began) for revision in (models.stable, models.candidate)}
    made = World if script.plan.spec.serving.mode == "online" else BatchWorld
    return made(script.plan, truths, script.rps, seed, rows=script.rows, now=script.began, created=script.began)


def furnish(world: World, script: Script, models: Models) -> None:
    """Have in a world what the script says, and what serves."""
    plan, spec = script.plan, script.scenario.spec
    world.hours = script.hours
    world.users = spec.traffic.users_per_request if spec.traffic else 1.0
    world.label_delays = spec.labels.times_delay if spec.labels else 1.0
    world.training_takes = training_seconds(plan)
    retraining = plan.spec.retraining
    if retraining is not None and any(trigger.kind == "dataVolume" for trigger in retraining.triggers):
        world.new_rows = 0
    world.earlier = {Release(revision.model, plan.spec.serving.image) for revision in world.truths}
    if spec.deployed == "stable":
        world.servers[models.stable] = script.began - DAY
        world.route = Route(models.stable, None, 0, 0, 1, script.began)
        world.plan = nominating(plan, models.stable.model, "stable")


def ledger_before(script: Script, models: Models) -> list[Entry]:
    """What the ledger says at the beginning."""
    if script.scenario.spec.deployed != "stable":
        return []
    hashes, reason = script.plan.hashes, "what serves when the simulation begins"
    known = Checkpoint(stable=models.stable, nominated=models.stable)
    at = script.began - 1
    return [Entry(1, "checkpoint", at, hashes.plan, hashes.policy, reason=reason, uid=UID, checkpoint=known)]
