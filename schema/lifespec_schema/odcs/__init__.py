"""Data contracts in the Open Data Contract Standard, read as sources of the language.

The tables of the standard's fields are in `standard` and `server_types`; whatever is in none of them is reported, and
so is everything that the standard allows and lifespec does not do.
"""

from __future__ import annotations

from .contract import ContractSource, contract_sources

__all__ = ["ContractSource", "contract_sources"]
