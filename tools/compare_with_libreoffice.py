"""Lets LibreOffice open damaged files and compares its row numbers with tidegate's.

Needs `soffice` (`apt-get install --no-install-recommends libreoffice-calc`):
`.venv/bin/python -m tools.compare_with_libreoffice --count 5000`.
"""

import argparse
import csv
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.mutate_files import LAYOUTS, chance_of, make_file
from tools.spreadsheet_view import decode, rows_of

from tidegate.core.reading.read_file import read_file


def compare_with_libreoffice(seeds: range, folder: Path) -> tuple[int, list[str]]:
    """Let LibreOffice convert the files and compare row numbers by the student numbers that stand in them; files with
    broken quotes and LF CR line ends, of which each program makes something else, are left out."""
    by_options: dict[tuple[str, str], list[int]] = {}
    for seed in seeds:
        damaged = make_file(chance_of(seed))
        seen = list(rows_of(decode(damaged.content), damaged.delimiter))
        codec = {"cp1252": "1", "utf-16": "65535"}.get(damaged.codec, "76")
        is_fit = not any(is_broken for _, _, is_broken in seen) and "\n\r" not in decode(damaged.content)
        if is_fit and "StateStudentID" in damaged.layout.columns:
            (folder / f"{seed}.csv").write_bytes(damaged.content)
            by_options.setdefault((damaged.delimiter, codec), []).append(seed)
    wrong: list[str] = []
    compared = 0
    for (delimiter, codec), of_kind in by_options.items():
        out = folder / f"out-{ord(delimiter)}-{codec}"
        for start in range(0, len(of_kind), 500):
            _convert([folder / f"{seed}.csv" for seed in of_kind[start : start + 500]], delimiter, codec, out)
        for seed in of_kind:
            if (out / f"{seed}.csv").exists():
                compared += 1
                wrong += _compare_one(seed, folder, out)
    return compared, wrong


def _convert(paths: list[Path], delimiter: str, codec: str, out: Path) -> None:
    """Let LibreOffice read the files, every column as text, and write them again into the folder `out`."""
    texts = "/".join(f"{column}/2" for column in range(1, 40))
    infilter = f"--infilter=CSV:{ord(delimiter)},34,{codec},1,{texts},0,false,false,false"
    profile = f"-env:UserInstallation={(out.parent / 'profile').as_uri()}"  # beside one that is open
    to = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,true"
    command = ["soffice", profile, "--headless", infilter, "--convert-to", to, "--outdir", str(out)]
    subprocess.run([*command, *map(str, paths)], check=False, capture_output=True, timeout=1200)


def _compare_one(seed: int, folder: Path, out: Path) -> list[str]:
    damaged = make_file(chance_of(seed))
    reading = read_file(folder / f"{seed}.csv", damaged.layout, others=LAYOUTS)
    if reading.is_refused or any(issue.code == "FILE015" for issue in reading.issues):
        return []
    with (out / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        sheet = dict(enumerate(csv.reader(file), start=1))
    wrong = []
    for row, number in reading.rows.select("row", "StateStudentID").iter_rows():
        if number and number.isdigit() and len(number) == 9 and number not in sheet.get(row, []):
            wrong.append(f"seed {seed}: {number} is not in LibreOffice's row {row}")
    return wrong


def main() -> None:
    """Compare as many files as asked for and print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=1000)
    options.add_argument("--first", type=int, default=0)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        compared, wrong = compare_with_libreoffice(range(asked.first, asked.first + asked.count), Path(folder))
    print(f"{compared:,} files compared with LibreOffice, {len(wrong)} row numbers differ", *wrong[:30], sep="\n")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
