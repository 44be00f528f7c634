from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from editor.language_server import LanguageServer
from judges.npm_packages import node
from lifespec_schema.export.json_schema import json_schemas

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def repository(tmp_path_factory) -> Path:
    """A user's repository: the example specs, and the schemas where `lifespec init` writes them."""
    folder = tmp_path_factory.mktemp("repository")
    shutil.copytree(ROOT / "specs", folder / "specs", ignore=shutil.ignore_patterns(".data", ".models", "__pycache__"))
    shutil.copy(ROOT / "lifespec.yaml", folder)
    (folder / ".lifespec").mkdir()
    for name, schema in json_schemas().items():
        (folder / ".lifespec" / name).write_text(json.dumps(schema), "utf-8")
    return folder


@pytest.fixture(scope="module")
def start(judge):
    """`start(folder, settings)` is a running server, as the editors start it."""
    server = judge("yaml-language-server").path
    return lambda folder, settings=None: LanguageServer([str(node()), str(server)], folder, settings)


@pytest.fixture(scope="module")
def server(repository, start):
    """The server with the schemas of the modelines alone."""
    with start(repository) as running:
        yield running
