"""One self-contained HTML page of what was measured and judged, for people who decide."""

from __future__ import annotations

from .page import data_page, page

__all__ = ["data_page", "page"]
