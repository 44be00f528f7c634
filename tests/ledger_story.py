"""A ledger with a decision of every kind, as the engine makes them."""

from __future__ import annotations

from typing import Any

from lifespec_compiler.engine.values import Cause, Checkpoint, Entry, Interval, Position, Revision
from lifespec_compiler.statistics.sequential import Counts

FIRST, SECOND, THIRD = (Revision("sha256:" + letter * 64, "sha256:" + "5" * 64) for letter in "abc")
PLAN, POLICY = "sha256:" + "1" * 64, "sha256:" + "2" * 64
START = 1_800_000_000.0
UID = "0f8fad5b-d9cb-469f-a165-70867728950e"

OFFLINE = Cause(
    "auc",
    "spec.evaluation.offline.gates[0].min",
    "Pass",
    0.9,
    5000,
    "at least 0.8",
    bound=0.8,
    interval=Interval(0.88, 0.92, 0.95, "delong"),
    slice="plan=basic",
    quantity="difference",
    report="churn-offline",
)
ERRORS = Cause(
    "errors",
    "spec.evaluation.online.gates[0].max",
    "Pass",
    0.001,
    72000,
    "at most 0.01",
    bound=0.01,
    evidence=3.5,
    counts=Counts(72, 72000),
    stable=Counts(650, 648000),
)
FAILED = Cause(
    "errorRate",
    "spec.rollout.guards[0].max",
    "Fail",
    0.021,
    4500,
    "at most 0.01",
    3,
    bound=0.01,
    counts=Counts(95, 4500),
    reason="one window of two",
)
OFF, SHADOW, DONE = Position("Offline"), Position("Shadow"), Position("Done", weight=100)
FIRST_STEP, SECOND_STEP = Position("Canary", 0, 10), Position("Canary", 1, 50)
PROMOTING, BACK, GONE = Position("Promoting", weight=100), Position("RollingBack"), Position("RolledBack")
HELD = Position("Held", 0, 10)
RUN = "weekly@1800400000"


def story() -> list[Entry]:
    """The entries, from the first."""
    told: list[Entry] = []

    def tell(kind: Any, stream: str | None = None, to: Position | None = None, **more: Any) -> None:
        before = [each.to for each in told if stream and each.stream == stream and each.to]
        at = START + 3600 * len(told) + len(told) / 4
        told.append(
            Entry(
                len(told) + 1,
                kind,
                at,
                PLAN,
                POLICY,
                stream,
                before[-1] if before and to else None,
                to,
                uid=UID,
                **more,
            )
        )

    tell("nominate", "churn-1", OFF, revision=FIRST, policy="{}", version="churn-1", nominated=FIRST)
    tell("advance", "churn-1", PROMOTING, revision=FIRST, causes=(OFFLINE,))
    tell("finish", "churn-1", DONE, revision=FIRST)
    tell("nominate", "churn-2", OFF, revision=SECOND, policy="{}")
    tell("advance", "churn-2", FIRST_STEP, revision=SECOND, causes=(OFFLINE,))
    tell("failure", "churn-2", revision=SECOND, causes=(FAILED._replace(window=2),))
    tell("hold", "churn-2", HELD, revision=SECOND, request="wait-a-moment", reason="We look.", asked=START)
    tell("resume", "churn-2", FIRST_STEP, revision=SECOND, request="go-on", reason="It is fine.")
    tell("answer", "churn-2", PROMOTING, request="approve-1", reason="approved: Promoting")
    tell("nominate", "churn-3", OFF, revision=SECOND, reason="the policy changed")
    tell("advance", "churn-3", FIRST_STEP, revision=SECOND, causes=(OFFLINE,))
    tell("breakGlass", "churn-3", revision=SECOND, request="now", reason="A fire.")
    tell("advance", "churn-3", SECOND_STEP, revision=SECOND, causes=(ERRORS,))
    tell("rollBack", "churn-3", BACK, revision=SECOND, causes=(FAILED,))
    tell("finish", "churn-3", GONE, revision=SECOND)
    tell("train", RUN, Position("Queued"))
    tell("suppress", "drifted@1800400001", Position("Suppressed"), reason="the run is open")
    tell("advance", RUN, Position("Training"))
    tell("advance", RUN, Position("Evaluating"), revision=THIRD)
    tell("advance", RUN, Position("Nominated"), revision=THIRD, causes=(OFFLINE,))
    tell("nominate", "churn-4", OFF, revision=THIRD, run=RUN)
    tell("reject", "churn-4", Position("Rejected"), revision=THIRD, causes=(OFFLINE._replace(verdict="Fail"),))
    tell("nominate", "churn-5", OFF, revision=SECOND, request="retry-it", reason="Try it again.")
    tell("withdraw", "churn-5", BACK, revision=SECOND, reason="Git went back to what serves")
    tell("finish", "churn-5", GONE, revision=SECOND)
    tell("answer", request="late", reason="stale: that rollout is not open")
    tell("train", "request@train-it", Position("Queued"), request="train-it")
    tell("finish", "request@train-it", Position("Rejected"), reason="the training failed")
    tell("nominate", revision=FIRST, reason="it serves already")
    tell("adopt", revision=FIRST, reason="created again")
    tell("retire", reason="onDelete: remove")
    tell("checkpoint", checkpoint=CHECKPOINT)
    return told


CHECKPOINT = Checkpoint(
    FIRST,
    FIRST,
    (SECOND, THIRD),
    (("late", START + 0.5),),
    START,
    (("weekly", START),),
    (START, START + 3600),
)
