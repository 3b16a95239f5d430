"""The page Conflicts: each side sees the least about the other one."""

import pytest


@pytest.fixture
def claim(world):
    """Harbor says that it has the student of Rock Star from October on."""
    return world.claim(file_name="secret name.csv")


def test_each_side_sees_where_and_when_and_whose_move_it_is(signed_in, claim, read):
    for role, mover in (
        ("data specialist", "You: send the exit"),
        ("specialist elsewhere", "Rock Star Public Schools:"),
    ):
        text = read(signed_in(role).get("/conflicts/")).text
        assert "Rock Star High School, primary 2020-09-01, no exit yet" in text
        assert "Harbor Public Schools Harbor Public Schools, primary 2020-10-01" in text
        assert mover in text


def test_no_side_may_open_what_is_the_others(signed_in, claim, read):
    own = [a.get("href") for a in read(signed_in("data specialist").get("/conflicts/")).all("a")]
    others = [a.get("href") for a in read(signed_in("specialist elsewhere").get("/conflicts/")).all("a")]
    assert any(f"/students/{claim.student.public_id}/" in each for each in own)
    assert not any(f"/state-reporting-status/{claim.upload_id}/" in each for each in own)
    assert not any("/students/1" in each for each in others)
    assert any(f"/state-reporting-status/{claim.upload_id}/" in each for each in others)


def test_the_home_counts_conflicts(signed_in, claim, read):
    for role in ("data specialist", "specialist elsewhere", "state administrator"):
        assert "1 student is reported by two SAUs for the same days" in read(signed_in(role).get("/")).text


def test_the_page_of_another_organization_leads_to_no_list_of_the_focus(signed_in, world, claim, read):
    state = signed_in("state administrator")
    assert "is reported by two SAUs" in read(state.get("/")).text
    assert "is reported by two SAUs" not in read(state.get(f"/districts/{world.rock_star.pk}/")).text


def test_who_has_nothing_to_do_with_it_sees_nothing(signed_in, claim, read):
    assert "No conflicts" in read(signed_in("CTE director").get("/conflicts/")).text
