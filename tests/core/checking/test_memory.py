"""A file of odd shape needs no more memory than others: each is checked by a process of its own, whose peak is read."""

import subprocess
import sys
from pathlib import Path

import pytest
from bench.odd_shapes import SHAPES, make

from tidegate.core.outputs.result_log import header

REFERENCE = Path(__file__).parents[2] / "corpus" / "reference"
MAX_MB = 600
SIZE = 3_000_000
SAMPLE = {
    "short rows": ("cte", 1_000_000),
    "quotes everywhere": ("cte", 50_000),
    "footers": ("new-state-id", 100_000),
    "every cell wrong": ("student-enrollment", 30_000),
    "cells with line breaks": ("student-enrollment", 50_000),
    "lines of 32,000 characters": ("student-enrollment", 1_000_000),
    "rows of 100,000 cells": ("cte", 1_000_000),
}


# A small process starts the check: after exec the kernel counts what the process that started it had in memory, too.
MEASURE = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, used = os.wait4(process.pid, 0)
print(os.waitstatus_to_exitcode(status), used.ru_maxrss)
"""


def peak_of_check(file: Path, kind: str, log: Path) -> int:
    """Return the most MB that `tidegate check` needed, which must not end by a fault of ours."""
    command = [sys.executable, "-m", "tidegate.cli.main", "check", str(file), "--file-type", kind]
    command += ["--school-year", "2020-2021", "--reference", str(REFERENCE), "--result-log", str(log)]
    measured = subprocess.run([sys.executable, "-c", MEASURE, *command], stdout=subprocess.PIPE, text=True, check=True)
    code, peak_kb = map(int, measured.stdout.split())
    assert code in {0, 1, 2}
    return peak_kb // 1024


@pytest.mark.parametrize("shape", SAMPLE)
def test_an_odd_file_is_checked_in_bounded_memory(shape, tmp_path):
    kind, most_lines = SAMPLE[shape]
    file, log = tmp_path / "file.csv", tmp_path / "log.csv"
    made = make(file, shape=shape, kind=kind, size=SIZE, most_lines=most_lines)
    assert peak_of_check(file, kind, log) < MAX_MB
    lines = log.read_text().split("\n")
    assert ",".join(header()) in lines[:4]
    assert shape != "short rows" or len(lines) == made.line_count + 2


def test_a_line_of_many_megabytes_is_said_in_bounded_memory(tmp_path):
    file, log = tmp_path / "file.csv", tmp_path / "log.csv"
    make(file, shape="one line of cells without an end", kind="cte", size=30_000_000)
    assert peak_of_check(file, "cte", log) < MAX_MB
    assert "The row has more than 1,000,000 characters" in log.read_text()


def test_a_header_of_millions_of_names_is_refused_by_their_number(tmp_path):
    file, log = tmp_path / "file.csv", tmp_path / "log.csv"
    make(file, shape="a header of a million names", kind="cte", size=16_000_000)
    assert peak_of_check(file, "cte", log) < MAX_MB
    assert "The header has 2,000,009 columns" in log.read_text()


def test_every_shape_can_be_made_for_some_kind(tmp_path):
    for shape in SHAPES:
        assert make(tmp_path / "file.csv", shape=shape, kind="cte", size=2_000).byte_count
