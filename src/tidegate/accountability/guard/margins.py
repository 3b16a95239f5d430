"""The totals of a dimension that several tables have, or none: one falls by as much as another rises, and in each table
as much goes over from one to the other."""

from collections.abc import Mapping

from tidegate.accountability.guard.case import Case, Opening, Proof, Reader, has_opened, proof_of
from tidegate.accountability.guard.network import Flow, Network, Node
from tidegate.accountability.guard.release import Cell, TwoWayTable

_CANDIDATES = 8
"""How many partners of a total are tried."""


class Margins:
    """The totals of one dimension."""

    def __init__(self, case: Case, dimension: str, networks: Mapping[tuple[str, str], Network]) -> None:
        self.case, self.dimension, self._networks = case, dimension, networks
        self.counts: dict[Cell, int] = {
            ((dimension, key),): count
            for key, count in case.release.dimensions[dimension].items()
            if count or ((dimension, key),) in case.hidden
        }

    def protect(self) -> None:
        """Hide what makes each hidden total safe; withhold tables or the dimension, where nothing does."""
        while left := sorted(cell for cell in self.counts.keys() & self.case.hidden if cell not in self.case.proofs):
            cell = left[0]
            proof = self.prove(cell) or self._hide_a_partner(cell)
            if proof is None:
                self.case.withheld_dimensions.add(self.dimension)
                return
            self.case.proofs[cell] = proof

    def prove(self, cell: Cell) -> Proof | None:
        """Return why a hidden total is safe, None where it is not."""
        proof: Proof = frozenset()
        for reader in self.case.readers_of(cell):
            if (found := self._proof_for(reader, cell)) is None:
                return None
            proof |= found
        return proof

    def over(
        self, reader: Reader, cell: Cell, other: Cell, *, amount: int, except_for: TwoWayTable | None = None
    ) -> Flow:
        """Return how much a total can rise while another one falls: what each table lets over.

        Args:
            reader: From whom a number must be safe.
            cell: The total that rises.
            other: The total that falls.
            amount: How much at most.
            except_for: A table that is not asked.
        """
        ends = self.counts[other] - reader.lowest_of(other), reader.rise_of(cell, self.counts[cell])
        found = Flow(max(0, min(amount, *ends)), {})
        for table in self._tables():
            if table is not except_for:
                flow = self._networks[table.name].flow(
                    *self._ends(table, cell, other), at_most=found.amount, bounds=reader.bounds(cell)
                )
                found = Flow(flow.amount, found.moved | flow.moved)
        return found

    def _proof_for(self, reader: Reader, cell: Cell) -> Proof | None:
        for other in sorted(self.counts.keys() & reader.hidden - {cell}):
            if (proof := self._proof_with(reader, cell, other)) is not None:
                return proof
        return None

    def _proof_with(self, reader: Reader, cell: Cell, other: Cell) -> Proof | None:
        need = reader.need_of(cell, self.counts[cell])
        falls = self.over(reader, other, cell, amount=need.most_fall)
        if need.is_small and falls.amount < need.fall:
            return None
        rises = self.over(reader, cell, other, amount=min(need.width - falls.amount, need.most_rise))
        return proof_of(falls, rises) | {other} if rises.amount + falls.amount >= need.width else None

    def _tables(self) -> list[TwoWayTable]:
        return [table for table in self.case.release.tables_of(self.dimension) if self.case.is_published(table)]

    def _ends(self, table: TwoWayTable, cell: Cell, other: Cell) -> tuple[Node, Node]:
        """Return from where to where it flows inside a table when a total rises and another one falls: what comes
        into a row more goes out of it, what goes out of a column more comes into it."""
        if table.rows == self.dimension:
            return ("row", cell[0][1]), ("row", other[0][1])
        return ("column", other[0][1]), ("column", cell[0][1])

    def _hide_a_partner(self, cell: Cell) -> Proof | None:
        """Hide the total with which this one is safe at the least cost, with all that the tables need for it; where
        there is none, withhold the fewest tables."""
        for reader in self.case.readers_of(cell):
            if self._proof_for(reader, cell) is None and not self._has_partner(reader, cell):
                return None
        return self.prove(cell)

    def _has_partner(self, reader: Reader, cell: Cell) -> bool:
        best: tuple[int, int, Cell] | None = None
        before = set(self.case.hidden), set(reader.hidden)
        for other in self._candidates(reader, cell):
            failed = self._try_partner(reader, cell, other)
            score = (len(failed), len(self.case.hidden) - len(before[0]), other)
            best = min(best or score, score)
            self.case.hidden.intersection_update(before[0])
            reader.hidden.intersection_update(before[1])
        if best is None:
            return False
        self.case.withheld_tables.update(table.name for table in self._try_partner(reader, cell, best[2]))
        return True

    def _candidates(self, reader: Reader, cell: Cell) -> list[Cell]:
        need = reader.need_of(cell, self.counts[cell])
        others = [
            other
            for other, count in self.counts.items()
            if other != cell
            and other not in reader.knows
            and count - reader.lowest_of(other) >= need.rise
            and (other in self.case.hidden or reader.has_room(other, count))
        ]
        return sorted(others, key=lambda each: (each not in self.case.hidden, self.counts[each], each))[:_CANDIDATES]

    def _try_partner(self, reader: Reader, cell: Cell, other: Cell) -> list[TwoWayTable]:
        """Hide another total and what the tables need for it; return those in which nothing helps."""
        self.case.hidden.add(other)
        reader.hidden.add(other)
        need, failed = reader.need_of(cell, self.counts[cell]), []
        for table in self._tables():
            opening = Opening(self._ends(table, cell, other), need.rise, need.fall)
            network = self._networks[table.name]
            ways = (opening, opening.reversed)
            if not all(has_opened(self.case, network, reader, cell, each) for each in ways):
                failed.append(table)
        return failed
