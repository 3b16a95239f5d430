"""One list at a time: what the preview says is what is done, and it can be taken back."""

from datetime import date

import pytest

from tests.records.conftest import LINES, write_reference
from tidegate.administration.changes import make_change, propose_import, propose_undo
from tidegate.administration.models import ListChange
from tidegate.administration.organization_acts import (
    NewOrganization,
    propose_addition,
    propose_closing,
    propose_move,
    propose_reopening,
)
from tidegate.administration.preview import Preview
from tidegate.audit.models import Event
from tidegate.core.errors import Conflict, Refusal
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.records.import_folder import import_reference
from tidegate.records.models import Student
from tidegate.reference.models import Code, Organization
from tidegate.reference.models import SchoolYear as StoredYear
from tidegate.reference.problem import ReferenceRefused
from tidegate.states.maine.models import CteRecord

pytestmark = pytest.mark.django_db

HEADER = "Code,Title,FirstYear,LastYear"
ORGANIZATIONS = "OrganizationID,Name,Kind,ParentID,LocalID"
CIP = (
    "CIP_Code,CIP_Title",
    "01,AGRICULTURE AND RELATED FIELDS.",
    '01.00,"Agriculture, General."',
    '01.0000,"Agriculture, General."',
    '"=""01.0206""",Agricultural Mechanics and Equipment/Machine Technology/Technician.',
)


@pytest.fixture(scope="module")
def imported(module_transaction, tmp_path_factory) -> None:
    """The usual folder in the database, with a CTE record that uses a code, for all tests of the file."""
    with module_transaction.unblock():
        import_reference(write_reference(tmp_path_factory.mktemp("lists") / "reference"), by=None)
        schools = {each.pk: each for each in Organization.objects.all()}
        CteRecord.objects.create(
            student=Student.objects.get(number="900000001"),
            school_year=StoredYear.objects.get(first=2020),
            cte_code="01.0205",
            start_date="2020-09-02",
            credits_earned="1.00",
            sau=schools[2000],
            school=schools[2001],
        )


@pytest.fixture
def propose(imported, tmp_path):
    """Propose the import of a file with these lines."""

    def propose(list_name: str, *lines: str, encoding: str = "utf-8", **more) -> ListChange:
        path = tmp_path / "sent.csv"
        path.write_text("\n".join([*lines, ""]), encoding=encoding)
        return propose_import(list_name, path, file_name="sent.csv", by=None, **more)

    return propose


def said(change: ListChange) -> list[str]:
    preview = Preview(change)
    return [*preview.counts(), *preview.touched(), *filter(None, [preview.missing()]), *preview.warnings()]


def test_the_preview_says_what_ends_and_which_records_use_it(propose):
    change = propose("cte_codes", HEADER, "01.0205,Agricultural mechanics,2018-2019,2019-2020", "11.0101,Computing,,")
    assert said(change) == [
        "1 CTE code is new",
        "1 CTE code ends",
        "1 CTE record of 2020-2021 uses code 01.0205 and would no longer fit",
    ]
    assert Code.objects.get(code="01.0205").last_year is None


def test_what_was_shown_is_done_noted_and_undone(propose):
    before = list(Code.objects.values_list("code", "title", "first_year", "last_year"))
    change = propose("cte_codes", HEADER, "01.0205,Agriculture,2019-2020,2021-2022", "11.0101,Computing,,")
    make_change(change, by=None)
    assert Code.objects.get(code="01.0205").last_year == 2021
    assert Event.objects.get(act="list.imported").details["ended"] == 1
    back = propose_undo(ListChange.objects.get(pk=change.pk), by=None)
    assert Preview(back).counts() == ["1 CTE code changes", "1 CTE code is removed"]
    make_change(back, by=None)
    assert list(Code.objects.values_list("code", "title", "first_year", "last_year")) == before
    with pytest.raises(Conflict, match="undone already"):
        propose_undo(ListChange.objects.get(pk=change.pk), by=None)


def test_a_list_that_changed_since_its_preview_is_left_alone(propose):
    change = propose("cte_codes", HEADER, "01.0205,Agriculture,,")
    Code.objects.filter(code="01.0205").update(title="Tractors")
    with pytest.raises(Conflict, match="changed since this preview"):
        make_change(change, by=None)
    assert Code.objects.get(code="01.0205").title == "Tractors"


def test_a_change_is_made_only_once(propose):
    change = propose("cte_codes", HEADER, "11.0101,Computing,,")
    make_change(change, by=None)
    with pytest.raises(Conflict, match="already"):
        make_change(change, by=None)


def test_an_undo_gives_way_to_a_later_change(propose):
    first = propose("cte_codes", HEADER, "11.0101,Computing,,")
    make_change(first, by=None)
    make_change(propose("cte_codes", HEADER, "11.0101,Computers,,"), by=None)
    with pytest.raises(Conflict, match="later change"):
        propose_undo(ListChange.objects.get(pk=first.pk), by=None)


def test_codes_that_the_file_lacks_stay_or_end(propose):
    lines = (HEADER, "11.0101,Computing,,")
    assert "1 CTE code on file is not in the file and stays as it is" in said(propose("cte_codes", *lines))[1]
    change = propose("cte_codes", *lines, last_year=SchoolYear(2024))
    make_change(change, by=None)
    assert dict(Code.objects.values_list("code", "last_year")) == {"01.0205": 2024, "11.0101": None, "43.0103": 2021}


def test_codes_that_stay_are_said_although_others_end(propose):
    stay = "on file are not in the file and stay as they are"
    make_change(propose("race_codes", HEADER, "1,One,,", "2,Two,,", "3,Three,2026-2027,", "4,Four,,"), by=None)
    ending = (HEADER, "1,One,,2020-2021", "2,Two,,2020-2021")
    assert said(propose("race_codes", *ending))[:2] == ["2 codes end", f"2 codes {stay}"]
    change = propose("race_codes", HEADER, "1,One,,", last_year=SchoolYear(2024))
    assert "1 code on file is not in the file and stays as it is" in said(change), "The third begins later"
    assert change.missing_count == 1


def test_last_years_file_is_told_by_what_it_takes_back(propose):
    change = propose("cte_codes", HEADER, "01.0205,Agriculture,,", "43.0103,Law enforcement,,2021-2022")
    make_change(change, by=None)
    again = propose("cte_codes", HEADER, "01.0205,Agricultural mechanics,2019-2020,")
    assert "puts 1 CTE code back" in Preview(again).warnings()[0]
    make_change(again, by=None)
    same = propose("cte_codes", HEADER, "01.0205,Agriculture,,", "43.0103,Law enforcement,,2021-2022")
    assert "This very file was imported on" in Preview(same).warnings()[0]


def test_the_file_of_another_list_is_told(propose):
    make_change(propose("race_codes", HEADER, "1,One,,", "2,Two,,"), by=None)
    make_change(propose("towns", HEADER, "A1,Augusta,,"), by=None)
    (warning,) = Preview(propose("towns", HEADER, "1,One,,", "2,Two,,")).warnings()
    assert "all of them are in race_codes" in warning


@pytest.mark.parametrize(
    ("list_name", "lines", "sentences"),
    [
        ("cte_codes", (HEADER, "01.0205,One,,", "01.0205,Two,,"), ["sent.csv row 3: Code is in an earlier row"]),
        ("cte_codes", (HEADER, "A1,One,,"), ["sent.csv row 2: Code is not a CIP code written as NN.NNNN"]),
        ("cte_codes", (HEADER, "01.0205,One,2020-2022,"), ["sent.csv row 2: FirstYear is not a school year"]),
        ("cte_codes", ("Code,Name", "01.0205,A"), ['sent.csv row 1: Columns "Title", "FirstYear"']),
        ("organizations", (ORGANIZATIONS, "1009,B,School,4711,"), ["sent.csv row 2: ParentID is not the ID of a SAU"]),
        ("organizations", (ORGANIZATIONS, "1009,B,School,,"), ["sent.csv row 2: ParentID is blank"]),
    ],
)
def test_what_is_wrong_is_said_with_row_and_column(propose, list_name, lines, sentences):
    with pytest.raises(ReferenceRefused) as refused:
        propose(list_name, *lines)
    for sentence in sentences:
        assert sentence in refused.value.fix
    assert not ListChange.objects.exists()


def test_the_file_of_another_kind_of_list_is_refused_in_one_sentence(propose):
    for name, lines in (("cte_codes", (ORGANIZATIONS, "1,A,SAU,,")), ("organizations", (HEADER, "01.0205,One,,"))):
        with pytest.raises(Refusal, match=r"sent\.csv is the file of another list") as refused:
            propose(name, *lines)
        assert "must name the columns" in refused.value.fix


def test_a_file_in_another_encoding_is_read_or_refused(propose):
    change = propose("cte_codes", HEADER, "11.0101,Café,,", encoding="cp1252")
    assert change.differences[0][2]["title"] == "Café"
    with pytest.raises(Refusal):
        propose("cte_codes", HEADER, "11.0101,\x00\x01,,", encoding="latin-1")


def test_a_file_that_says_nothing_new_is_refused(propose):
    with pytest.raises(Refusal, match="on file already"):
        propose("organizations", ORGANIZATIONS, *LINES["organizations.csv"])
    with pytest.raises(Refusal, match="has no rows"):
        propose("cte_codes", HEADER)


def test_organizations_are_added_changed_and_removed_again(propose):
    change = propose(
        "organizations", ORGANIZATIONS, "4000,Harbor,SAU,,", "4001,Harbor High,School,4000,HH", "1001,Rock,School,2000,"
    )
    assert said(change)[:2] == ["2 organizations are new", "1 organization changes"]
    assert "2 lines of 2020-2021 name the SAU of before: they stay, and no longer fit" in said(change)
    make_change(change, by=None)
    assert Organization.objects.get(identifier="4001").parent_id == 4000
    make_change(propose_undo(ListChange.objects.get(pk=change.pk), by=None), by=None)
    assert not Organization.objects.filter(pk__in=(4000, 4001)).exists()
    assert Organization.objects.get(pk=1001).name == "Rock Star High School"


def test_a_file_closes_an_organization_with_a_day_only_where_it_says_so(propose):
    change = propose("organizations", f"{ORGANIZATIONS},ClosedOn", "1000,Rock Star Public Schools,SAU,,,2021-06-30")
    assert said(change)[:2] == ["1 organization closes", "1 school below it stays open: close or move it, too"]
    make_change(change, by=None)
    make_change(propose("organizations", ORGANIZATIONS, "1000,Rock Star Schools,SAU,,"), by=None)
    assert str(Organization.objects.get(pk=1000).closed_on) == "2021-06-30"
    make_change(propose("organizations", f"{ORGANIZATIONS},ClosedOn", "1000,Rock Star Schools,SAU,,,"), by=None)
    assert Organization.objects.get(pk=1000).closed_on is None


def test_the_cip_list_of_the_nces_is_taken_as_the_states_codes(propose):
    change = propose("cte_codes", *CIP)
    assert [each[0] for each in change.differences] == ["01.0000", "01.0206"]
    assert change.differences[0][2]["title"] == "Agriculture, General"


def test_an_undo_to_a_district_that_is_gone_is_refused(imported):
    district = propose_addition(NewOrganization("8000", "New District", "SAU"), by=None)
    make_change(district, by=None)
    new, school = Organization.objects.get(identifier="8000"), Organization.objects.get(pk=1001)
    make_change(propose_move(school, parent=new, by=None), by=None)
    school.refresh_from_db()
    make_change(propose_move(school, parent=Organization.objects.get(pk=1000), by=None), by=None)
    back = ListChange.objects.latest("pk")
    make_change(propose_undo(ListChange.objects.get(pk=district.pk), by=None), by=None)
    with pytest.raises(Conflict, match="not in the list any more"):
        make_change(propose_undo(back, by=None), by=None)


def moving(school: int, *, to: int) -> ListChange:
    """Propose that a school moves."""
    return propose_move(Organization.objects.get(pk=school), parent=Organization.objects.get(pk=to), by=None)


def test_a_move_to_a_district_that_has_closed_since_is_refused(imported):
    change = moving(1001, to=2000)
    capital = Organization.objects.get(pk=2000)
    make_change(propose_closing(capital, closed_on=date(2021, 6, 30), by=None), by=None)
    with pytest.raises(Conflict, match="would belong to Capital Public Schools, which has closed"):
        make_change(change, by=None)
    assert Organization.objects.get(pk=1001).parent_id == 1000


def test_a_move_to_what_is_no_district_any_more_is_refused(propose):
    make_change(propose("organizations", ORGANIZATIONS, "8000,New,SAU,,"), by=None)
    change = moving(1001, to=8000)
    make_change(propose("organizations", ORGANIZATIONS, "8000,New,CTE School,2000,"), by=None)
    with pytest.raises(Conflict, match="would belong to New, which is not a SAU"):
        make_change(change, by=None)


def test_a_district_that_has_schools_by_now_is_not_made_a_school(propose):
    make_change(propose("organizations", ORGANIZATIONS, "8000,New,SAU,,"), by=None)
    change = propose("organizations", ORGANIZATIONS, "8000,New,CTE School,2000,")
    make_change(moving(1001, to=8000), by=None)
    with pytest.raises(Conflict, match="Rock Star High School belongs to New, which would not be a SAU any more"):
        make_change(change, by=None)


def test_a_file_adds_no_open_school_to_a_district_that_has_closed(propose):
    capital = Organization.objects.get(pk=2000)
    make_change(propose_closing(capital, closed_on=date(2021, 6, 30), by=None), by=None)
    with pytest.raises(Conflict, match="Another would belong to Capital Public Schools, which has closed"):
        propose("organizations", ORGANIZATIONS, "2003,Another,School,2000,")
    closed = "2003,Another,School,2000,,2020-06-30"
    make_change(propose("organizations", f"{ORGANIZATIONS},ClosedOn", closed), by=None)
    make_change(propose("organizations", ORGANIZATIONS, "2002,Capital High,School,2000,"), by=None)
    assert Organization.objects.get(pk=2002).name == "Capital High", "It belonged there before"


def test_a_move_is_not_undone_into_a_district_that_has_closed(imported):
    move = moving(1001, to=2000)
    make_change(move, by=None)
    rock_star = Organization.objects.get(pk=1000)
    closing = propose_closing(rock_star, closed_on=date(2021, 6, 30), by=None)
    make_change(closing, by=None)
    move.refresh_from_db()
    with pytest.raises(Conflict, match="Rock Star Public Schools, which has closed"):
        propose_undo(move, by=None)
    closing.refresh_from_db()
    make_change(propose_undo(closing, by=None), by=None)
    make_change(propose_undo(move, by=None), by=None)
    assert Organization.objects.get(pk=1001).parent_id == 1000


def test_a_district_closes_and_opens_again_with_its_schools(imported):
    district = Organization.objects.get(pk=1000)
    closing = propose_closing(district, closed_on=date(2021, 6, 30), with_schools=True, by=None)
    make_change(closing, by=None)
    with pytest.raises(Conflict, match="has closed"):
        propose_reopening(Organization.objects.get(pk=1001), by=None)
    closing.refresh_from_db()
    make_change(propose_undo(closing, by=None), by=None)
    assert not Organization.objects.filter(closed_on__isnull=False).exists()
