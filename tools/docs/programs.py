"""The page of other programs: what they do to a file, from the files that the tests judge."""

import csv
import tomllib
from itertools import groupby
from typing import Any

from tools.docs.page import GENERATED, ROOT

PROGRAMS = ROOT / "tests" / "programs"


def programs_page() -> str:
    """Return what other programs do to a file, from the table whose files the tests judge."""
    ways = tomllib.loads((PROGRAMS / "programs.toml").read_text())["ways"]
    lines = [GENERATED.replace("the code", "tests/programs"), (PROGRAMS / "introduction.md").read_text()]
    lines.append("\n## At a glance\n\n| Program | Way | What it does to the file | What tidegate makes of it |\n")
    lines.append("|---|---|---|---|\n")
    for way in ways:
        made = "; ".join(dict.fromkeys(_what_is_made(way, each) for each in way["files"]))
        lines.append(f"| {way['program']} | {way['way']} | {way['does']} | {made} |\n")
    for (program, version), of_program in groupby(ways, key=lambda way: (way["program"], way["version"])):
        lines.append(f"\n## {program} ({version})\n")
        lines += [text for way in of_program for text in _way_of_a_program(way)]
    return "".join(lines)


def _way_of_a_program(way: dict[str, Any]) -> list[str]:
    is_run, _, source = way["source"].partition(": ")
    lines = [f"\n### {way['way'][0].upper()}{way['way'][1:]}\n\n{way['does']}\n\n**Better:** {way['advice']}\n\n"]
    lines.append(f"**Run:** `{source}`\n" if is_run == "run" else f"**Not run.** The form is that of {source}\n")
    for each in way["files"]:
        log = (PROGRAMS / way["name"] / f"{each['file']}.log").read_text()
        folder = f"../../tests/programs/{way['name']}"
        lines.append(f"\n[{each['file']}]({folder}/{each['file']}): {_what_is_made(way, each)}\n\n```\n{log}```\n")
    return lines


def _what_is_made(way: dict[str, Any], each: dict[str, Any]) -> str:
    """Return in short what tidegate makes of a file, by the table and the Result Log beside the file."""
    with (PROGRAMS / way["name"] / f"{each['file']}.log").open(newline="") as log:
        said = [row[4] for row in csv.reader(log) if len(row) == 5][1:]
    if not each["rows"]:
        return f"refused: {said[0]}"
    notices = sum(text.startswith("Notice: ") for text in said)
    words = f"with {notices} notice{'s' * (notices != 1)}" if notices else "without a notice"
    return f"{each['good']} of {each['rows']} rows good, {words}"
