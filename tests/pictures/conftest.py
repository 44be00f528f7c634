from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from judges.browsers import surroundings
from judges.npm_packages import node
from lifespec_runtime.simulation.mermaid import gantt
from lifespec_runtime.simulation.story import story
from lifespec_runtime.simulation.svg import svg
from lifespec_runtime.simulation.table import asked, rows
from recordings import BY_HAND, answers, planned

LOOK = Path(__file__).with_name("look.mjs")


def looked_at(judge: Any, **wanted: Any) -> dict[str, Any]:
    """What a browser sees."""
    browser, mermaid = judge("chromium"), judge("mermaid")
    told = {"packages": str(mermaid.path.parents[2]), "mermaid": str(mermaid.path), "browser": str(browser.path)}
    told |= {"environment": surroundings(browser.path), **wanted}
    done = subprocess.run([node(), LOOK], input=json.dumps(told), capture_output=True, encoding="utf-8", check=False)
    assert not done.returncode, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="session")
def seen_pictures(judge, tmp_path_factory):
    """What a browser sees of every picture, by name and scheme."""
    folder = tmp_path_factory.mktemp("pictures")
    looks = {}
    for name, made in BY_HAND.items():
        simulation = made()
        found = answers(bad=simulation.candidate_is_bad)
        told = story(planned(), simulation, about="The candidate fails a little more often with every hour.")
        (folder / f"{name}.svg").write_bytes(svg(told, rows(found), asked(found), found.assumptions).encode())
        for scheme in ("light", "dark"):
            picture = str(folder / f"{name}-{scheme}.png")
            looks[name, scheme] = {"file": str(folder / f"{name}.svg"), "scheme": scheme, "picture": picture}
    return dict(zip(looks, looked_at(judge, pictures=[*looks.values()])["pictures"], strict=True))


@pytest.fixture(scope="session")
def drawn_charts(judge):
    """What Mermaid makes of every chart, by name."""
    charts = {name: gantt(story(planned(), made())) for name, made in BY_HAND.items()}
    return dict(zip(charts, looked_at(judge, charts=[*charts.values()])["charts"], strict=True))
