"""Participation by one definition or two, in words for a terminal and as JSON for programs."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tidegate.accountability.definitions.definition import Definition
from tidegate.accountability.frozen_lines.cells import Reach
from tidegate.accountability.models import Snapshot
from tidegate.accountability.reports.compare_definitions import ComparedSchool, compare_definitions
from tidegate.accountability.reports.participation import (
    COUNTED,
    TITLES,
    ParticipationLine,
    participation_tables,
)


def participation_text(snapshot: Snapshot, definitions: Sequence[Definition]) -> Iterator[bytes]:
    """Yield the numbers in words: by each definition, and where there are two, what the second does to each school."""
    yield f"Snapshot {snapshot.pk}: {snapshot.title}, {snapshot.school_year.name}\n{snapshot.sha256}\n".encode()
    for definition in definitions:
        yield "".join(f"\n{line}" for line in _head(definition)).encode() + b"\n"
        for table in participation_tables(snapshot, definition):
            yield f"\n{table.title}\n".encode()
            yield from (f"  {_line(line)}\n".encode() for line in table.lines)
    if len(definitions) == 2:
        first, second = definitions
        yield f"\nFrom the definition of {first.school_year} to that of {second.school_year}\n".encode()
        yield from (f"  {_moved(each)}\n".encode() for each in compare_definitions(snapshot, first, second))


def participation_json(snapshot: Snapshot, definitions: Sequence[Definition]) -> Iterator[bytes]:
    """Yield the numbers as one JSON text."""
    yield json.dumps(participation_document(snapshot, definitions), ensure_ascii=False).encode() + b"\n"


def participation_document(
    snapshot: Snapshot, definitions: Sequence[Definition], *, reach: Reach = None
) -> Mapping[str, Any]:
    """Return the numbers by each definition, and where there are two, the difference of each school."""
    reports = [
        {
            "definition": definition.school_year,
            "sha256": definition.digest,
            "is_proxy": definition.file.is_proxy,
            "to_be_set": definition.file.to_be_set,
            "counts": [
                _of_line(line)
                for table in participation_tables(snapshot, definition, reach=reach)
                for line in table.lines
            ],
        }
        for definition in definitions
    ]
    compared = compare_definitions(snapshot, *definitions, reach=reach) if len(definitions) == 2 else []
    return {
        "snapshot": snapshot.pk,
        "school_year": snapshot.school_year.name,
        "reports": reports,
        "differences": [
            {
                "school": each.identifier,
                "name": each.name,
                **{measure: moved._asdict() for measure, moved in each.numbers.items()},
            }
            for each in compared
        ],
    }


def _of_line(line: ParticipationLine) -> dict[str, Any]:
    counts = {measure.replace("-", "_"): count for measure, count in line.counts.items()}
    of = {"dimensions": line.dimensions, "keys": line.keys, "names": line.names}
    return {**of, **counts, "credits": line.credits_in_digits}


def _head(definition: Definition) -> Iterator[str]:
    yield f"By the definition of {definition.school_year}"
    yield from (f"  The state's to set, {name}: {said}" for name, said in definition.file.to_be_set.items())


def _line(line: ParticipationLine) -> str:
    counts = ", ".join(f"{TITLES[measure].lower()} {line.counts[measure]:,}" for measure in TITLES)
    return f"{', '.join(line.names) or 'All'}: {counts}, credits {line.credits_in_digits}"


def _moved(school: ComparedSchool) -> str:
    numbers = ((TITLES[measure].lower(), school.numbers[measure]) for measure in COUNTED)
    return f"{school.name}: " + ", ".join(
        f"{title} {moved.first:,} to {moved.second:,} ({moved.difference:+,})" for title, moved in numbers
    )
