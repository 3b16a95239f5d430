"""Links that were written in other letters."""

import pytest

from tests.web.world import STUDENT_ID


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("/State-Reporting-Status/", "/state-reporting-status/"),
        ("/STATE-REPORTING-STATUS/?TEXT=Cte&sort=oldest", "/state-reporting-status/?TEXT=Cte&sort=oldest"),
        ("/State-Reporting-Status", "/state-reporting-status"),
        ("/File-Types/Cte/Rules/CTE403/", "/file-types/cte/rules/cte403/"),
        (f"/students/{str(STUDENT_ID).upper().replace('1', 'A', 1)}/", None),
        ("/No/Such/Page/", None),
        ("/API/V1/no-such-thing", None),
    ],
)
def test_an_address_in_other_letters_leads_to_the_one_that_is_meant(specialist, written, meant):
    response = specialist.get(written)
    if meant is None:
        assert response.status_code in (302, 404)
        assert specialist.get(written, follow=True).status_code == 404
    else:
        assert (response.status_code, response["Location"]) == (302, meant)
        assert specialist.get(written, follow=True).status_code == 200


def test_a_rule_is_found_in_any_letters(specialist, read):
    assert "CTE403" in read(specialist.get("/file-types/cte/rules/cte403/")).text


def test_the_findings_of_a_rule_are_found_in_small_letters(specialist, world):
    upload = world.send()
    world.find(upload)
    assert specialist.get(f"/state-reporting-status/{upload.pk}/findings/cte403/?column=ctecode").status_code == 200


def test_a_form_is_never_sent_on_to_another_address(specialist):
    assert specialist.post("/Students/Search/", {"search": "x"}).status_code == 404
