"""The tests of a state's package, found by looking: examples of rules, cases, wording and documentation."""
