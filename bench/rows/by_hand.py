"""The 21 rules of `lifecycle.yaml` in pandas, as one writes them by hand: `by_hand.py FILE`."""

from __future__ import annotations

import sys

import pandas as pd
from wanted import CODE, COUNTRIES, EMAIL, PLANS

rows = pd.read_parquet(sys.argv[1])
broken = {
    "id-required": rows["id"].isna().sum(),
    "id-unique": rows["id"].dropna().duplicated().sum(),
    "age-required": rows["age"].isna().sum(),
    "age-minimum": (rows["age"] < 0).sum(),
    "age-maximum": (rows["age"] > 120).sum(),
    "amount-minimum": (rows["amount"] < 0).sum(),
    "amount-maximum": (rows["amount"] > 100_000).sum(),
    "plan-required": rows["plan"].isna().sum(),
    "plan-enum": (~rows["plan"].dropna().isin(PLANS)).sum(),
    "country-enum": (~rows["country"].dropna().isin(COUNTRIES)).sum(),
    "email-pattern": (~rows["email"].dropna().str.fullmatch(EMAIL)).sum(),
    "code-pattern": (~rows["code"].dropna().str.fullmatch(CODE)).sum(),
    "code-minLength": (rows["code"].dropna().str.len() < 4).sum(),
    "code-maxLength": (rows["code"].dropna().str.len() > 12).sum(),
    "score-minimum": (rows["score"] < -10).sum(),
    "score-maximum": (rows["score"] > 10).sum(),
    "signup-required": rows["signup"].isna().sum(),
    "updated-required": rows["updated"].isna().sum(),
    "churned-required": rows["churned"].isna().sum(),
    "nullValues-note": max(0.0, rows["note"].isna().mean() - 0.5),
    "rowCount": max(0, 1000 - len(rows)),
}
print({rule: float(count) for rule, count in broken.items() if count})
sys.exit(1 if any(broken.values()) else 0)
