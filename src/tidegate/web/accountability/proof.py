"""How a person shows anew that it is really them, before they sign something."""

from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from tidegate.accountability.certification.sign import Proof, ProofKind
from tidegate.accounts.sign_ins import PROVIDER_SAW
from tidegate.web.requests import PersonRequest

_RECORDS = "account_authentication_methods"
_USED = "proofs_used_until"


class WayToProve(NamedTuple):
    """A page on which a person shows that it is them, and what its button says."""

    address: str
    label: str


def proof_of(request: HttpRequest) -> Proof | None:
    """Return the newest proof of the session with which nothing was signed yet; None where there is none. To have
    signed in with a password is none: the screen may have been left open since."""
    used = request.session.get(_USED, 0.0)
    found = [proof for record in request.session.get(_RECORDS, ()) if (proof := _proof_in(request, record))]
    return max((proof for proof in found if proof.at.timestamp() > used), key=lambda proof: proof.at, default=None)


def use_up(request: HttpRequest, proof: Proof) -> None:
    """Let nothing else be signed with a proof, nor with an older one."""
    request.session[_USED] = proof.at.timestamp()


def ways_to_prove(request: PersonRequest, back: str) -> list[WayToProve]:
    """Return the ways that a person has, each of which leads back to an address."""
    ids = [flow["id"] for flow in get_reauthentication_flows(request.user)]
    after = {"next": back}
    ways = []
    if "reauthenticate" in ids and not settings.TIDEGATE_SSO_ONLY:
        ways.append(WayToProve(f"{reverse('account_reauthenticate')}?{urlencode(after)}", "Enter your password"))
    if "mfa_reauthenticate" in ids:
        ways.append(WayToProve(f"{reverse('mfa_reauthenticate')}?{urlencode(after)}", "Enter a code"))
    if settings.TIDEGATE_SSO_ISSUER and SocialAccount.objects.filter(user=request.user).exists():
        address = f"{reverse('single_sign_on')}?{urlencode(after | {'again': 1})}"
        ways.append(WayToProve(address, f"Sign in at {settings.TIDEGATE_SSO_NAME} again"))
    return ways


def _proof_in(request: HttpRequest, record: dict[str, Any]) -> Proof | None:
    """Return the proof that django-allauth's record of a sign-in is; None where it is none."""
    at = _moment(record["at"])
    match record["method"], bool(record.get("reauthenticated")):
        case "password", True if not settings.TIDEGATE_SSO_ONLY:
            return Proof(ProofKind.PASSWORD, at)
        case "mfa", True:
            return Proof(ProofKind.CODE, at)
        case "socialaccount", _:
            # What the provider does not say may be hours ago, with a cookie that nobody was asked for since.
            said = request.session.get(PROVIDER_SAW)
            return Proof(ProofKind.PROVIDER, min(at, _moment(said))) if said else None
    return None


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)
