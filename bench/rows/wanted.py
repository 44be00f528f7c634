"""What the rules of `lifecycle.yaml` ask for, as the peers need it."""

from __future__ import annotations

COUNTRIES = {"AT", "BE", "CH", "DE", "DK", "ES", "FI", "FR", "IE", "IT", "NL", "PL", "PT", "SE"}
PLANS = {"basic", "plus", "pro"}
EMAIL = r"[a-z0-9.]+@[a-z0-9.-]+\.[a-z]{2,}"
CODE = "[A-Z]{2}-[0-9]+"
