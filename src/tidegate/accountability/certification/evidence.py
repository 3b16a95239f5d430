"""What the two who sign are shown of a snapshot, and what stands in the way of signing."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from tidegate.accountability.certification.senders import WithoutLines, schools_without_lines
from tidegate.accountability.explanations.compared_indicators import (
    ComparedIndicator,
    compared_indicators,
    watched_counts,
)
from tidegate.accountability.explanations.comparison import Beside, ComparedCount, compared_counts, snapshots_beside
from tidegate.accountability.explanations.unusual_numbers import UnusualNumber, unusual_numbers
from tidegate.accountability.explanations.warned_lines import WarnedLines, lines_with_open_warnings, warned_lines
from tidegate.accountability.models import Snapshot
from tidegate.accountability.periods.period import find_period
from tidegate.accountability.snapshots.findings import OpenFindings, lines_found, open_findings
from tidegate.core.errors import Conflict


@dataclass(frozen=True)
class Evidence:
    """What is known of a snapshot when it is signed. `beside` are the snapshots whose numbers stand beside its own,
    `indicators` those that are published of it and sent to the Department, none where it has none;
    `warned_line_count` lines fit, but have a warning that nobody has explained."""

    beside: Beside
    counts: tuple[ComparedCount, ...]
    findings: OpenFindings
    unusual: tuple[UnusualNumber, ...]
    warned: tuple[WarnedLines, ...]
    warned_line_count: int
    without_lines: tuple[WithoutLines, ...]
    allowed_percent: Decimal
    indicators: tuple[ComparedIndicator, ...] = ()

    @property
    def open_numbers(self) -> int:
        """How many unusual numbers nobody has explained."""
        return sum(number.explanation is None for number in self.unusual)

    @property
    def open_count(self) -> int:
        """How many findings are open that do not block: lines that do not fit, lines with a warning, and unusual
        numbers."""
        return self.findings.other_count + self.warned_line_count + self.open_numbers

    @property
    def open_warnings(self) -> int:
        """How many warnings, each of an office, file type and rule, nobody has explained."""
        return sum(each.explanation is None for each in self.warned)

    @property
    def percent(self) -> Decimal:
        """The open findings in percent of the lines that are counted, rounded up to hundredths."""
        if not self.findings.line_count:
            return Decimal(100 if self.open_count else 0)
        exact = Decimal(100 * self.open_count) / self.findings.line_count
        return exact.quantize(Decimal("0.01"), ROUND_CEILING)

    @property
    def is_over(self) -> bool:
        """Whether more is open than the state allows."""
        return self.percent > self.allowed_percent

    @property
    def may_be_signed(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.findings.blocking_count and not self.is_over

    @property
    def said_nothing(self) -> list[WithoutLines]:
        """The schools that have sent nothing, and have not said that there is nothing to report."""
        return [each for each in self.without_lines if not each.said_nothing_to_report]

    @property
    def nothing_to_report(self) -> list[WithoutLines]:
        """The schools that have said that there is nothing to report."""
        return [each for each in self.without_lines if each.said_nothing_to_report]

    def check(self) -> None:
        """Raise Conflict where a finding stands in the way of signing."""
        blocking = self.findings.blocking_count
        if blocking:
            raise Conflict(
                f"{blocking:,} line{' breaks' if blocking == 1 else 's break'} a rule that blocks certifying",
                fix="Have them corrected, reopen the count with the reason, and take another snapshot",
                code="BLOCKING_FINDINGS",
            )
        if self.is_over:
            raise Conflict(
                f"{self.open_count:,} {'finding is' if self.open_count == 1 else 'findings are'} open, which is "
                f"{self.percent} percent of the lines; the state allows {self.allowed_percent.normalize():f} percent",
                fix="Have them corrected or explained first",
                code="OPEN_FINDINGS",
            )

    def as_json(self) -> Mapping[str, Any]:
        """Return what a certificate says of it: counts of the whole state, and no number of a small group."""
        return {
            "lines": self.findings.line_count,
            "blocking_findings": self.findings.blocking_count,
            "open_lines": self.findings.other_count,
            "lines_with_open_warnings": self.warned_line_count,
            "open_warnings": self.open_warnings,
            "explained_warnings": len(self.warned) - self.open_warnings,
            "open_unusual_numbers": self.open_numbers,
            "explained_unusual_numbers": len(self.unusual) - self.open_numbers,
            "open_percent": str(self.percent),
            "allowed_percent": f"{self.allowed_percent.normalize():f}",
            "schools_without_lines": len(self.said_nothing),
            "schools_with_nothing_to_report": len(self.nothing_to_report),
            "rules": {f"{rule.file_type} {rule.code}": rule.line_count for rule in self.findings.rules},
        }


def evidence_of(snapshot: Snapshot) -> Evidence:
    """Return what is known of a snapshot now."""
    beside, warned = snapshots_beside(snapshot), warned_lines(snapshot)
    counts, indicators = compared_counts(snapshot, beside), compared_indicators(snapshot, beside)
    period = find_period(snapshot.period)
    return Evidence(
        beside,
        tuple(counts),
        open_findings(snapshot),
        tuple(unusual_numbers(snapshot, [*counts, *watched_counts(indicators)])),
        tuple(warned),
        lines_with_open_warnings(snapshot, warned, lines_found(snapshot, period)),
        tuple(schools_without_lines(snapshot)),
        Decimal(str(period.file.open_findings_percent)),
        tuple(indicators),
    )
