"""What becomes of the agent's objects when their lifecycle is deleted.

Jobs and what belongs to them end with it: Kubernetes collects what names it as an owner. What serves goes on, so that
deleting a lifecycle is no outage: it only carries the lifecycle's UID, and the agent finds it by that.
"""

from __future__ import annotations

from lifespec_compiler.plan import Plan

from .metadata import API_VERSION, UID, Json


def owned(item: Json, plan: Plan, uid: str) -> Json:
    """The object, collected together with the lifecycle that has this UID.

    A lifecycle that is made again under the same name has another UID and owns nothing of the first one's.
    """
    owner = {"apiVersion": API_VERSION, "kind": "ModelLifecycle", "name": plan.name, "uid": uid, "controller": True}
    return {**item, "metadata": {**item["metadata"], "ownerReferences": [owner]}}


def marked(item: Json, uid: str) -> Json:
    """The object, known to belong to the lifecycle that has this UID, and outliving it."""
    described = item["metadata"]
    return {**item, "metadata": {**described, "labels": {**described["labels"], UID: uid}}}
