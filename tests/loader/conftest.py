from __future__ import annotations

from collections.abc import Callable

import pytest

from lifespec_schema.findings import Span
from lifespec_schema.loader import read

Findings = list[tuple[str, int, int]]


@pytest.fixture
def rules_found() -> Callable[[str | bytes], Findings]:
    """`rules_found(text)` is what `read` reports: rule, line and column of each finding, in order."""

    def find(text: str | bytes) -> Findings:
        _, findings = read("spec.yaml", text.encode() if isinstance(text, str) else text)
        spans = [finding.place.span for finding in findings]
        assert all(isinstance(span, Span) for span in spans)
        return [(finding.rule, span.line, span.column) for finding, span in zip(findings, spans, strict=True) if span]

    return find
