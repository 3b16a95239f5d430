"""A look-up is asked once for each different key of a file."""

import polars as pl

from tidegate.core.frames.joins import StringDictionary, code_column
from tidegate.core.lookups.sources import LookupCache

SAUS = pl.Series([1000, 2000], dtype=pl.Int32)


class Schools:
    """Knows school 77 of SAU 1000 and another 77 of SAU 2000, and remembers what it was asked."""

    def __init__(self):
        self.asked = []

    def __call__(self, keys):
        self.asked += keys.rows()
        known = {"school:value": ["77", "77"], "sau.id": [1000, 2000], "school.id": [1001, 2001]}
        return pl.DataFrame(known, schema_overrides={"sau.id": pl.Int32}).join(keys, on=keys.columns, how="semi")


def rows(*keys: tuple[str | None, int | None], texts: StringDictionary | None = None) -> pl.DataFrame:
    schema = {"school:value": pl.String, "sau.id": pl.Int32}
    frame = pl.DataFrame(keys, schema=schema, orient="row")
    if texts is None:
        return frame
    return frame.with_columns(texts.encode(frame["school:value"]).alias(code_column("school")))


def look_up(schools: Schools) -> LookupCache:
    return LookupCache(schools, "school", scope="sau.id", scopes=SAUS)


def test_a_text_beside_another_sau_is_another_key():
    schools = Schools()
    found = look_up(schools).join(rows(("77", 1000), ("77", 2000), ("77", None), (None, 1000), ("x", 1000)))
    assert found["school.id"].to_list() == [1001, 2001, None, None, None]


def test_what_was_asked_in_one_slice_is_not_asked_again_in_the_next():
    schools, texts = Schools(), StringDictionary()
    once = look_up(schools)
    once.join(rows(("77", 1000), ("x", 1000), texts=texts))
    found = once.join(rows(("x", 1000), ("77", 2000), ("77", 1000), texts=texts))
    assert found["school.id"].to_list() == [None, 2001, 1001]
    assert sorted(schools.asked) == [("77", 1000), ("77", 2000), ("x", 1000)]


def test_rows_whose_texts_are_numbered_no_more_are_looked_up_all_the_same():
    once = look_up(Schools())
    once.join(rows(("x", 1000), ("77", 2000), texts=StringDictionary()))
    found = once.join(rows(("77", 1000), ("x", 1000), ("77", 2000)))
    assert found["school.id"].to_list() == [1001, None, 2001]


def test_texts_that_are_nearly_all_different_are_found_without_numbers():
    once, unknown = look_up(Schools()), [(f"x{number}", 1000) for number in range(1_999)]
    found = once.join(rows(*unknown, ("77", 2000), ("77", 2000), (None, 1000)))
    assert found["school.id"].to_list() == [None] * 1_999 + [2001, 2001, None]
    assert once.join(rows(*unknown, ("y", 1000)))["school.id"].to_list() == [None] * 2_000
