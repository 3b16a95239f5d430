"""The page that one comes to after signing in."""

from tidegate.file_types import find_all


def test_the_file_types_stand_in_the_order_in_which_to_send_them(specialist, read):
    text = read(specialist.get("/")).text
    places = [text.index(file_type.layout.summary) for file_type in find_all().values()]
    assert places == sorted(places)


def test_each_file_type_says_what_was_sent_last_for_this_focus(specialist, world, read):
    world.send(file_name="older.csv")
    world.send(file_name="newest.csv")
    world.send(world.harbor, file_name="foreign.csv")
    text = read(specialist.get("/")).text
    assert "newest.csv" in text
    assert "older.csv" not in text
    assert "foreign.csv" not in text
    assert "Nothing has been sent yet" in text  # no Student Enrollment file


def test_the_tree_has_the_guides_branches_closed_until_they_are_clicked(specialist, read):
    page = read(specialist.get("/"))
    assert "Student Information ME State Reporting Status" in page.text
    assert not any("open" in details for details in page.all("details"))


def test_on_state_reporting_status_the_branches_are_open(specialist, read):
    page = read(specialist.get("/state-reporting-status/"))
    assert [d["data-remember"] for d in page.all("details") if "open" in d] == ["student-information", "state"]
