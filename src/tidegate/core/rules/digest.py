"""The digest of a rule set: equal digests mean that uploads were checked by the same rules and
layout."""

import hashlib
import inspect
from collections.abc import Iterable

import msgspec

from tidegate.core.layouts.layout import Layout
from tidegate.core.rules.rule import Rule


def rule_set_digest(layout: Layout, rules: Iterable[type[Rule]]) -> str:
    """Return the SHA-256, in hex, of the school year's layout and the source of every rule by
    code."""
    digest = hashlib.sha256(msgspec.json.encode(layout))
    for rule in sorted(rules, key=lambda rule: rule.code):
        digest.update(f"\n{rule.code}\n".encode())
        digest.update(inspect.getsource(rule).encode())
    return digest.hexdigest()
