"""The full log as XLSX beside a plain xlsxwriter loop over the same cells. `python -m bench.full_log`.

Makes a CTE file of `--rows` rows with two findings each, judges it once, and writes its log by both in turn: CPU seconds of the
whole way from the findings to the file for ours, of the writing alone for the plain loop. Writes `bench/full_log.json`.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median

import xlsxwriter

from bench.make_files import FIRST_NUMBER, HEADER, STUDENTS, make_file, make_reference
from bench.state import FILES
from tidegate.core.checking import Focus, check
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.outputs.full_log import HEADER as LOG_HEADER
from tidegate.core.outputs.full_log import LoggedFile, full_log_lines, full_log_xlsx
from tidegate.core.outputs.workbook import MAX_ROWS_PER_SHEET
from tidegate.core.reference.folder import ReferenceFolder
from tidegate.file_types import find

HERE = Path(__file__).parent
CTE = find("cte")


def row_with_two_findings(i: int, _chance: object) -> str:
    """Return a row whose CTE code is not known and whose end is in another school year."""
    return f"1000,2001,{FIRST_NUMBER + i % STUDENTS},{i % 99_999},43,2020-09-01,2022-06-11,1.00,\n"


def write_plain(lines: Iterable[tuple[int | str, ...]], path: Path) -> None:
    """Write the cells with xlsxwriter and nothing else, a sheet after the other."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        book.use_zip64()
        for number, line in enumerate(lines):
            if number % MAX_ROWS_PER_SHEET == 0:
                sheet = book.add_worksheet()
                sheet.write_row(0, 0, LOG_HEADER)
            for place, cell in enumerate(line):
                sheet.write(number % MAX_ROWS_PER_SHEET + 1, place, cell)


def cpu_seconds(work: Callable[[], None]) -> float:
    """Return the CPU seconds that the work took."""
    began = time.process_time()
    work()
    return time.process_time() - began


def main() -> None:
    """Measure both in turn, and write what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    FILES.mkdir(exist_ok=True)
    file = make_file(FILES / f"full_log_{options.rows}.csv", HEADER, row_with_two_findings, rows=options.rows, seed=1)
    tables = ReferenceFolder(make_reference(FILES / "reference"))
    checked = check(file, CTE.layout, CTE.rules, focus=Focus(SchoolYear(2020)), tables=tables, keeps=())
    places = {name: place for place, name in enumerate(CTE.layout.columns)}
    log = LoggedFile(checked.layout, CTE.rules_by_code(), "2020-2021", places, check_only=True)
    lines = list(full_log_lines(log, checked.findings_in_slices()))

    def write_ours(path: Path) -> None:
        with path.open("wb") as out:
            out.writelines(
                full_log_xlsx(full_log_lines(log, checked.findings_in_slices()), line_count=checked.finding_count)
            )

    times: dict[str, list[float]] = {"tidegate": [], "plain xlsxwriter": []}
    with tempfile.TemporaryDirectory() as folder:
        ours, plain = Path(folder) / "ours.xlsx", Path(folder) / "plain.xlsx"
        for _ in range(options.rounds):
            times["tidegate"].append(cpu_seconds(lambda: write_ours(ours)))
            times["plain xlsxwriter"].append(cpu_seconds(lambda: write_plain(lines, plain)))
        sizes = {"tidegate": ours.stat().st_size, "plain xlsxwriter": plain.stat().st_size}
    medians = {name: round(median(seconds), 2) for name, seconds in times.items()}
    found = {
        "rows": options.rows,
        "findings": checked.finding_count,
        "cpu_seconds": medians,
        "bytes": sizes,
        "ratio": round(medians["tidegate"] / medians["plain xlsxwriter"], 3),
    }
    (HERE / "full_log.json").write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
