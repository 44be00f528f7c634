"""The names of generated objects: the same for the same parts, different for different ones, and never too long."""

from __future__ import annotations

import hashlib

LONGEST_LABEL = 63
"""What DNS labels, and so Services, and label values may have."""

LONGEST_CRON_JOB = 52
"""Kubernetes appends eleven characters to a CronJob's name for each of its Jobs."""

_HASH = 8


def derived(name: str, suffix: str, limit: int = LONGEST_LABEL) -> str:
    """`name-suffix`, cut and told apart by a hash where that is too long.

    Different names give different results only as long as the suffix is one of a few fixed words, none of which ends
    with another: with two free parts, `a-b` + `c` and `a` + `b-c` would meet; `joined` is for those.
    """
    plain = f"{name}-{suffix}"
    return plain if len(plain) <= limit else joined(name, suffix, limit=limit)


def joined(*parts: str, limit: int = LONGEST_LABEL) -> str:
    """All parts, made fit for a DNS label, with a hash that tells apart what the joining confuses."""
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:_HASH]
    plain = "-".join(part.lower().replace("_", "-").replace(".", "-") for part in parts)
    return f"{plain[: limit - _HASH - 1].rstrip('-')}-{digest}"


def service(lifecycle: str, suffix: str = "") -> str:
    """The name of a Service, which unlike other names must begin with a letter."""
    if not lifecycle[0].isalpha():
        return joined("model", lifecycle, suffix)
    return derived(lifecycle, suffix) if suffix else lifecycle
