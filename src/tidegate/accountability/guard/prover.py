"""Proves that hidden numbers are safe: in the table that each is of, or by the totals that several tables share."""

from tidegate.accountability.guard.case import Case, Proof, Reader, prove
from tidegate.accountability.guard.margins import Margins
from tidegate.accountability.guard.network import Network
from tidegate.accountability.guard.release import Cell, TwoWayTable

_MIN_MOVE = 2
"""Up to here 1 to n - 1 is one value: nothing must move."""


class Prover:
    """A case with the networks of its tables. `own` has the table of each dimension that is in no other."""

    def __init__(self, case: Case) -> None:
        self.case = case
        tables = {name: case.release.tables_of(name) for name in case.release.dimensions}
        self.own = {name: found[0] for name, found in tables.items() if len(found) == 1}
        self._shared = tables.keys() - self.own.keys()
        self.networks: dict[tuple[str, str], Network] = {}
        for table in case.release.tables:
            self.renew(table)
        self.margins = {name: Margins(case, name, self.networks) for name in tables}

    def renew(self, table: TwoWayTable) -> Network:
        """Return the network of a table anew, after rows or columns of it were hidden wholly."""
        lines = [line for line in self.case.closed if line[0] == table.name]
        zeros = [cell for line in lines for cell in self.case.release.cells_of_line(line)]
        zeros += [cell for cell in self.case.release.coded_zeros() if _is_inside(cell, table)]
        if not self.case.release.adds_up:
            zeros += [table.cell(*keys) for keys, count in table.counts.items() if not count]
        self.networks[table.name] = Network(self.case.release, table, shared=self._shared, zeros=zeros)
        return self.networks[table.name]

    def prove(self, cell: Cell) -> Proof | None:
        """Return why a hidden number is safe, in the table that it is of."""
        if len(cell) == 1:
            name = cell[0][0]
            if name not in self.own or not self.case.is_published(self.own[name]):
                return self.margins[name].prove(cell)
            network = self.networks[self.own[name].name]
        else:
            network = self.networks[cell[0][0], cell[1][0]]
        proof: Proof = frozenset()
        for reader in self.case.readers_of(cell):
            found = prove(network, reader, cell) or self._prove_with_totals(network, reader, cell)
            if found is None:
                return None
            proof |= found
        return proof

    def _prove_with_totals(self, network: Network, reader: Reader, cell: Cell) -> Proof | None:
        """Return why a number is safe when two hidden totals that other tables share move, too."""
        if reader.smallest <= _MIN_MOVE:
            return frozenset()
        for pair in cell:
            margins, total = self.margins[pair[0]], (pair,)
            if total not in network.shared or total not in reader.hidden:
                continue
            for other in sorted(margins.counts.keys() & reader.hidden - {total}):
                proof = self._prove_with_pair(network, reader, cell, (total, other))
                if proof is not None:
                    return proof
        return None

    def _prove_with_pair(self, network: Network, reader: Reader, cell: Cell, pair: tuple[Cell, Cell]) -> Proof | None:
        total, other = pair
        margins = self.margins[total[0][0]]
        table = next(each for each in self.case.release.tables if self.networks[each.name] is network)
        up = margins.over(reader, total, other, amount=self.case.smallest, except_for=table)
        down = margins.over(reader, other, total, amount=self.case.smallest, except_for=table)
        counts = margins.counts
        shared = {
            total: (counts[total] - down.amount, counts[total] + up.amount),
            other: (counts[other] - up.amount, counts[other] + down.amount),
        }
        proof = prove(network, reader, cell, bounds=reader.bounds(cell)._replace(shared=shared))
        return None if proof is None else proof | set(up.moved) | set(down.moved) | {total, other}


def _is_inside(cell: Cell, table: TwoWayTable) -> bool:
    return len(cell) == 2 and (cell[0][0], cell[1][0]) == table.name
