"""The dashboard of one lifecycle in one environment."""

from __future__ import annotations

import hashlib

from lifespec_compiler.plan import Plan
from lifespec_compiler.series import CANDIDATE_WEIGHT, ROLLBACKS, STABLE_SINCE, Series
from lifespec_compiler.targets.prometheus.promql import selector

from . import about, checks, objectives, overview, traffic, training, watching
from .layout import placed
from .links import links
from .panels import SOURCE, Json

SCHEMA_VERSION = 42
"""Of Grafana's classic dashboards, the form that every Grafana reads from files."""

STEP = "1m"
BEFORE = f" offset {STEP}"


def dashboard(plan: Plan) -> Json:
    """The dashboard as Grafana stores it."""
    sections = [
        overview.section(plan),
        objectives.section(plan),
        *traffic.sections(plan),
        checks.section(plan),
        watching.monitors(plan),
        watching.data(plan),
        training.section(plan),
        about.section(plan),
    ]
    return {
        "uid": uid(plan),
        "title": f"{plan.namespace}/{plan.name} in {plan.environment}",
        "description": f"Version {plan.spec.version} of the spec. `lifespec compile` writes this: change the spec.",
        "tags": ["lifespec", plan.environment, plan.spec.owner.team],
        "schemaVersion": SCHEMA_VERSION,
        "editable": True,
        "graphTooltip": 1,
        "timezone": "browser",
        "time": {"from": "now-24h", "to": "now"},
        "refresh": "1m",
        "links": links(plan),
        "annotations": {"list": marks(plan)},
        "templating": {"list": variables(plan)},
        "panels": placed(sections),
    }


def uid(plan: Plan) -> str:
    """Under which the dashboard stays the same when it is compiled again; Grafana takes at most 40 characters."""
    parts = f"{plan.environment}/{plan.namespace}/{plan.name}"
    return f"lifespec-{hashlib.sha256(parts.encode()).hexdigest()[:24]}"


def variables(plan: Plan) -> list[Json]:
    """The choice of the Prometheus, and, out of sight, the revisions that queries of the team's own are asked for."""
    source = {
        "type": "datasource",
        "name": "datasource",
        "label": "Prometheus",
        "hide": 0,
        "query": "prometheus",
        "refresh": 1,
        "regex": "",
        "multi": False,
        "includeAll": False,
        "skipUrlSync": False,
        "current": {},
        "options": [],
    }
    return [source, _revision(plan, "stable", STABLE_SINCE), _revision(plan, "candidate", CANDIDATE_WEIGHT)]


def marks(plan: Plan) -> list[Json]:
    """Marks in every graph: promotions, raises of the candidate's traffic, rollbacks."""
    stable, was_stable = (f"max by (revision) ({selector(plan, STABLE_SINCE)}{before})" for before in ("", BEFORE))
    weight, old_weight = (f"max by (revision) ({selector(plan, CANDIDATE_WEIGHT)}{before})" for before in ("", BEFORE))
    back = f"sum by (cause) (increase({selector(plan, ROLLBACKS)}[{STEP}])) > 0"
    return [
        _annotation("Promotions", "green", f"{stable} unless {was_stable}", "stable is {{revision}}"),
        _annotation(
            "Raises",
            "blue",
            f"({weight} > {old_weight}) or (({weight} > 0) unless {old_weight})",
            "candidate {{revision}} gets more traffic",
        ),
        _annotation("Rollbacks", "red", back, "rolled back by {{cause}}"),
    ]


def _annotation(name: str, color: str, expr: str, told: str) -> Json:
    return {
        "name": name,
        "datasource": SOURCE,
        "enable": True,
        "hide": False,
        "iconColor": color,
        "expr": expr,
        "step": STEP,
        "titleFormat": told,
        "textFormat": "",
        "useValueForTime": False,
    }


def _revision(plan: Plan, name: str, series: Series) -> Json:
    query = f"label_values({selector(plan, series)}, revision)"
    return {
        "type": "query",
        "name": name,
        "hide": 2,
        "datasource": SOURCE,
        "query": {"query": query, "refId": "PrometheusVariableQueryEditor-VariableQuery"},
        "definition": query,
        "refresh": 2,
        "regex": "",
        "sort": 0,
        "multi": False,
        "includeAll": False,
        "skipUrlSync": True,
        "current": {},
        "options": [],
    }
