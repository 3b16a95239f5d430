"""What an organization exports changes nothing when it is sent again, whatever is on file.

1,000 states: .venv/bin/pytest --long --timeout 0 -p no:randomly tests/uploads/test_exported_again.py
"""

import csv
import io
from random import Random

from tests.core.worlds import ROWS, make_reference
from tests.uploads.conftest import CTE_CENTER, OTHER_SAU, ROCK_STAR
from tests.uploads.test_export_records import asked_for
from tidegate.file_types import find
from tidegate.records.import_folder import import_reference
from tidegate.records.state_hash import state_hash
from tidegate.uploads.lifecycle.export_records import CSV, lines_file
from tidegate.uploads.models import State

TYPES = ("student-enrollment", "cte")
IDS = ["1", "0012", "NA", "", "1000.0", "=5", "-3", "1E5", "a b", "@x"]
COMMENTS = ["", "None", "=1+1", "-", "Noël", 'so "said", he', "'quoted'", "two\nlines", "+1 207", "9/1/2020", "Ã±"]


def random_file(kind, chance: Random) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(kind.layout.columns), restval="")
    writer.writeheader()
    for _ in range(chance.randrange(5, 40)):
        row = ROWS[kind.slug](chance) | {"SchoolStudentID": chance.choice(IDS)}
        writer.writerow(row | ({"Comments": chance.choice(COMMENTS)} if "Comments" in kind.layout.columns else {}))
    return out.getvalue()


def test_what_is_exported_and_sent_again_changes_nothing(
    process_file, specialist, other_specialist, director, tmp_path, request
):
    import_reference(make_reference(tmp_path / "made"), by=None)
    senders = {ROCK_STAR: specialist, OTHER_SAU: other_specialist, CTE_CENTER: director}
    loaded = 0
    for seed in range(1_000 if request.config.getoption("--long") else 6):
        chance = Random(seed)
        kind, sender = find(chance.choice(TYPES)), chance.choice(list(senders))
        sent = process_file(random_file(kind, chance), by=senders[sender], organization_id=sender, file_type=kind.slug)
        loaded += sent.added_count or 0
        before = state_hash()
        of = chance.choice(list(senders))
        for slug in TYPES:
            content = b"".join(lines_file(asked_for(of).find(slug), CSV))
            again = process_file(content, by=senders[of], organization_id=of, file_type=slug)
            if content.count(b"\r\n") == 1:
                continue
            assert again.state == State.FINISHED, (seed, slug)
            counts = (again.added_count, again.replaced_count, again.unchanged_count)
            assert counts == (0, 0, again.success_count), (seed, slug, of)
        assert state_hash() == before
    assert loaded > 0
