"""Watches a store: tells the observer of what is written, and judges S8, S9 and the ledger's immutability."""

from __future__ import annotations

from lifespec_compiler.engine.observation import Route
from virtual.observer import Observer, Seen, ViolationError

from .plans import UID
from .reality import NAME, Reality, Server
from .store import Kinds, Write


class Guardian:
    """Judges every write as the store accepts it."""

    def __init__(self, reality: Reality, observer: Observer) -> None:
        self.reality = reality
        self.observer = observer
        self.writes = 0
        """By agents."""
        self.made: dict[str, int] = {}
        """How often each thing was created and deleted: Sieve's count."""
        self.uids: set[str] = {UID}
        reality.store.watchers.append(self)

    def __call__(self, write: Write) -> None:
        """Raises ViolationError."""
        thing = write.thing
        agent = write.actor.startswith("agent")
        if agent:
            self._rights(write)
        if write.verb == "create":
            self.reality.set_off(thing)
            if thing.kind == "lifecycle":
                self.uids.add(thing.owner)
            elif thing.kind == "request":
                self.observer.asked[thing.name] = (thing.body.verb, thing.body.rollout)
        if thing.kind == "route":
            before = write.before.body if write.before else Route()
            after = write.after.body if write.after else Route()
            if agent:
                self.observer.directed(before, after, _seen(write.seen, self.uids))
            self.reality.routed(before, after, by_agent=agent)
        elif agent:
            self._effect(write)

    def _rights(self, write: Write) -> None:
        self.writes += 1
        thing = write.thing
        self.made[f"{write.verb} {thing.kind}/{thing.name}"] = (
            self.made.get(f"{write.verb} {thing.kind}/{thing.name}", 0) + 1
        )
        if not write.guarded:
            raise ViolationError("S8", f"{write.verb} of {thing.kind}/{thing.name} without a precondition")
        if thing.owner not in self.uids:
            raise ViolationError("S9", f"{write.verb} of {thing.kind}/{thing.name}, which is somebody else's")

    def _effect(self, write: Write) -> None:
        thing, seen = write.thing, _seen(write.seen, self.uids)
        if thing.kind == "decision":
            if write.verb != "create" or thing.name != str(thing.body.sequence):
                raise ViolationError("S11", f"{write.verb} of a decision")
            self.observer.recorded(thing.body, seen)
        elif thing.kind == "server" and write.verb == "create":
            self.observer.deployed(thing.body.revision, seen)
        elif thing.kind == "server" and write.verb == "delete":
            self.observer.removed(thing.body.revision, self.reality.route, seen)
        elif thing.kind == "job" and write.verb == "create" and thing.name.startswith("train-"):
            self.observer.started(thing.body.run)
        elif thing.kind == "proposal":
            self.observer.proposed(thing.name)
        elif thing.kind == "lifecycle":
            self._let_go()

    def _let_go(self) -> None:
        """The finalizer goes: stable serves on, and nothing else is routed."""
        stable, route = self.observer.state.stable, self.reality.route
        if stable is None:
            return
        if route.stable != stable or route.weight or route.mirror or route.candidate is not None:
            raise ViolationError("L6", f"the deletion leaves the route {route}")
        if self.reality.standing(stable) is None:
            raise ViolationError("L6", "the deletion leaves stable without servers")


def _seen(kinds: Kinds, owners: set[str]) -> Seen:
    route = kinds.get("route", {}).get(NAME)
    servers = {
        thing.body.revision: thing.body.state
        for thing in kinds.get("server", {}).values()
        if thing.owner in owners and isinstance(thing.body, Server)
    }
    return Seen(len(kinds.get("decision", {})), route.body if route else Route(), servers)
