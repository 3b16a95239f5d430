"""Choices that are made quicker than the server answers, on the page that matches columns."""

from playwright.sync_api import expect

from tests.browser.test_correct_these_rows import COUNTS_COME_IN, send
from tidegate.states.maine.demo.files import CTE_HEADER

CHOSEN = "(select, value) => { select.value = value; }"


def test_no_answer_takes_back_what_was_chosen_meanwhile(specialist, tmp_path):
    path = tmp_path / "quickly.csv"
    header = [*CTE_HEADER[:4], "CIP Program", "Entry Dt", "Withdraw Dt", *CTE_HEADER[7:]]
    path.write_text(",".join(header) + "\n", encoding="utf-8")
    send(specialist, path)
    specialist.get_by_role("link", name="Match the columns").click(timeout=COUNTS_COME_IN)
    held = []
    specialist.route("**/match/", lambda route: route.continue_() if held else held.append(route))
    specialist.get_by_label("CIP Program is").select_option("CTECode")
    specialist.get_by_label("Entry Dt is").select_option("StartDate")  # the first answer is still under way
    expect(specialist.locator("#verdict")).to_contain_text('"EndDate" is missing')
    expect(specialist.get_by_label("CIP Program is")).to_have_value("CTECode")

    held.clear()
    specialist.get_by_label("Withdraw Dt is").select_option("EndDate")
    specialist.wait_for_function("document.querySelector('#match.htmx-request')")
    specialist.get_by_label("Entry Dt is").evaluate(CHOSEN, "-")  # as somebody types, who has not left the field
    with specialist.expect_response("**/match/"):
        held[0].continue_()
    specialist.wait_for_function("!document.querySelector('#match.htmx-request')")
    expect(specialist.get_by_label("Entry Dt is")).to_have_value("-")
    specialist.unroute("**/match/")
