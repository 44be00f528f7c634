"""Runs in the judge's own environment: ODCS contracts held against files by datacontract-cli.

Reads a JSON list of {contract, data, format} and writes, for each, a list of {type, field, value, result}.
"""

from __future__ import annotations

import json
import sys

import yaml
from datacontract.data_contract import (  # pyright: ignore[reportMissingImports] - in the judge's environment only
    DataContract,
)


def checks(job):
    contract = {
        **job["contract"],
        "servers": [{"server": "here", "type": "local", "path": job["data"], "format": job["format"]}],
    }
    run = DataContract(data_contract_str=yaml.safe_dump(contract, sort_keys=False)).test()
    return [
        {
            "type": check.type,
            "field": check.field,
            "value": (check.diagnostics or {}).get("value"),
            "result": getattr(check.result, "value", check.result),
            "reason": check.reason,
        }
        for check in run.checks
    ]


answers = [checks(job) for job in json.load(sys.stdin)]
sys.stdout.write("\n" + json.dumps(answers))
