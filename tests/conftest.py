"""What all tests share: the judges, the golden files, and how hypothesis searches."""

from __future__ import annotations

import os
import signal

from hypothesis import settings

pytest_plugins = ["campaign.plugin", "controlplane.plugin", "goldens", "judges.plugin"]

# A test sees what a command does, not what it remembers, unless it asks for that.
os.environ["LIFESPEC_CACHE"] = "off"

# A job in the background is started with interrupts ignored, and so would be every command that the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)

# No test is timed. CI searches the same examples every time: a red build means that the change is at fault.
settings.register_profile("lifespec", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("lifespec")
