"""What reading a document can report, each finding id in one line: YAML, the language, data contracts."""

from __future__ import annotations

from typing import Final

from lifespec_schema.loader.rules import LOADER_RULES

_LANGUAGE: Final = {
    "bad-commit": "a value is not a Git commit hash",
    "bad-cron": "a schedule is not one of five cron fields that Kubernetes reads",
    "bad-date": "a day or a span of days is not in the calendar",
    "bad-digest": "a digest is not `sha256:` and 64 lower-case hex digits",
    "bad-duration": "a length of time has no unit, or units out of order, or is not between 1 ms and 100 years",
    "bad-email": "a value is not an e-mail address",
    "bad-image": "an image is not named by its digest; a tag can be moved",
    "bad-name": "a name has characters that it may not have, or is too long",
    "bad-path": "a path is not one that stays inside the repository, or not one of HTTP",
    "bad-pattern": "a regular expression is not one that RE2 reads",
    "bad-quantity": "an amount is not written as Kubernetes writes it",
    "bad-ratio": "a share lies outside 0 to 1, or 0% to 100%, or a confidence at 50% or less",
    "bad-reference": "a value is neither a column nor `source.column`",
    "bad-threshold": "a bound does not fit the unit or the range of its metric",
    "bad-time-zone": "a value is not an IANA time zone",
    "bad-uri": "an address has no scheme, or not the one that is needed",
    "bad-value": "a label, a category or a choice is not a text, a number or a truth value",
    "bad-version": "a version is not a semantic version",
    "bad-weight": "a share of traffic is not whole per cent between 1% and 100%",
    "check-without-bound": "a check has nothing to compare its metric with",
    "contradiction": "two fields of one mapping contradict each other",
    "missing-field": "a field that must be there is not",
    "no-value": "a key has no value",
    "out-of-range": "a number is smaller or larger than it may be",
    "unknown-field": "a mapping has a field that the language does not know there",
    "wrong-length": "a text or a list is too short or too long",
    "wrong-type": "a value is of another type than the field's",
    "wrong-value": "a value is not one of those that the field may have",
}
_CONTRACTS: Final = {
    "contract-bad-value": "a field of a data contract has a value that ODCS does not allow or lifespec cannot use",
    "contract-duplicate-name": "two things of a data contract have one name",
    "contract-field-not-used": "a field of a data contract has no effect in lifespec",
    "contract-misplaced-property": "a custom property of ours stands where it has no meaning",
    "contract-missing-field": "a data contract lacks a field that ODCS or lifespec needs",
    "contract-server-fallback": "no server of a data contract is of this environment, so another one is read",
    "contract-server-not-readable": "lifespec cannot read the kind of server that a data contract names",
    "contract-shared-location": "several schema objects of a data contract would be read from one place",
    "contract-too-deep": "a property of a data contract lies deeper than lifespec reads",
    "contract-unknown-field": "a data contract has a field that ODCS does not know there",
    "contract-version": "a data contract is of a version of ODCS that lifespec does not read",
    "contract-wrong-type": "a value of a data contract is of another type than ODCS says",
}
CODES: Final = {**LOADER_RULES, **_LANGUAGE, **_CONTRACTS}
"""Finding id -> what is wrong."""
