"""The engine: what a step costs beside a call that does nothing, and a rollout, a year and a long ledger."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from session import Bench

SCRIPT = Path(__file__).resolve().parent / "deciding/measure.py"


def engine(bench: Bench) -> None:
    """How fast the engine decides, and whether that stays so."""
    step, rollout, year, ledger = (_figures(bench, part) for part in ("step", "rollout", "year", "ledger"))
    bench.say("### The engine: `step(plan, history, seen, now)`", "")
    bench.say(
        f"A canary of 30 days with two guards and three gates, looked at every minute; {step['cases']} moments of it, "
        "each asked again and again, in turn with an empty function of the same arguments."
    )
    rows = [
        [name, f"{seconds * 1e6:.2f}", f"{1 / seconds:,.0f}"]
        for name, seconds in (("`step`", step["step"]), ("an empty function", step["floor"]))
    ]
    bench.table(["call", "CPU µs", "a second"], rows)
    bench.say(
        f"Simulated: {rollout['days']:.1f} days until it is {rollout['ending']}, {rollout['steps']:,} steps, in "
        f"{rollout['seconds']:.2f} s of CPU. A year of such rollouts, one after the other: {year['steps']:,} steps and "
        f"{year['entries']} entries in {year['seconds']:.1f} s; memory by month, in MiB: "
        f"{', '.join(f'{size / 2**20:.1f}' for size in year['months'])}.",
        "",
        "The same step after ledgers of growing length:",
    )
    rows = [
        [f"{each['entries']:,}", f"{each['step'] * 1e6:.1f}", f"{each['fold'] * 1e6:.1f}", f"{each['floor'] * 1e6:.2f}"]
        for each in ledger
    ]
    bench.table(["entries", "CPU µs of a step", "CPU µs of folding one entry", "CPU µs of the floor"], rows)
    months = year["months"]
    bars = [
        bench.bar("`step`, times a second", 1 / step["step"], 20_000, at_least=True),
        bench.bar("a simulated rollout of 30 days, CPU s", rollout["seconds"], 3),
        bench.bar("memory of the last month ÷ of the second", months[-1] / months[1], 1.05),
        bench.bar("a step after 100,000 entries ÷ after 10", ledger[-1]["step"] / ledger[0]["step"], 1.2),
    ]
    bench.table(["bar", "value", "bound", ""], bars)


def _figures(bench: Bench, part: str) -> Any:
    command = bench.python(str(SCRIPT), part)
    said = subprocess.run(command.arguments, cwd=command.folder, check=True, capture_output=True, text=True)
    return json.loads(said.stdout)
