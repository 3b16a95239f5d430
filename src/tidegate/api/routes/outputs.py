"""The outputs of an upload, a route for each that is found, and the key of the receipts."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Router

from tidegate.accounts.permissions import check_can_have_output
from tidegate.api.find_upload import PROBLEMS, find_upload, person_of, record_act
from tidegate.api.openapi import gives
from tidegate.api.schemas.uploads import Problem
from tidegate.core.outputs.catalogue import downloads
from tidegate.core.outputs.output import JSON, Output
from tidegate.uploads.queries.upload_source import UploadSource
from tidegate.uploads.receipts.receipt import published_key

# The order of the first published description, which stays; new routes come after these.
_PUBLISHED = ("result-log", "receipt", "receipt-key", "answer-file", "full-log", "fix-file")


def routes_of(outputs: Iterable[Output]) -> Router:
    """Return the routes of the outputs, which give the first form of each unless `format` names another."""
    router = Router(tags=["uploads"])
    adders = {output.slug: partial(_add_output, router, output) for output in outputs}
    adders |= {"receipt-key": partial(_add_receipt_key, router)}
    for slug in sorted(adders, key=lambda slug: _PUBLISHED.index(slug) if slug in _PUBLISHED else len(_PUBLISHED)):
        adders[slug]()
    return router


def _add_output(router: Router, output: Output) -> None:
    files = [form.media_type for form in output.forms if form != JSON]
    router.add_api_operation(
        f"/uploads/{{int:upload_id}}/{output.slug}",
        ["GET"],
        _route_of(output),
        summary=f"The {output.name}",
        description=f"Return {output.summary[:1].lower()}{output.summary[1:]}",
        response={200: Any, **PROBLEMS},
        openapi_extra=gives(*files, and_json=JSON in output.forms),
    )


def _route_of(output: Output) -> Callable[..., HttpResponse]:
    forms = {form.suffix: form for form in output.forms}

    def get_output(request: HttpRequest, upload_id: int, format: str = output.forms[0].suffix) -> HttpResponse:  # noqa: A002
        form = forms[format]
        upload = find_upload(request, upload_id)
        check_can_have_output(person_of(request), output.permission, upload.organization)
        chunks = output.content(UploadSource(upload), form)
        record_act(request, output.event, upload)
        if form == JSON:  # a document, sent whole and with its length
            return HttpResponse(b"".join(chunks), content_type=form.media_type)
        return StreamingHttpResponse(chunks, content_type=form.media_type)  # type: ignore[return-value]

    get_output.__annotations__["format"] = Literal[*forms]  # so that no other is asked for, as the description says
    get_output.__name__ = f"get_{output.python_name}"  # the name that a generated client gives to the call
    return get_output


def _add_receipt_key(router: Router) -> None:
    router.add_api_operation(
        "/receipt-key",
        ["GET"],
        get_receipt_key,
        summary="The key of the receipts",
        auth=None,
        response={200: Any, **dict.fromkeys((400, 500, 503), Problem)},
        openapi_extra=gives("text/plain"),
    )


def get_receipt_key(request: HttpRequest) -> HttpResponse:
    """Return the public key (Ed25519, PEM) that receipts are signed with."""
    return HttpResponse(published_key(), content_type="text/plain; charset=utf-8")


router = routes_of(downloads())
