"""The plan of a check with a reference folder: what the file would change, or why that is not told."""

from collections.abc import Collection
from functools import partial
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from tidegate.core.errors import Refusal
from tidegate.core.reference.stored_lines import UPLOAD_ID, line_table

if TYPE_CHECKING:
    import polars as pl

    from tidegate.core.checking import CheckResult, Focus, PlanSettings
    from tidegate.core.checking.line_plan import Choice
    from tidegate.core.layouts.layout import Layout
    from tidegate.core.reference.folder import ReferenceFolder


_NOT_TOLD = "Not told: what the file would change of the lines on file"


class OfflinePlan(msgspec.Struct, frozen=True):
    """How the plan of a file is made without a server.

    `settings` asks the check for it; None where it cannot be made. `unplanned` are sentences about what is not
    told, and why. `keeps` are the columns of the rows that it is shown with.
    """

    settings: "PlanSettings | None"
    unplanned: tuple[str, ...] = ()
    keeps: Collection[str] = ()

    def with_plan(self, checked: "CheckResult") -> tuple["CheckResult", tuple[str, ...]]:
        """Return what was checked, without a plan that rests on a guess, and what is not told, with the reason."""
        if checked.is_refused or not checked.row_count or self.settings is None:
            return checked, () if checked.is_refused else self.unplanned
        if checked.not_asked:
            names = " and ".join(checked.not_asked)
            why = f", since it is not known which rows would be loaded. The reference folder has no {names}."
            return replace(checked, plan=None), (_NOT_TOLD + why,)
        if checked.plan is None:
            why = "This is a file of rows to fix, and only the server knows which lines its upload has loaded"
            return checked, (f"{_NOT_TOLD}. {why}: send it there with Check only.",)
        return checked, self.unplanned


def plan_offline(
    layout: "Layout", folder: "ReferenceFolder", focus: "Focus", *, missing: "Choice", is_complete: bool
) -> OfflinePlan:
    """Return how the plan of a file is made.

    Args:
        layout: The layout of the file type.
        folder: The reference folder.
        focus: The school year and the organization.
        missing: What becomes of lines on file that the file does not have.
        is_complete: Whether the file is everything that the organization has at the schools that it names.

    Raises:
        Refusal: A complete file is nobody's.
    """
    from tidegate.core.checking import PlanSettings

    if is_complete and focus.organization_id is None:
        fix = "Name the organization that the file is for with --organization"
        raise Refusal("A complete file is everything that one organization has", fix=fix, code="COMPLETE")
    if layout.on_file is None:
        return OfflinePlan(None)
    lines = line_table(layout, layout.on_file)
    if not folder.has(lines.file):
        return OfflinePlan(None, (f"{_NOT_TOLD}. The reference folder has no {lines.file.file_name}.",))
    senders, keeps = folder.senders(lines), layout.on_file.columns
    settings = PlanSettings(
        missing=missing, is_complete=is_complete, senders=None if senders is None else partial(_of_changes, senders)
    )
    if senders is not None or focus.organization_id is None:
        return OfflinePlan(settings, keeps=keeps)
    why = f"{lines.file.file_name} in the reference folder has no column SentFor: export the folder again."
    if is_complete:
        return OfflinePlan(None, (f"{_NOT_TOLD}. {why}",))
    return OfflinePlan(settings, (f"Not told: which lines on file the file leaves out. {why}",), keeps)


def _of_changes(senders: "pl.DataFrame", changes: "pl.Series") -> "pl.DataFrame":
    return senders.join(changes.alias(UPLOAD_ID).to_frame(), on=UPLOAD_ID, how="semi")
