"""What a table of findings says to somebody who hears it."""

from tidegate.core.suggestions.suggestion import Suggestion, to_text
from tidegate.web.line_breaks import with_breaks, with_breaks_in_title
from tidegate.web.uploads.finding_rows import findings_table

FINDING = {
    "row": 7, "student_number": "90000044", "column": "StateStudentID", "value": "90000044",
    "message": 'StateStudentID "90000044" has 8 digits; it must have 9',
}  # fmt: skip


def test_message_what_is_known_and_suggestion_do_not_run_together():
    known, suggested = "Local number L00044 belongs to 900000044", to_text([Suggestion("900000044", "")])
    told = findings_table([FINDING | {"known": known, "suggestions": suggested}], title="Rows")
    assert [each.rstrip() for each in told.split("<p")[1:]] == [
        ">StateStudentID &quot;90000044&quot; has 8 digits; it must have 9.</p>",
        f' class="suggested">{known}</p>',
        ' class="suggested">Did you mean &quot;900000044&quot;?</p></td></tr>\n</tbody>\n</table>\n</div>',
    ]
    assert "<p" not in findings_table([FINDING], title="Rows")


def test_only_long_words_may_break_within():
    assert with_breaks('Unable to resolve CTE Code "43.0107"') == "Unable to resolve CTE Code &quot;43.0107&quot;"
    assert with_breaks("cte_2020-2021.csv") == "cte_<wbr>2020-<wbr>2021.<wbr>csv"
    assert with_breaks_in_title("StateStudentID & Co") == "State<wbr>Student<wbr>ID &amp; Co"
