"""Signs year ends."""

from typing import Any

import pytest

from tests.accountability.certification.test_sign import allow, proof, signer
from tests.accountability.two_years import PERIOD
from tidegate.accountability.certification.certificate import find_certificate
from tidegate.accountability.certification.sign import approve_snapshot, certify_snapshot
from tidegate.accountability.models import Snapshot
from tidegate.accounts.roles import Approver, Certifier


@pytest.fixture
def sign(monkeypatch):
    """Return what signs a snapshot twice and returns what its certificate says."""
    allow(monkeypatch, PERIOD, open_findings_percent=100.0, blocking_rules=())

    def signed(snapshot: Snapshot) -> dict[str, Any]:
        certified = certify_snapshot(snapshot, by=signer(Certifier, "Cora"), proof=proof())
        approved = approve_snapshot(certified, by=signer(Approver, "Abel"), proof=proof())
        return dict(find_certificate(approved).document["certificate"])

    return signed
