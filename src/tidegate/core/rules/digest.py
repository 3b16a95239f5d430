"""The digest of a rule set: two uploads with the same digest were judged by the same rules and the same layout."""

import hashlib
import inspect
from collections.abc import Iterable

import msgspec

from tidegate.core.layouts.layout import Layout
from tidegate.core.rules.rule import Rule


def rule_set_digest(layout: Layout, rules: Iterable[type[Rule]]) -> str:
    """Return the SHA-256, in hex, of the layout of the year and of the source of every rule, in the order of codes."""
    digest = hashlib.sha256(msgspec.json.encode(layout))
    for rule in sorted(rules, key=lambda rule: rule.code):
        digest.update(f"\n{rule.code}\n".encode())
        digest.update(inspect.getsource(rule).encode())
    return digest.hexdigest()
