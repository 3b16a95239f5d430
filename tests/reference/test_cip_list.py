"""The NCES list of all CIP codes can be taken as the CTE codes."""

import pytest

from tidegate.audit.models import Event
from tidegate.records.import_folder import import_cip_list
from tidegate.reference.models import Code
from tidegate.reference.problem import ReferenceRefused

pytestmark = pytest.mark.django_db

LIST = (
    "CIP_Code,CIP_Title",
    "01,AGRICULTURE AND RELATED FIELDS.",
    '01.00,"Agriculture, General."',
    '01.0000,"Agriculture, General."',
    '"=""01.0205""",Agricultural Mechanics and Equipment/Machine Technology/Technician.',
)


def test_whole_codes_are_taken_and_families_and_series_are_not(tmp_path):
    path = tmp_path / "CIPCode2020.csv"
    path.write_text("\n".join(LIST), encoding="utf-8")
    merged = import_cip_list(path, by=None)
    assert (merged.row_count, merged.added_count) == (2, 2)
    assert list(Code.objects.values_list("list_name", "code", "title", "first_year")) == [
        ("cte_codes", "01.0000", "Agriculture, General", None),
        ("cte_codes", "01.0205", "Agricultural Mechanics and Equipment/Machine Technology/Technician", None),
    ]
    assert import_cip_list(path, by=None).unchanged_count == 2
    assert Event.objects.filter(act="cip_list.imported").count() == 2


def test_another_file_is_refused(tmp_path):
    path = tmp_path / "codes.csv"
    path.write_text("CIP_Code,Name\n01.0000,Agriculture\n", encoding="utf-8")
    with pytest.raises(ReferenceRefused) as refusal:
        import_cip_list(path, by=None)
    assert 'codes.csv row 1: Column "CIPTitle" is missing' in refusal.value.fix
