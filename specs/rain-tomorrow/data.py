"""Brings four years of days in Seattle, from the package vega-datasets.

`python specs/rain-tomorrow/data.py` writes `.data/days.parquet` beside this file. The measurements are of the National
Oceanic and Atmospheric Administration and in the public domain.

A prediction is asked for in the evening, with what the station measured on that day and the days before. The label is
derived from what it measures on the next one, so the last day has none. The kind of weather that the table names is
kept, but nothing is made of it: in April 2013 it begins to call nearly all rain fog.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

FOLDER = Path(__file__).parent / ".data"
HEAVY_FROM_MILLIMETRES = 5


def load() -> dict[str, pd.DataFrame]:
    """The table `days`: what was measured on a day, and how much it rains on the next."""
    import pandas as pd

    raw = pd.read_csv(files("vega_datasets").joinpath("_data/seattle-weather.csv"))
    date = pd.to_datetime(raw["date"], format="%Y/%m/%d")
    rain = raw["precipitation"]
    days = pd.DataFrame(
        {
            "date": date.dt.date,
            "month": date.dt.month.astype("int64"),
            "dry_season": date.dt.month.between(4, 9),
            "precipitation": rain,
            "rain_yesterday": rain.shift(1),
            "rain_of_week": rain.rolling(7).mean().round(2),
            **{name: raw[name] for name in ("temp_max", "temp_min", "wind")},
            "warmer": raw["temp_max"].diff().round(1),
            "weather": raw["weather"],
            "tomorrow": _kind(rain.shift(-1)),
        }
    )
    return {"days": days}


def _kind(rain: pd.Series) -> pd.Series:
    import pandas as pd

    kind = pd.Series("light", index=rain.index, dtype=object)
    kind = kind.mask(rain == 0, "dry").mask(rain >= HEAVY_FROM_MILLIMETRES, "heavy")
    return kind.where(rain.notna(), None)


def write(tables: dict[str, pd.DataFrame], folder: Path) -> list[Path]:
    """Write each table into `folder` as Parquet, and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name, table in tables.items():
        files.append(folder / f"{name}.parquet")
        table.to_parquet(files[-1], engine="pyarrow", index=False)
    return files


def main() -> None:
    """Write the data, and print what it is."""
    tables = load()
    write(tables, FOLDER)
    days = tables["days"]
    shares = days["tomorrow"].value_counts(normalize=True)
    kinds = ", ".join(f"{share:.1%} {kind}" for kind, share in shares.items())
    print(f"days: {len(days):,} rows, {len(days.columns)} columns, {kinds}")


if __name__ == "__main__":
    main()
