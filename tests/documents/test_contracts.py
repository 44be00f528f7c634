"""Data contracts that are missing, out of reach or broken; what is wrong inside one is reported inside it."""

from __future__ import annotations

import os

import pytest

SPEC = "specs/churn/lifecycle.yaml"
CONTRACT = "specs/churn/contracts/weather.odcs.yaml"
INLINE = """\
      - name: weather
        uri: s3://lake/weather/
        schema:
          - {name: station, logicalType: string}
          - {name: as_of, logicalType: date}
"""
SOUND = """\
apiVersion: v3.1.0
kind: DataContract
id: weather
version: 1.0.0
status: active
servers:
  - {server: lake, type: s3, location: s3://lake/weather/, format: parquet}
schema:
  - name: weather
    properties:
      - {name: station, logicalType: string}
      - {name: as_of, logicalType: date}
"""


def referring(reference: str) -> str:
    return f"      - name: weather\n        uri: s3://lake/weather/\n        contractRef: {reference}\n"


@pytest.fixture
def expect_contract(files, lint, unmarked):
    """`expect_contract(old, new)` is `expect` for the contract."""

    def check(old: str, new: str):
        assert SOUND.count(old) == 1
        plain, promised = unmarked(SOUND.replace(old, new), CONTRACT)
        spec = files[SPEC].replace(INLINE, referring("contracts/weather.odcs.yaml"))
        linted = lint({**files, SPEC: spec, CONTRACT: plain})
        assert linted.found == promised
        assert linted.exit_code == 1

    return check


def test_a_sound_contract_has_no_findings(files, lint):
    spec = files[SPEC].replace(INLINE, referring("contracts/weather.odcs.yaml"))
    assert lint({**files, SPEC: spec, CONTRACT: SOUND}).found == []


UNREACHABLE = {
    "a file that does not exist": "«missing-contract|contracts/none.odcs.yaml»",
    "a path upwards": "«bad-path|../../../etc/passwd»",
    "a path upwards, on a detour": "«bad-path|contracts/../../../lifespec.yaml»",
    "a path from the root": "«bad-path|/etc/passwd»",
    "a path on Windows": "«bad-path|C:\\contracts\\weather.yaml»",
    "a path with a NUL": '«bad-path|"contracts/a\\0.yaml"»',
    "an address": "«bad-path|https://example.com/weather.odcs.yaml»",
    "a hidden file": "«bad-path|.git/config»",
    "a folder": "«missing-contract|contracts»",
    "a number": "«bad-path|7»",
    "a null": "«no-value|null»",
    "an empty text": '«bad-path|""»',
}


@pytest.mark.parametrize("case", UNREACHABLE)
def test_a_contract_that_cannot_be_reached_is_reported_where_it_is_named(case, files, lint, unmarked):
    plain, promised = unmarked(files[SPEC].replace(INLINE, referring(UNREACHABLE[case])), SPEC)
    linted = lint({**files, SPEC: plain, "specs/churn/contracts/weather.odcs.yaml": SOUND})
    assert [found for found in linted.found if found.line] == promised
    assert linted.exit_code in (1, 2)


def test_a_contract_for_the_whole_data_section_that_is_missing_is_one_finding(expect):
    expect(
        SPEC,
        "  data:\n    sources:\n",
        "  data:\n    contractRef: «missing-contract|contracts/none.odcs.yaml»\n    sources:\n",
    )


@pytest.mark.parametrize("target", ["/etc/hostname", "../../../../etc/hostname"])
def test_a_link_that_leads_out_of_the_repository_is_not_followed(target, files, lint, tmp_path):
    (tmp_path / "specs/churn/contracts").mkdir(parents=True)
    (tmp_path / CONTRACT).symlink_to(target)
    linted = lint({**files, SPEC: files[SPEC].replace(INLINE, referring("contracts/weather.odcs.yaml"))})
    assert {found.code for found in linted.found} <= {"outside-repository", "no-such-file", "missing-contract"}
    assert "missing-contract" in {found.code for found in linted.found}
    assert linted.exit_code in (1, 2)


def test_a_folder_that_is_a_link_out_of_the_repository_is_not_followed(files, lint, tmp_path, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "weather.odcs.yaml").write_text(SOUND)
    (tmp_path / "specs/churn").mkdir(parents=True)
    (tmp_path / "specs/churn/contracts").symlink_to(elsewhere)
    linted = lint({**files, SPEC: files[SPEC].replace(INLINE, referring("contracts/weather.odcs.yaml"))})
    assert [found.code for found in linted.found] == ["outside-repository", "missing-contract"]
    assert linted.exit_code == 2


def test_a_pipe_in_place_of_a_contract_is_not_read(files, lint, tmp_path):
    (tmp_path / "specs/churn/contracts").mkdir(parents=True)
    os.mkfifo(tmp_path / CONTRACT)
    linted = lint({**files, SPEC: files[SPEC].replace(INLINE, referring("contracts/weather.odcs.yaml"))})
    assert [found.code for found in linted.found] == ["unreadable-file", "missing-contract"]


IN_CONTRACT = {
    "a field that ODCS does not know": ("status: active", "status: active\n«contract-unknown-field|state»: active"),
    "a type that ODCS does not know": (
        "{name: station, logicalType: string}",
        "{name: station, logicalType: «contract-bad-value|varchar»}",
    ),
    "a pattern that RE2 does not read": (
        "{name: station, logicalType: string}",
        "{name: station, logicalType: string, logicalTypeOptions: {pattern: «bad-pattern|'(?!x).*'»}}",
    ),
    "a text for a list": (
        "    properties:\n      - {name: station, logicalType: string}\n      - {name: as_of, logicalType: date}\n",
        "    properties: «contract-wrong-type|station»\n",
    ),
    "a column without a name": (
        "{name: station, logicalType: string}",
        "{«contract-missing-field|logicalType»: string}",
    ),
    "a version of ODCS that is not read": ("apiVersion: v3.1.0", "apiVersion: «contract-version|v2.2.2»"),
    "a duplicate key": ("id: weather", "id: weather\n«duplicate-key|id»: rain"),
    "a tag": ("id: weather", "id: «yaml-tag|!env WEATHER»"),
}


@pytest.mark.parametrize("case", IN_CONTRACT)
def test_what_is_wrong_in_a_contract_is_reported_in_its_file(case, expect_contract):
    expect_contract(*IN_CONTRACT[case])


def test_a_contract_that_is_no_yaml_is_reported_in_its_file(files, lint):
    spec = files[SPEC].replace(INLINE, referring("contracts/weather.odcs.yaml"))
    linted = lint({**files, SPEC: spec, CONTRACT: "schema: [\n"})
    assert [(found.code, found.file, found.line) for found in linted.found] == [("yaml-syntax", CONTRACT, 2)]


def test_a_reference_to_a_column_that_the_contract_does_not_have_is_reported_in_the_spec(files, lint, unmarked):
    marked = files[SPEC].replace(INLINE, referring("contracts/weather.odcs.yaml"))
    marked = marked.replace("column: customers.tenure_months", "column: «unknown-column|weather.wind»")
    plain, promised = unmarked(marked, SPEC)
    assert lint({**files, SPEC: plain, CONTRACT: SOUND}).found == promised


def test_a_contract_is_not_overridden_silently(files, lint, unmarked):
    marked = files[SPEC].replace(
        INLINE,
        referring("contracts/weather.odcs.yaml")
        + "        schema: «contract-overridden|[{name: wind, logicalType: number}]»\n",
    )
    plain, promised = unmarked(marked, SPEC)
    assert lint({**files, SPEC: plain, CONTRACT: SOUND}).found == promised
