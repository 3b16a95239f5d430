"""What an upload changes is what its plan has said: on a server, and offline for the same state, on random pairs of
both.

10,000 pairs: make plans
"""

import json
from collections import Counter
from random import Random

from typer.testing import CliRunner

from tests.core.worlds import make_reference
from tests.uploads.conftest import CTE_CENTER, OTHER_SAU, ROCK_STAR
from tests.uploads.random_files import OPTIONS, TYPES, random_file, undone
from tidegate.cli.main import app
from tidegate.core.outputs.changes import as_document
from tidegate.file_types import FileType, find
from tidegate.records.export_folder import export_reference
from tidegate.records.import_folder import import_reference
from tidegate.records.stored_lines import lines_of
from tidegate.uploads.lifecycle.receiving.receive import SendOptions
from tidegate.uploads.models import Upload
from tidegate.uploads.queries.planned_lines import every_planned_line

LEFT_OUT = ("missing_count", "of_others_count")
FILES_PER_ROUND = 8
FILES = 8


def on_file(kind: FileType) -> dict[int, dict[str, object]]:
    """Return the lines on file of a type by their IDs."""
    lines = lines_of(kind)
    fields = [field.attname for field in lines.fields.values()]
    current = lines.model.objects.filter(replaced_at=None, school_year_id=2020).values("pk", *fields)
    return {line.pop("pk"): line for line in current}


def documents(upload: Upload) -> list[dict]:
    return [as_document(line) for line in every_planned_line(upload)]


def by_kind(lines: list[dict]) -> Counter:
    return Counter(line["kind"] for line in lines)


def check_offline(path, kind: FileType, said: SendOptions, organization: int, folder) -> tuple[dict, list[dict]]:
    """Return what `tidegate check` says of a file: its JSON, and its changes line by line."""
    options = ["--file-type", kind.slug, "--school-year", "2020-2021", "--organization", str(organization)]
    options += ["--reference", str(folder), "--format", "json", "--changes", str(path.with_suffix(".ndjson"))]
    options += [*(["--missing", said.missing] * bool(said.missing)), *(["--complete"] * said.complete)]
    run = CliRunner().invoke(app, ["check", str(path), *options])
    assert run.exit_code in (0, 1), run.output
    assert run.stderr == ""
    return json.loads(run.stdout), [json.loads(line) for line in path.with_suffix(".ndjson").open()]


def test_the_plan_is_what_the_load_does_and_what_is_told_offline(
    process_file, specialist, other_specialist, director, tmp_path, request
):
    import_reference(make_reference(tmp_path / "made"), by=None)
    senders = {ROCK_STAR: specialist, OTHER_SAU: other_specialist, CTE_CENTER: director}
    is_long = request.config.getoption("--long")
    seen: Counter[str] = Counter()

    def compare(chance: Random, *, checks: bool) -> None:
        kind, of, said = find(chance.choice(TYPES)), chance.choice(list(senders)), chance.choice(OPTIONS)
        content, before = random_file(kind, chance), on_file(kind)
        sent = {"by": senders[of], "organization_id": of, "file_type": kind.slug, "options": said}
        check = process_file(content, **sent, check_only=True) if checks else None
        assert on_file(kind) == before
        if checks:
            export_reference(tmp_path / "reference")
        loaded = process_file(content, **sent)
        planned, counts, after = documents(loaded), loaded.changes, on_file(kind)
        if check is not None:
            assert (check.plan_sha256, check.changes, documents(check)) == (loaded.plan_sha256, counts, planned)
            path = tmp_path / "upload.csv"
            path.write_text(content)
            result, lines = check_offline(path, kind, said, of, tmp_path / "reference")
            assert (result["changes"], lines) == (counts, planned)
            assert [result[name] for name in LEFT_OUT] == [getattr(loaded, name) for name in LEFT_OUT]
        kinds = by_kind(planned)
        ended = {line["line"] for line in planned if line["kind"] in ("withdrawn", "changed")}
        assert before.keys() - after.keys() == ended
        assert len(after.keys() - before.keys()) == kinds["new"] + kinds["changed"]
        assert counts == {"unchanged": counts["unchanged"]} | {k: kinds[k] for k in ("new", "changed", "withdrawn")}
        assert counts["new"] + counts["changed"] + counts["unchanged"] == loaded.success_count
        assert said.missing == "withdraw" or not counts["withdrawn"]
        seen.update(kinds)

    for start in range(0, 10_000 if is_long else FILES, FILES_PER_ROUND):
        with undone():
            for seed in range(start, start + FILES_PER_ROUND):
                compare(Random(seed), checks=seed % (10 if is_long else 2) == 0)
        print(f"{start + FILES_PER_ROUND:,} files: {dict(seen)}")  # noqa: T201 - the long form says how far it is
    assert {"new", "changed", *(["withdrawn", "missing"] * is_long)} <= seen.keys()
