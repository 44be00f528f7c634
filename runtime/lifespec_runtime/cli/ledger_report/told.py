"""What every format of `why` tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from lifespec_compiler.engine.values import Entry
from lifespec_compiler.plan import Plan
from lifespec_runtime.ledger.chain import Chain
from lifespec_runtime.ledger.checkout import Place, PlanNote
from lifespec_runtime.ledger.record import Subject


class Told(NamedTuple):
    """A chain, and what the checkout knows of it."""

    file: str
    subject: Subject
    chain: Chain
    places: Mapping[str, Place]
    """By the path of a bound."""
    plans: Mapping[str, PlanNote]
    """By plan hash, the newest first."""
    plan: Plan | None
    """The checkout's."""
    no_spec: str
    """Why nothing is compared with the spec; empty where it is here."""

    @property
    def decided(self) -> Entry:
        """The decision that was asked about."""
        return self.chain.entries[0]

    def plan_of(self, entry: Entry) -> Plan | None:
        """The plan that made a decision, where it is the checkout's."""
        return self.plan if self.plans[entry.plan_hash].is_here else None

    def sequences(self, plan_hash: str) -> str:
        """The decisions that a plan made, as people count them."""
        found = sorted(entry.sequence for entry in self.chain.entries if entry.plan_hash == plan_hash)
        if len(found) == 1:
            return f"decision {found[0]}"
        return f"decisions {found[0]} to {found[-1]}"
