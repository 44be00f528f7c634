"""The models of a run: which part each plays in the script, and what is true of it therefore."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from lifespec_compiler.engine.values import Revision

from .levels import State, settle
from .nominating import digest_of
from .reports import known_offline_report
from .script import Script, Truths
from .truth import Truth

Part = Literal["stable", "candidate", "retrained"]
_STABLE: Final = ("model", "stable")
_CANDIDATE: Final = ("model", "candidate")


class Models:
    """All that are known so far."""

    def __init__(self, script: Script) -> None:
        plan = script.plan
        version = plan.spec.model_version
        named = version.digest if version is not None else digest_of(plan.name, *_CANDIDATE)
        self._script = script
        self.stable = Revision(digest_of(plan.name, *_STABLE), plan.hashes.serving)
        self.candidate = Revision(named, plan.hashes.serving)
        """The first one."""
        self.parts: dict[Revision, Part] = {self.stable: "stable", self.candidate: "candidate"}

    def revision(self, *names: object) -> Revision:
        """A model that was never trained, by what it is called."""
        plan = self._script.plan
        return Revision(digest_of(plan.name, *names), plan.hashes.serving)

    def truth(self, revision: Revision, now: float) -> Truth:
        """What is true of a model that was trained just now, before it is settled."""
        spec, part = self._script.scenario.spec, self.parts[revision]
        behaviour = {"stable": None, "candidate": spec.candidate, "retrained": spec.retrained}[part]
        finds = behaviour.offline if behaviour is not None and behaviour.offline else "passes"
        return Truth(trained_at=now, offline=known_offline_report(self._script.plan, revision, finds))

    def settle(self, truths: Mapping[Revision, Truth], now: Truths) -> None:
        """Make true what the script says."""
        states: dict[Part, State] = {"stable": now.stable, "candidate": now.candidate, "retrained": now.retrained}
        first = self._script.scenario.spec.deployed == "nothing"
        for revision, part in self.parts.items():
            alone = part == "stable" or first
            settle(truths[revision], states[part], self._script.facts, None if alone else now.stable)
