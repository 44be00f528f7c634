"""Grafana's own typed models are the judge: what they do not know comes back from them missing or changed."""

from __future__ import annotations

import json

import pytest

from leaves.witnesses import VARIANTS

OF_THE_PLUGIN = {"step", "titleFormat", "textFormat", "useValueForTime"}
"""What Prometheus' own annotations have, which the models of dashboards leave to it."""


@pytest.fixture(scope="session")
def decoded(judge):
    """`decoded(kind, content)`: the content, read and written again by the model of a kind."""
    judge("grafana-foundation-sdk")
    from grafana_foundation_sdk.cog import plugins
    from grafana_foundation_sdk.cog.encoder import JSONEncoder
    from grafana_foundation_sdk.models import dashboard

    plugins.register_default_plugins()

    def again(kind, content):
        return json.loads(json.dumps(getattr(dashboard, kind).from_json(content), cls=JSONEncoder))

    return again


@pytest.fixture(scope="session")
def panel_types(judge):
    judge("grafana-foundation-sdk")
    from grafana_foundation_sdk.cog import plugins, runtime

    plugins.register_default_plugins()
    return runtime.panelcfg_config


def lost(ours, theirs, path=""):
    """What of ours is not in theirs; theirs may have more, the defaults."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return [each for key, value in ours.items() for each in lost(value, theirs.get(key, ...), f"{path}.{key}")]
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        return [
            each for index, pair in enumerate(zip(ours, theirs, strict=True)) for each in lost(*pair, f"{path}.{index}")
        ]
    return [] if ours == theirs and type(ours) is type(theirs) else [path]


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_panel_and_every_field_of_it_is_known(variant, dashboard, decoded, panel_types):
    for panel in dashboard(of=variant).panels:
        if panel["type"] == "row":
            assert lost(panel, decoded("RowPanel", panel)) == []
        else:
            assert panel_types(panel["type"]) is not None, panel["type"]
            assert lost(panel, decoded("Panel", panel)) == [], panel["title"]


@pytest.mark.parametrize("variant", VARIANTS)
def test_everything_around_the_panels_is_known(variant, dashboard, decoded):
    found = dashboard(of=variant).json
    for mark in found["annotations"]["list"]:
        for key in OF_THE_PLUGIN:
            del mark[key]
    # Later than the models: what the query of a variable was written as, for the editor.
    for variable in found["templating"]["list"]:
        variable.pop("definition", None)
    assert lost(found, decoded("Dashboard", found)) == []


@pytest.mark.parametrize(
    ("change", "path"),
    [
        pytest.param({"fieldConfig": {"defaults": {"unti": "s"}}}, ".fieldConfig.defaults.unti", id="a field's name"),
        pytest.param({"options": {"legnd": {}}}, ".options.legnd", id="an option's name"),
        pytest.param({"targets": [{"exrp": "up"}]}, ".targets.0.exrp", id="a query's name"),
        pytest.param({"grid": {}}, ".grid", id="a panel's field"),
        pytest.param(
            {"fieldConfig": {"defaults": {"custom": {"lineWdth": 1}}}},
            ".fieldConfig.defaults.custom.lineWdth",
            id="a field of the kind of panel",
        ),
    ],
)
def test_a_misspelt_field_is_seen(change, path, decoded):
    panel = {"type": "timeseries", "datasource": {"type": "prometheus"}, **change}
    assert lost(panel, decoded("Panel", panel)) == [path]


def test_a_kind_of_panel_that_is_not_there_is_seen(panel_types):
    assert panel_types("timeseriez") is None


def test_every_matcher_and_property_of_an_override_is_one_of_grafanas(dashboard):
    """The models leave these open."""
    overrides = [
        override
        for panel in dashboard().panels
        if panel["type"] not in ("row", "text")
        for override in panel["fieldConfig"]["overrides"]
    ]
    assert {override["matcher"]["id"] for override in overrides} == {"byFrameRefID"}
    properties = {each["id"] for override in overrides for each in override["properties"]}
    assert properties == {"color", "custom.lineStyle", "thresholds"}


def test_every_unit_is_one_of_grafanas(dashboard, judge):
    judge("grafana-foundation-sdk")
    from grafana_foundation_sdk.models import units

    known = {value for name, value in vars(units).items() if not name.startswith("_")}
    panels = [panel for panel in dashboard().panels if panel["type"] not in ("row", "text")]
    used = {panel["fieldConfig"]["defaults"]["unit"] for panel in panels}
    assert used <= known | {"none"}
