"""Writes docs/reference/, docs/uploading/programs.md and codes.lock from the rules, layouts, settings, states and the
table of other programs. `--check` only compares."""

import argparse
import os
import sys
from pathlib import Path

from tools.docs.installation import commands_page, description, outputs_page, settings_page, states_page
from tools.docs.page import REFERENCE, ROOT, in_form
from tools.docs.programs import programs_page
from tools.docs.reference_data import look_ups_page, reference_folder_page
from tools.docs.rules import all_rules, file_type_pages, rule_pages, rules_page

from tidegate.file_types import find_all

os.environ["DJANGO_SETTINGS_MODULE"] = "tidegate.project.settings"
for name in [name for name in os.environ if name.startswith("TIDEGATE_")]:
    del os.environ[name]  # the documentation tells the defaults

LOCK = ROOT / "codes.lock"


def lock() -> str:
    """Return codes.lock: every code that was ever used, with the name of its rule. A code is never used again."""
    old = dict(line.split(" ", 1) for line in LOCK.read_text().splitlines()) if LOCK.exists() else {}
    codes = old | {code: rule.__module__.rpartition(".")[2].partition("_")[2] for code, rule in all_rules().items()}
    return "".join(f"{code} {name}\n" for code, name in sorted(codes.items()))


def pages() -> dict[Path, str]:
    """Return every generated page by its path."""
    by_path = {
        REFERENCE / "rules.md": rules_page(),
        REFERENCE / "look-ups.md": look_ups_page(),
        REFERENCE / "reference-folder.md": reference_folder_page(),
        REFERENCE / "settings.md": settings_page(),
        REFERENCE / "commands.md": commands_page(),
        REFERENCE / "outputs.md": outputs_page(),
        REFERENCE / "upload-states.md": states_page(),
        REFERENCE / "openapi.json": description(),
        ROOT / "docs" / "uploading" / "programs.md": programs_page(),
        LOCK: lock(),
    }
    for kind in find_all().values():
        by_path |= file_type_pages(kind)
    by_path |= rule_pages()
    return {path: in_form(text) if path.suffix == ".md" else text for path, text in by_path.items()}


def main() -> int:
    """Write the pages, or say which are stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail if a page is stale")
    is_check = parser.parse_args().check
    wanted = pages()
    gone = set((REFERENCE / "rules").glob("*.md")) - wanted.keys()
    for path in gone:
        if not is_check:
            path.unlink()
        print(f"{'should go' if is_check else 'removed'}: {path.relative_to(ROOT)}")
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text() != text]
    for path in stale:
        if not is_check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[path])
        print(f"{'stale' if is_check else 'written'}: {path.relative_to(ROOT)}")
    return int(is_check and bool(stale or gone))


if __name__ == "__main__":
    sys.exit(main())
