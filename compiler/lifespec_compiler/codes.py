"""What planning and compiling can report besides the rules, each finding id in one line."""

from __future__ import annotations

from typing import Final

CODES: Final = {
    "after-across-clusters": "an environment comes after one in another cluster, whose decisions no agent can read",
    "ambiguous-column": "several sources have the column, and the reference does not say which is meant",
    "contract-overridden": "a source writes what its data contract says already",
    "dangling-model-version": "a model version belongs to a lifecycle that is not beside it",
    "duplicate-lifecycle": "two lifecycles have one name in one namespace",
    "duplicate-name": "two things have one name, so that nobody could tell which is meant",
    "idle-join": "the source that holds the label is joined to another one, though the model's rows are its own",
    "idle-runner": "nobody trains a model, or not on every trigger: CI is to, and cannot yet",
    "incomparable-raters": "two raters' labels cannot be held against each other, row by row",
    "join-of-many-rows": "a join's columns do not tell the rows of its source apart, so that several could be meant",
    "join-type-mismatch": "the columns of a join have different types, and can never be equal",
    "missing-contract": "a data contract, or the schema object meant in it, is not there",
    "missing-platform-fact": "a target needs a fact of the platform that the project file does not say",
    "no-requests": "recorded metrics of requests are to be replayed to a model that scores in batches",
    "no-such-parameter": "a metric does not have the parameter, or not with this value",
    "not-honoured": "no chosen target does anything with a field",
    "outside-the-repository": "a system takes a fact from its own settings, so that somebody has to put it there",
    "pending-target": "a target that the project names has not landed in lifespec",
    "policy-too-large": "what candidates are judged by is longer than a decision has room for: no rollout could begin",
    "reserved-variable": "an environment variable has a name that lifespec sets itself",
    "shared-namespace": "two environments are one namespace of one cluster",
    "two-model-versions": "two model versions are nominated for one lifecycle",
    "unknown-baseline": "a check compares with a baseline that is not there",
    "unknown-column": "a column is in none of the sources",
    "unknown-environment": "an environment is not one of the project's, or not an earlier one",
    "unknown-kind": "a document is of a kind that the language does not have",
    "unknown-metric": "a metric is neither in the catalog nor in `spec.metrics`",
    "unjoined-source": "a source is used, and nothing says which of its rows belongs to a row of the model",
    "unknown-source": "a source is joined to one that is not there",
    "unknown-traffic": "a spec is to be simulated, and does not say how many requests there are",
    "unknown-version": "a document is written in a version of the language that does not exist",
    "unused-project": "a project file stands elsewhere than at the root of the repository",
    "unsupported-value": "a chosen target cannot do what a value asks for",
}
"""Finding id -> what is wrong."""
