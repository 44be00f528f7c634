"""What can go wrong with the API server, by code, and how it is told."""

from __future__ import annotations

from typing import Final

CODES: Final = {
    "cluster-conflict": "another report has the name that this one would have",
    "cluster-invalid": "the API server does not accept what is to be written",
    "cluster-no-account": "there is no service account to act as: this is no pod, or its token is not mounted",
    "cluster-no-lifecycle": "the cluster has no lifecycle that the report could be of",
    "cluster-refused": "the service account may not do what is asked of it",
    "cluster-unreachable": "the API server does not answer, after all tries",
}
"""Code -> what is wrong."""


class ClusterError(Exception):
    """A request that came to nothing. Neither its text nor its help holds a token."""

    def __init__(self, code: str, message: str, help_text: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.help = help_text
