"""The runbook: for each alert what it means, where to look and what to do. `docs/alerts.md` is made from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from . import kinds


class Section(NamedTuple):
    """What the runbook says of one alert, in Markdown."""

    means: str
    look: Sequence[str]
    do: Sequence[str]


INTRODUCTION: Final = """\
`lifespec compile` with the target `prometheus` writes, for each lifecycle and environment, the same rules twice: as
a `PrometheusRule` beside a `PodMonitor` and an `AlertmanagerConfig` in the folder `apply`, for the Prometheus
operator, and as the plain file `rules.yaml`. `<environment>/alertmanager.yaml` holds the routes as plain
configuration. With the operator, check that its `ruleSelector`, `podMonitorSelector` and
`alertmanagerConfigSelector` select these objects in their namespaces; some charts ask for a label, which a
kustomization of yours can add. Without the operator, list `rules.yaml` under `rule_files`, and relabel what you
scrape so that `namespace` and `lifecycle` are labels of every series.

Every alert carries the labels `severity`, `team`, `namespace`, `lifecycle` and `environment`, and says in its
annotations who owns the model (`owner`), which place of the spec it comes from (`spec_path`), and which section of
this page is about it (`runbook_url`).

**Severities.** `page` wakes somebody; `ticket` waits for working hours. Monitors and objectives have the severity
that `monitoring.alerts` gives them; one that is not named there raises no alert of its own. Requests that are missing
page where an objective does. All other alerts have a fixed severity.

**Receivers.** An owner `growth-ml` gets its pages at the receiver `growth-ml-page` and its tickets at
`growth-ml-ticket`; a step of `owner.escalation` goes to the receiver that its `to` names. The `AlertmanagerConfig`
calls webhooks whose addresses lie in the Secret `alert-receivers` of the namespace, one key for each receiver:

```
kubectl create secret generic alert-receivers --namespace growth \\
  --from-literal=growth-ml-page=https://pager.example.com/growth \\
  --from-literal=growth-ml-ticket=https://tickets.example.com/growth
```

Until that Secret is there, the operator leaves the object out and says so in its events. A name that no key may have
gets one of its own, which `alert-routes.yaml` shows. For plain configuration, define receivers of these names.

**Error budgets.** An objective of 99.9% over 30 days may have 0.1% bad requests. It pages when the budget burns
14.4 times as fast as it may over both an hour and 5 minutes (2% of the budget), or 6 times over 6 hours and 30
minutes (5%), and opens a ticket at 3 times over a day and 2 hours, or 1 time over 3 days and 6 hours (10% each): the
windows of the Site Reliability Workbook. For another window than 30 days their lengths scale with it, down to 2
minutes. Requests that are mirrored to a candidate in shadow count for nobody. Prometheus must keep at least the
objective's window of data.
"""

SECTIONS: Final[Mapping[str, Section]] = {
    kinds.MONITOR_BREACHED: Section(
        means="The newest verdict of the monitor in the label `monitor` is Fail. Data and prediction monitors say that"
        " something has changed, not that the model is wrong; a concept monitor says that it is wrong more often.",
        look=[
            "`lifespec status` and `lifespec why` show the value, the number of rows, the interval and the threshold.",
            "`lifespec_monitor_value` by `column` shows which columns moved, and since when.",
            "Whether a data source changed at that time: its contract, its owner, its freshness.",
            "Whether a rollout ended shortly before: a monitor with `reference: previous` sees every new model.",
        ],
        do=[
            "Broken data: have it mended at its source; do not retrain on it.",
            "The world has changed: retrain (`lifespec retrain`), if no trigger has done so already.",
            "Nothing of either, again and again: the threshold is below the noise; `lifespec lint` says what it needs.",
        ],
    ),
    kinds.MONITOR_REPORT_STALE: Section(
        means="The monitor ran once, but its last two runs have brought no report. Whether it would fail is unknown.",
        look=[
            "The CronJob of the monitor and its newest Job: did it start, and why did it fail?",
            "Whether the prediction log has new rows and can be read with its Secret.",
        ],
        do=[
            "Mend what the Job's log names; the next run reports by itself.",
            "No rows at all: look for the model server's log writer.",
        ],
    ),
    kinds.MONITOR_REPORT_ABSENT: Section(
        means="The agent runs, but this monitor has never reported since. A trigger on it can never fire.",
        look=[
            "Whether the CronJob exists and was ever scheduled.",
            "Whether the log has a full window yet: a monitor over 30 days cannot report before.",
        ],
        do=["Apply the generated manifests again if the CronJob is missing, else mend what its Job's log names."],
    ),
    kinds.MODEL_STALE: Section(
        means="The model that serves is older than two of its scheduled retrainings and a rollout allow: at least two"
        " trainings in a row did not start, failed, were rejected by a gate, or wait for a person.",
        look=["`lifespec why` lists the last runs and how each ended.", "Open pull requests of nominations."],
        do=[
            "Failed or never started: mend the training Job.",
            "Rejected each time: the gates hold back what the data now gives; look at the offline report.",
            "Waiting: approve, or close with a reason.",
        ],
    ),
    kinds.DATA_STALE: Section(
        means="The newest row of the source in the label `source` is older than its contract's freshness. Trainings"
        " and features computed from it are as old.",
        look=["The pipeline that writes the source.", "The source's owner, as its contract names it."],
        do=[
            "Ask the owner; retraining waits by itself, because the data check fails.",
            "Served features come from it too: consider `lifespec pause` for an open rollout, whose verdicts it skews.",
        ],
    ),
    kinds.DATA_AGE_ABSENT: Section(
        means="No check of the data has told how old the source is, although the agent runs.",
        look=["The CronJob of `lifespec check-data` and its newest Job."],
        do=["Mend what the Job's log names: mostly a Secret, an address, or a column that is gone."],
    ),
    kinds.BUDGET_BURNS_FAST: Section(
        means="Callers get errors, or slow answers, so often that the objective's error budget will be gone in hours or"
        " a few days. Both a long and a short window say so: it is happening now.",
        look=[
            "Requests and errors by `revision`: is it the candidate, stable, or both?",
            "Pods that restart, wait, or were throttled; the autoscaler at its maximum.",
            "What was rolled out in the last hour, here and at the features' store.",
        ],
        do=[
            "Only the candidate: `lifespec abort`; the guards should do so by themselves.",
            "Stable too: scale up, or roll back what changed around it.",
            "The servers answer nothing sensible: route to the fallback, if the spec has one.",
        ],
    ),
    kinds.BUDGET_BURNS_SLOWLY: Section(
        means="The share of bad requests is small, but steady enough to use up the budget before its window is over.",
        look=[
            "The same as for a fast burn, over days instead of hours.",
            "Errors by code; slow answers by hour of day.",
        ],
        do=[
            "Mend the cause in working hours, before the budget is gone.",
            "The objective was never met: agree on another target with those who call the model.",
        ],
    ),
    kinds.REQUESTS_ABSENT: Section(
        means="No server exports `lifespec_requests_total` although a model is to serve. Either nobody serves, or"
        " nobody scrapes. Guards and gates have no data, so nothing is promoted.",
        look=[
            "`kubectl get pods -l lifespec.dev/lifecycle=<name>`: do servers run?",
            "Prometheus' targets: is the PodMonitor picked up?",
            "The network policy: it lets in the namespace of the environment's `prometheus` in lifespec.yaml.",
            "`/metrics` of a pod, asked directly.",
        ],
        do=[
            "No pods: an outage; get stable back first.",
            "Pods but no series: mend the scrape, or the server's metrics.",
        ],
    ),
    kinds.LATENCY_BUCKET_ABSENT: Section(
        means="The servers' histogram has no bucket that ends at the objective's threshold, so the share of answers in"
        " time is unknown and the objective's other alerts cannot fire.",
        look=["The `le` labels of `lifespec_request_seconds_bucket`."],
        do=["Add the threshold to the server's buckets, or move the objective's threshold to one that exists."],
    ),
    kinds.ROLLOUT_HELD: Section(
        means="A rollout waits for a person: a check stayed undecided until its timeout, had no data, or asks for an"
        " answer. The traffic stays as it is, and guards go on watching.",
        look=["`lifespec status` names the check and what it lacks; `lifespec why` the decisions so far."],
        do=["`lifespec resume`, `lifespec abort`, or `lifespec approve`, with a reason."],
    ),
    kinds.BOOTSTRAP_HELD: Section(
        means="A candidate has all of the traffic and its rollout is held: a first model that failed a guard, with no"
        " stable revision to go back to. Users get its answers until somebody acts.",
        look=["`lifespec why`: which guard failed, by how much.", "Errors and latency of the revision."],
        do=[
            "Harmful: switch callers to what they did before the model, or to the spec's constant fallback.",
            "Bearable: nominate a better version; `lifespec abort` records that this one is given up.",
        ],
    ),
    kinds.ROLLED_BACK: Section(
        means="A candidate with live traffic failed the check in the label `cause` and was rolled back. Stable serves"
        " all requests. The revision does not come back by itself.",
        look=[
            "`lifespec why`: value, threshold and window of the check.",
            "Whether stable got worse at the same time.",
        ],
        do=[
            "Stable got worse too: the cause lies elsewhere; `lifespec retry` when it is mended.",
            "Only the candidate: find out what the offline gates did not see, and add a gate that does.",
        ],
    ),
    kinds.CHECK_ERROR: Section(
        means="A check has ended in Error for half an hour: its query fails, or answers what cannot be judged. Nothing"
        " is promoted meanwhile.",
        look=[
            "The agent's log and `lifespec why` for the message.",
            "The metric's query, asked of Prometheus directly.",
        ],
        do=["Mend the query, the metric, or the way to Prometheus; the check is made again by itself."],
    ),
    kinds.ROLLOUT_UNGUARDED: Section(
        means="A rollout was open with live traffic when the agent was last seen, and no agent has looked at it for ten"
        " minutes. The candidate keeps its share of the traffic, and no guard would take it away.",
        look=["The agent's pod: does it run, restart, hang?", "Errors and latency of the candidate's revision."],
        do=[
            "Get the agent back: it resumes from the ledger.",
            "The candidate does harm meanwhile: `lifespec abort` lowers the weight itself while no agent does.",
        ],
    ),
    kinds.AGENT_NOT_RECONCILING: Section(
        means="The agent is scraped, but has not looked at this lifecycle for ten minutes: its watch is dead, its queue"
        " is stuck, or the object makes it fail each time.",
        look=["The agent's log, filtered by the lifecycle's name.", "`/healthz` of the agent.", "The API server."],
        do=[
            "Restart the agent: all of its state is in the ledger.",
            "One object only: its conditions say what is wrong.",
        ],
    ),
    kinds.AGENT_ABSENT: Section(
        means="No agent exports anything about this lifecycle. Drift, staleness and rollouts are not known either.",
        look=[
            "The Deployment `lifespec-agent` in the namespace.",
            "Prometheus' targets: is the agent's PodMonitor picked up?",
        ],
        do=["Apply the namespace's folder `agent` again, or mend the scrape."],
    ),
    kinds.UNANSWERED: Section(
        means="The alert in the label `raised` was sent as a page and still fires after the time that the owner's"
        " escalation allows. Prometheus does not know whether somebody is on it, only that it has not ended.",
        look=["The section of the alert that was raised.", "Who is on call at the owner."],
        do=[
            "Somebody is on it: silence this lifecycle's `LifespecUnanswered` for as long as it will take.",
            "Nobody is: it is yours now.",
        ],
    ),
}


def page() -> str:
    """The whole runbook as Markdown."""
    index = [f"- [{kind}](#{kind.lower()})" for kind in SECTIONS]
    blocks = ["# Alerts", INTRODUCTION.rstrip(), "\n".join(index), *map(_section, SECTIONS)]
    return "\n\n".join(blocks) + "\n"


def _section(kind: str) -> str:
    means, look, do = SECTIONS[kind]
    return "\n\n".join([f"## {kind}", means, f"Look at:\n\n{_list(look)}", f"Do:\n\n{_list(do)}"])


def _list(items: Sequence[str]) -> str:
    return "\n".join(f"- {item}" for item in items)
