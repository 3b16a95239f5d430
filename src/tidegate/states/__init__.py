"""States: one package each, with all that is theirs. TIDEGATE_STATE says which one an installation works for."""

DEFAULT = "tidegate.states.maine"
"""The state where nobody names one."""
