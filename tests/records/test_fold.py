"""Names are folded alike in the core and, more coarsely, in the database, so that nobody known is missed."""

import sys
import unicodedata
from datetime import date

import polars as pl
import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import StateApps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidegate.core.reference.fold_person import fold, request_key
from tidegate.core.reference.plain_letters import PLAIN_LETTERS
from tidegate.records.reference_data import ReferenceDatabase

pytestmark = pytest.mark.django_db

LATIN = [chr(code) for code in range(0x1F000) if "LATIN" in unicodedata.name(chr(code), "")]
WITHIN_NAMES = [*" '-.`\u2019\u02bb\u02bc\u0301\u0308\u0323", *LATIN, *"\u0416\u03a3\u4e2d\u0660"]


def in_core(names: list[str]) -> list[str]:
    return pl.DataFrame({"name": names}).select(fold("name")).to_series().to_list()


def in_database(names: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT records_fold(name) FROM unnest(%s::text[]) WITH ORDINALITY AS n (name, at) ORDER BY at", [names]
        )
        return [name for (name,) in cursor.fetchall()]


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Đặng", "Dang"), ("Øster", "Oster"), ("Łukasz", "Lukasz"), ("Ægir", "Aegir"), ("Straße", "STRASSE"),
        ("STRAẞE", "Strasse"), ("ʻIolani", "Iolani"), ("\u2019Iolani", "Iolani"), ("`Iolani", "iolani"),
        ("Işık", "ISIK"), ("İrem", "Irem"), ("Þór", "Thor"), ("Sigurður", "Sigurdur"), ("Œuvrard", "Oeuvrard"),
        ("Ħal", "Hal"), ("Ŋaba", "Naba"), ("Kɔfi", "Kofi"), ("Oʼodham", "O'odham"), ("Ǿster", "Oster"),
        ("Đa\u0323\u0306ng", "Đặng"), ("ʔaaqłuk", "Aaqluk"),
    ],
)  # fmt: skip
def test_a_name_is_the_same_as_in_its_plain_spelling(name, plain):
    assert in_core([name]) == in_core([plain])
    assert in_database([name]) == in_database([plain])


@pytest.mark.parametrize("names", [("Đặng", "Ang"), ("Øster", "Ster"), ("Жук", "Чук"), ("李", "王"), ("-", "'")])
def test_names_that_differ_in_a_letter_stay_apart(names):
    one, other = in_core(list(names))
    assert one != other


def test_core_and_database_have_the_same_table_of_letters():
    both = [*PLAIN_LETTERS, *(letter.upper() for letter in PLAIN_LETTERS)]
    plain = [PLAIN_LETTERS.get(letter, PLAIN_LETTERS.get(letter.lower(), letter.lower())) for letter in both]
    assert in_core(both) == plain
    assert in_database(both) == plain


def test_the_database_calls_equal_whatever_letter_the_core_calls_equal():
    letters = [chr(code) for code in range(1, sys.maxunicode + 1) if unicodedata.category(chr(code))[0] in "LMN"]
    folded = in_core(letters)
    coarse = dict(zip(letters, in_database(letters), strict=True))
    again = in_database(folded)
    assert [letter for letter, twice in zip(letters, again, strict=True) if coarse[letter] != twice] == []


# Names that the core calls equal have the same fold there, and of it and of each of them the database makes the same.
@given(st.lists(st.text(st.sampled_from(WITHIN_NAMES), min_size=1, max_size=12), min_size=1, max_size=80))
@settings(max_examples=settings.default.max_examples, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_calls_equal_whatever_name_the_core_calls_equal(names):
    assert in_database(names) == in_database(in_core(names))


COLUMNS = ("sau_id", "school_student_id", "last_name", "first_name", "middle_name", "suffix", "date_of_birth")
BORN = date(2004, 5, 6)


def key_of(last_name: str, first_name: str) -> str:
    row = ("1000", "11", last_name, first_name, "", "", BORN)
    schema = {**dict.fromkeys(COLUMNS, pl.String), "date_of_birth": pl.Date}
    return pl.DataFrame([row], schema=schema, orient="row").select(request_key(COLUMNS)).item()


def ask(old: StateApps, old_key: str, number: str, **names: str) -> None:
    student = old.get_model("records", "Student").objects.create(number=number)
    old.get_model("records", "StudentVersion").objects.create(student=student, date_of_birth=BORN, **names)
    old.get_model("records", "NumberRequest").objects.create(
        request_key=old_key, sau_id=1000, school_student_id="11", date_of_birth=BORN, gender="F", grade_level="11",
        outcome="created", student=student, asked_by=1, **names,
    )  # fmt: skip


def test_an_upgrade_finds_known_students_and_requests_by_plain_letters():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # an index is not dropped beside checks that wait
    executor = MigrationExecutor(connection)
    latest = [key for key in executor.loader.graph.leaf_nodes() if key[0] == "records"]
    old = executor.migrate([("records", "0008_roster")]).apps
    ask(old, "1000\x1f11\x1fđang\x1flinh\x1f\x1f\x1f2004-05-06", "100000101", last_name="Đặng", first_name="Linh")
    ask(old, "1000\x1f11\x1fsmith\x1fann\x1f\x1f\x1f2004-05-06", "100000102", last_name="Smith", first_name="Ann")
    before = in_database(["Đặng"])
    executor = MigrationExecutor(connection)
    executor.migrate(latest)
    assert before == ["ang"]
    named = pl.DataFrame({"last_name": ["dang"], "first_name": ["linh"], "date_of_birth": [BORN]})
    assert ReferenceDatabase().people(named)["student_number"].to_list() == ["100000101"]
    keys = pl.Series([key_of("Dang", "LINH"), key_of("Smith", "Ann")])
    found = ReferenceDatabase().number_requests(keys).sort("student_number")
    assert found["student_number"].to_list() == ["100000101", "100000102"]
