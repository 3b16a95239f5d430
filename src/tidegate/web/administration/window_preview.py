"""The page that shows what an act on windows would do, with the button that does it as it was shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render

from tidegate.overview.window_change import WindowChange, version_of
from tidegate.web.requests import PersonRequest

_NOT_SENT_AGAIN = ("csrfmiddlewaretoken", "seen")


@dataclass(frozen=True)
class WindowPreview:
    """What the page shows: the question, what would change, and how the button is called; `back` is where Cancel
    leads."""

    title: str
    changes: Sequence[WindowChange]
    button: str
    back: str

    def shown(self, request: PersonRequest) -> HttpResponse:
        """Return the page; its form sends again what led to it, and what was seen."""
        sent = [(name, text) for name, texts in request.POST.lists() if name not in _NOT_SENT_AGAIN for text in texts]
        context = {
            "foreseen": self,
            "sent": sent,
            "seen": seen_of(self.changes),
            "is_outdated": "seen" in request.POST,
        }
        return render(request, "web/administration/foreseen.html", context)


def seen_of(changes: Sequence[WindowChange]) -> str:
    """Return what tells whether anybody has changed a window since the page was shown."""
    return ",".join(f"{each.file_type.slug}:{version_of(each.before)}" for each in changes)


def is_seen(request: PersonRequest, changes: Sequence[WindowChange]) -> bool:
    """Whether the person has seen these very changes, and pressed the button below them."""
    return request.POST.get("seen") == seen_of(changes)
