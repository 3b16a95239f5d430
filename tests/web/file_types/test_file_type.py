"""The pages of the file types."""

import msgspec
import pytest

from tidegate.core.layouts.layout import RuleChange
from tidegate.file_types import file_type as file_types_module
from tidegate.file_types import find, find_all


def test_the_list_has_every_file_type(specialist, read):
    text = read(specialist.get("/file-types/")).text
    for file_type in find_all().values():
        assert file_type.layout.title in text


@pytest.mark.parametrize("slug", find_all())
def test_the_requirements_have_every_column_in_order(specialist, read, slug):
    text = read(specialist.get(f"/file-types/{slug}/")).text
    names = list(find(slug).layout.columns)
    places = [text.index(f"{number} {name} ") for number, name in enumerate(names, start=1)]
    assert places == sorted(places)


@pytest.mark.parametrize("slug", find_all())
def test_every_rule_of_the_file_type_stands_there_with_its_resolution(specialist, read, slug):
    text = read(specialist.get(f"/file-types/{slug}/")).text
    for rule in find(slug).rules:
        assert rule.code in text
        assert rule.how_to_fix in text


def test_the_guides_two_errors_stand_there_word_for_word(specialist, read):
    text = read(specialist.get("/file-types/cte/")).text
    assert 'Secondary enrollment not found at "Capital Area Technical Center"' in text
    assert 'Unable to resolve CTE Code "43"' in text


def test_a_column_of_choices_lists_the_codes_with_their_meaning(specialist, read):
    assert "P Primary" in read(specialist.get("/file-types/student-enrollment/")).text


def test_a_column_and_its_codes_have_their_names_in_ceds(specialist, read):
    text = read(specialist.get("/file-types/student-enrollment/")).text
    assert "CEDS 000110, Exit or Withdrawal Type" in text
    assert "15 Graduated with a regular diploma CEDS 01921" in text


def test_the_cte_codes_of_the_focus_year_are_listed(specialist, read):
    text = read(specialist.get("/file-types/cte/")).text
    assert "01.0205 Agricultural Mechanics" in text
    assert "Long gone" not in text


def test_the_guide_is_part_of_the_page_and_brings_no_second_h1(specialist, read):
    page = read(specialist.get("/file-types/cte/"))
    assert "Uploading CTE data" in page.text
    assert len(page.all("h1")) == 1


def test_what_the_state_makes_of_a_rule_this_year_stands_on_its_page(specialist, read, monkeypatch):
    cte, reason = find("cte"), "the list of CTE schools is being mended"
    rules = (RuleChange("CTE404", until="2020-2021", severity="warning", reason=reason),)
    changed = msgspec.structs.replace(cte, layout=msgspec.structs.replace(cte.layout, rules=rules))
    read_once = file_types_module._read_once
    monkeypatch.setattr(
        file_types_module,
        "_read_once",
        lambda package, folder: changed if folder.name == "cte" else read_once(package, folder),
    )
    assert f"This school year Warning: {reason}" in read(specialist.get("/file-types/cte/rules/CTE404/")).text
    pages = [
        specialist.get(f"/file-types/cte/requirements/{year}.md").getvalue() for year in ("2020-2021", "2021-2022")
    ]
    assert [reason.encode() in page for page in pages] == [True, False]
