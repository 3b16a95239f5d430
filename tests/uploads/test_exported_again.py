"""What an organization exports changes nothing when it is sent again, whatever is on file.

1,000 states: .venv/bin/pytest --long --timeout 0 -s -p no:randomly tests/uploads/test_exported_again.py
"""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from django.db import transaction

from tests.core.worlds import ROWS, make_reference
from tests.uploads.conftest import CTE_CENTER, OTHER_SAU, ROCK_STAR
from tests.uploads.test_export_records import asked_for
from tidegate.file_types import find
from tidegate.records.import_folder import import_reference
from tidegate.records.state_hash import state_hash
from tidegate.uploads.lifecycle.export_records import CSV, lines_file
from tidegate.uploads.models import State

STATES_PER_ROUND = 6
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


@contextmanager
def undone() -> Iterator[None]:
    """Undo what the block has done, and give back the locks of its temporary tables, of which there are not enough for
    thousands of uploads in one transaction."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_what_is_exported_and_sent_again_changes_nothing(
    process_file, specialist, other_specialist, director, tmp_path, request
):
    import_reference(make_reference(tmp_path / "made"), by=None)
    senders = {ROCK_STAR: specialist, OTHER_SAU: other_specialist, CTE_CENTER: director}

    def send_again(chance: Random) -> bool:
        """Load a random file, export one organization and send that; return whether anything was loaded."""
        kind, sender, of = find(chance.choice(TYPES)), chance.choice(list(senders)), chance.choice(list(senders))
        content = random_file(kind, chance)
        loaded = process_file(content, by=senders[sender], organization_id=sender, file_type=kind.slug)
        before = state_hash()
        for slug in TYPES:
            exported = b"".join(lines_file(asked_for(of).find(slug), CSV))
            if exported.count(b"\r\n") == 1:
                continue
            again = process_file(exported, by=senders[of], organization_id=of, file_type=slug)
            assert again.state == State.FINISHED
            counts = (again.added_count, again.replaced_count, again.unchanged_count)
            assert counts == (0, 0, again.success_count)
        assert state_hash() == before
        return bool(loaded.added_count)

    has_loaded = []
    for start in range(0, 1_000 if request.config.getoption("--long") else 6, STATES_PER_ROUND):
        with undone():
            has_loaded += [send_again(Random(seed)) for seed in range(start, start + STATES_PER_ROUND)]
        print(f"{len(has_loaded):,} states")  # noqa: T201 - the long form says how far it is
    assert any(has_loaded)
