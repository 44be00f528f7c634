"""The actions that generated workflows use: each by the commit of a release, with the release's name beside it."""

from __future__ import annotations

from typing import Final

from lifespec_compiler.manifest import Noted

CHECKOUT: Final = Noted("actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1")
SETUP_PYTHON: Final = Noted("actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97", "v7.0.0")
UPLOAD_ARTIFACT: Final = Noted("actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f", "v7.0.0")
DOWNLOAD_ARTIFACT: Final = Noted("actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c", "v8.0.1")

RUNNER: Final = "ubuntu-24.04"
PYTHON: Final = "3.13"
