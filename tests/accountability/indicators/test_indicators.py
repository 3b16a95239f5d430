"""The Perkins indicators: cell by cell as a plain count has them; what nobody collects is no data, never 0."""

import random
from collections import defaultdict
from dataclasses import replace
from datetime import date

import msgspec
import pytest
from django.db import transaction

from tidegate.accountability.definitions.definition import DefinitionFile, find_definition
from tidegate.accountability.indicators import find_indicators
from tidegate.accountability.indicators.indicator import IndicatorCount
from tidegate.accountability.models import Snapshot
from tidegate.accountability.periods.period import find_period
from tidegate.accountability.snapshots.take import take_snapshot
from tidegate.overview.follow_up import count_follow_ups
from tidegate.records.models import Enrollment, Student, StudentVersion
from tidegate.reference.models import Code, Organization, SchoolYear
from tidegate.states.maine.models import CteOutcome, CteRecord, StudentInformation

YEAR = 2020
SAMPLE, ALL = 1, 50
PROGRAMS = ("01.0205", "43.0103", "43.0107")
PLACED = {"POSTSEC", "ADVTRAIN", "MILITARY", "SERVICE", "EMPLOYMENT"}
EXITS = (None, date(2020, 3, 31), date(2020, 6, 12), date(2020, 12, 18), date(2021, 1, 4), date(2021, 6, 11))
COUNTED = {"5S1", "5S2", "5S3", "3S1", "4S1"}
NONTRADITIONAL = {"F": ("43.0103", "43.0107"), "M": ("01.0205",)}


def test_an_indicator_without_data_has_none_and_not_zero():
    counts = list(find_indicators()["2S1"].counts(Snapshot()))
    assert counts == [IndicatorCount("2S1", "all", "", "All", None, None)]
    assert find_indicators()["2S1"].why_no_data(Snapshot()) == "No file type brings the results of the state's tests"


def test_indicators_are_found_in_the_order_of_their_codes():
    codes = list(find_indicators())
    assert codes == sorted(codes)
    assert codes == ["1S1", "1S2", "2S1", "2S2", "2S3", "3S1", "4S1", "5S1", "5S2", "5S3"]


def test_a_student_is_of_the_district_that_sent_them_last(db):
    """Who sent a student years ago sees nobody, in numbers and lists, as on the list of whom to ask."""
    for first in (YEAR - 2, YEAR):
        SchoolYear.objects.create(first=first, name=f"{first}-{first + 1}")
    Code.objects.create(list_name="cte_codes", code=PROGRAMS[0], title=PROGRAMS[0])
    for sau in (1000, 2000, 3000):
        parent = Organization.objects.create(id=sau, name=f"SAU {sau}", kind="SAU")
        Organization.objects.create(id=sau + 1, name=f"High {sau}", kind="School", parent=parent)
        Organization.objects.create(id=sau + 2, name=f"Center {sau}", kind="CTE School", parent=parent)
    Student.objects.create(number="900000001")
    StudentVersion.objects.create(student_id="900000001", last_name="A", gender="F")
    left = {"exit_date": date(YEAR, 12, 18), "exit_type": "15"}
    for first, sau, exits in ((YEAR - 2, 1000, {}), (YEAR, 2000, left)):
        of = {"student_id": "900000001", "enrollment_type": "P", "sau_id": sau, "school_id": sau + 1}
        Enrollment.objects.create(**of, school_year_id=first, entry_date=date(first, 9, 1), **exits)
    line = {"student_id": "900000001", "school_year_id": YEAR, "sau_id": 2000, "school_id": 3002}
    for day in (2, 3):
        start = date(YEAR, 9, day)
        CteRecord.objects.create(**line, cte_code=PROGRAMS[0], start_date=start, credits_earned=1)
    year = SchoolYear.objects.get(first=YEAR)
    snapshot = take_snapshot(find_period("cte-year-end"), year, by=None, on=date(2021, 6, 20))
    for place, count in ((1000, 0), (2000, 1), (3002, 1)):
        for code in ("3S1", "5S2"):
            indicator, reach = find_indicators()[code], [str(place)]
            assert next(iter(indicator.counts(snapshot, reach=reach))).denominator == count, (code, place)
            assert len(list(indicator.students(snapshot, "all", "", reach=reach))) == count
        assert count_follow_ups([place], year) == count


class Plain:
    """A random small state, as rows of plain Python beside those of the database."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.enrolled: dict[str, list[tuple]] = defaultdict(list)  # year, exit date, exit type, SAU
        self.lines: dict[str, list[tuple]] = defaultdict(list)  # year, school, program, credits, postsecondary credits
        self.outcomes: dict[str, list[tuple]] = defaultdict(list)  # year, program, credential, learning, placement
        self.said: dict[str, dict[int, tuple[str, str, str]]] = defaultdict(dict)  # gender, race, English learner
        self.gender: dict[str, str] = {}
        for first in (YEAR - 1, YEAR):
            SchoolYear.objects.create(first=first, name=f"{first}-{first + 1}")
        Code.objects.bulk_create(Code(list_name="cte_codes", code=code, title=code) for code in PROGRAMS)
        for sau in (1000, 2000):
            parent = Organization.objects.create(id=sau, name=f"SAU {sau}", kind="SAU")
            Organization.objects.create(id=sau + 1, name=f"High {sau}", kind="School", parent=parent)
            Organization.objects.create(id=sau + 2, name=f"Center {sau}", kind="CTE School", parent=parent)
        for number in range(40):
            self._add(f"9000{number:05d}")

    def _add(self, number: str) -> None:
        rng = self.rng
        self.gender[number] = rng.choice(("F", "M", ""))
        Student.objects.create(number=number)
        StudentVersion.objects.create(student_id=number, last_name="A", gender=self.gender[number])
        last = rng.choice((YEAR - 1, YEAR, YEAR, YEAR))
        for year in range(rng.choice((YEAR - 1, last)), last + 1):
            self._add_year(number, year, is_last=year == last)

    def _add_year(self, number: str, year: int, *, is_last: bool) -> None:
        rng, sau = self.rng, self.rng.choice((1000, 2000))
        ends = [day for day in EXITS if day is None or date(year, 9, 2) <= day <= date(year + 1, 6, 30)]
        left_on = rng.choice(ends) if is_last else None
        exit_type = rng.choice(("15", "15", "16", "03")) if left_on else ""
        of = {"student_id": number, "school_year_id": year, "sau_id": sau}
        Enrollment.objects.create(
            **of, school_id=sau + 1, enrollment_type="P", entry_date=date(year, 9, 1), exit_date=left_on,
            exit_type=exit_type,
        )  # fmt: skip
        self.enrolled[number].append((year, left_on, exit_type, sau))
        for _ in range(rng.randint(0, 3)):
            school, code = rng.choice((1002, 2002)), rng.choice(PROGRAMS)
            earned, college = rng.choice((0, 1, 1)), rng.choice((None, 0, 3))
            CteRecord.objects.create(
                **of, school_id=school, cte_code=code, start_date=date(year, 9, 2), credits_earned=earned,
                postsecondary_credits=college,
            )  # fmt: skip
            self.lines[number].append((year, str(school), code, earned, college))
        self._add_what_else_is_known(number, year, of)

    def _add_what_else_is_known(self, number: str, year: int, of: dict) -> None:
        rng = self.rng
        for school, code in {(school, code) for _, school, code, *_ in self.lines[number]}:
            if rng.random() < 0.5:
                said = (rng.choice(("", "A")), rng.choice(("", "Other")), rng.choice(("", "UNKNOWN", *PLACED)))
                CteOutcome.objects.create(
                    **of, school_id=int(school), cte_code=code, credential=said[0], work_based_learning=said[1],
                    placement=said[2],
                )  # fmt: skip
                self.outcomes[number].append((year, code, *said))
        if rng.random() < 0.8:
            said = (rng.choice(("F", "M", "X", "")), rng.choice(("WH7", "AS7", "")), rng.choice(("Y", "N", "")))
            StudentInformation.objects.create(
                **of, last_name="A", first_name="B", date_of_birth=date(2004, 1, 1), gender=said[0],
                race_ethnicity=said[1], english_learner=said[2],
            )  # fmt: skip
            self.said[number][year] = said

    def base(self, indicator: str, number: str, file: DefinitionFile) -> dict[str, bool]:
        """Return the programs in which a student is in the base, and whether the student met it in each."""
        earned: dict[str, int] = defaultdict(int)
        for _, _, code, credit, _ in self.lines[number]:
            earned[code] += credit > 0
        programs = [code for code, courses in earned.items() if courses >= file.courses_needed]
        if indicator == "3S1":
            year, left_on, exit_type, _ = self.enrolled[number][-1]
            in_window = left_on is not None and left_on.year == YEAR and year >= YEAR - 1
            return {code: self._met(indicator, number, code) for code in programs if in_window and exit_type != "03"}
        if indicator == "4S1":
            of_gender = file.nontraditional.get(self._sex(number), ())
            listed = {code for codes in file.nontraditional.values() for code in codes}
            is_enrolled = any(year == YEAR for year, *_ in self.enrolled[number])
            return {code: code in of_gender for code in programs if is_enrolled and code in listed}
        graduated = any(year == YEAR and exit_type == "15" for year, _, exit_type, _ in self.enrolled[number])
        return {code: self._met(indicator, number, code) for code in programs if graduated}

    def _met(self, indicator: str, number: str, code: str) -> bool:
        if indicator == "5S2":
            return any(of == code and college for _, _, of, _, college in self.lines[number])
        of_program = [said for said in self.outcomes[number] if said[1] == code]
        if indicator == "3S1":
            return any(year == YEAR and placement in PLACED for year, _, _, _, placement in of_program)
        return any(said[2 if indicator == "5S1" else 3] for said in of_program)

    def _last_said(self, number: str) -> tuple[str, str, str]:
        return self.said[number].get(YEAR) or self.said[number].get(YEAR - 1) or ("", "", "")

    def _sex(self, number: str) -> str:
        return self._last_said(number)[0] or self.gender[number]

    def expected(self, indicator: str, file: DefinitionFile, reach: list[str] | None = None) -> dict[tuple, tuple]:
        met, of = defaultdict(set), defaultdict(set)
        for number in self.gender:
            sent = {str(self.enrolled[number][-1][-1])}  # who sent the student last
            last_said = self._last_said(number)
            for code, is_met in self.base(indicator, number, file).items():
                for school in {school for _, school, of_code, *_ in self.lines[number] if of_code == code}:
                    if reach is not None and school not in reach and not sent & set(reach):
                        continue
                    keys = [("all", ""), ("school", school), ("program", code), ("race", last_said[1])]
                    keys += [("sex", self._sex(number)), ("English learner", last_said[2])]
                    for key in keys:
                        of[key].add(number)
                        if is_met:
                            met[key].add(number)
        return {key: (len(met[key]), len(students)) for key, students in of.items()}


@pytest.mark.rounds(minutes=6)
@pytest.mark.django_db
def test_numerators_and_denominators_are_those_of_a_plain_count(request):
    seeds, met = range(ALL if request.config.getoption("--long") else SAMPLE), 0
    for seed in seeds:
        with transaction.atomic():
            met += check_state(seed)
            transaction.set_rollback(True)
    assert met > 3 * len(seeds), "The random states have next to nobody to count"


def check_state(seed: int) -> int:
    """Compare a random state with a plain count, and return how many met one of the indicators of graduates."""
    state = Plain(seed)
    year = SchoolYear.objects.get(first=YEAR)
    snapshot = take_snapshot(find_period("cte-year-end"), year, by=None, on=date(2021, 6, 20))
    definition = find_definition("2020-2021")
    file = msgspec.structs.replace(definition.file, nontraditional=NONTRADITIONAL)
    definition = replace(definition, file=file)
    for code in COUNTED:
        for reach in (None, ["1002"], ["1000"]):
            indicator = find_indicators()[code]
            counts = list(indicator.counts(snapshot, reach=reach, definition=definition))
            names = {"all", "school", "program", "sex", "race", "English learner"}
            found = {
                (each.category, each.key): (each.numerator, each.denominator)
                for each in counts
                if each.category in names and each.denominator
            }
            assert found == state.expected(code, file, reach), (code, reach)
            for each in counts[: None if reach is None and seed == 0 else 1]:
                asked = [(each.category, each.key, is_met) for is_met in (True, None)]
                of = {"reach": reach, "definition": definition}
                behind = [list(indicator.students(snapshot, by, key, is_met=met, **of)) for by, key, met in asked]
                assert [len({student.number for student in part}) for part in behind] == [*each[4:]]
    return sum(state.expected(code, file).get(("all", ""), (0, 0))[0] for code in ("5S1", "5S2", "5S3"))
