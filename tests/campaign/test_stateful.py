"""Hypothesis looks for a sequence of faults and looks that breaks a rule, and makes it as short as it can."""

from __future__ import annotations

from random import Random

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from campaign.faults import FAULTS, strike
from campaign.plans import MODELS, POLICIES, planned
from campaign.reality import renominate
from campaign.run import begun, serving

BY_NAME = {fault.name: fault for fault in FAULTS}


class Lifecycle(RuleBasedStateMachine):
    """The rules are judged on every write, by the observer; the end is judged in `teardown`."""

    @initialize(
        policy=st.sampled_from(list(POLICIES)),
        model=st.sampled_from(MODELS[1:]),
        seed=st.integers(0, 99),
        new=st.booleans(),
    )
    def begins(self, policy, model, seed, new):
        self.random = Random(seed)
        self.run = begun(planned(model, policy), seed=seed) if new else serving(seed=seed)
        renominate(self.run.reality, model, policy)
        self.faults = 0

    @rule(ticks=st.integers(1, 8))
    def time_passes(self, ticks):
        self.run.ticking(ticks)

    @precondition(lambda self: self.faults < 8)
    @rule(name=st.sampled_from(list(BY_NAME)))
    def goes_wrong(self, name):
        self.faults += 1
        strike(self.run, BY_NAME[name], self.random)

    def teardown(self):
        if hasattr(self, "run"):
            self.run.finish()


TestLifecycle = Lifecycle.TestCase
TestLifecycle.settings = settings(max_examples=60, stateful_step_count=14, deadline=None)
