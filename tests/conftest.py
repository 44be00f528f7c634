"""What all tests share: the judges, the golden files, and how hypothesis searches."""

from __future__ import annotations

import os

from hypothesis import settings

pytest_plugins = ["controlplane.plugin", "goldens", "judges.plugin"]

# A test sees what a command does, not what it remembers, unless it asks for that.
os.environ["LIFESPEC_CACHE"] = "off"

# No test is timed. CI searches the same examples every time: a red build means that the change is at fault.
settings.register_profile("lifespec", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("lifespec")
