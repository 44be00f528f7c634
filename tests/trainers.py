"""Trainers for tests: the one of the documentation, and others that do not keep the contract."""

from __future__ import annotations

import re
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1] / "docs" / "measuring" / "models.md"
COMPLETE = re.findall(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)[-1]
"""The complete trainer of docs/measuring/models.md."""

BEGINNING = """
import json, os, sys
from pathlib import Path
import pyarrow as pa, pyarrow.parquet as pq
config = json.loads(Path(os.environ["LIFESPEC_CONFIG"]).read_text())
output = Path(config["output"])
"""
WRITES_A_MODEL = """
(output / "model").mkdir()
(output / "model" / "weights").write_text(json.dumps(config["parameters"]))
(output / "metadata.json").write_text('{"format": "pickle"}')
"""


def trainer(folder: Path, train: str, predict: str = "sys.exit('cannot predict')") -> list[str]:
    """The command of a trainer that does this when it is to train, and that when it is to predict."""
    return script(folder, f"{BEGINNING}\nif config['task'] == 'train':{_inside(train)}\nelse:{_inside(predict)}\n")


def script(folder: Path, text: str) -> list[str]:
    """The command of a script."""
    (folder / "train.py").write_text(text, encoding="utf-8")
    return [sys.executable, "train.py"]


def _inside(code: str) -> str:
    return "".join(f"\n    {line}" for line in code.strip().splitlines()) or "\n    pass"
