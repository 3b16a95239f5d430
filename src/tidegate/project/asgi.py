"""The entry of the web server: the pages, before them what takes requests in without a thread, and what watches."""

from tidegate.project.wsgi import application as pages  # first: it sets Django up

# isort: split
from django.conf import settings

from tidegate.accounts.addresses import address_of
from tidegate.project.arrivals import ArrivalBounds
from tidegate.project.end_with_server import end_with_server
from tidegate.project.monitoring import MonitoredSite
from tidegate.project.wsgi_gateway import WsgiGateway
from tidegate.uploads.storage.upload_handler import BYTES_PER_MB

end_with_server()
application = MonitoredSite(
    WsgiGateway(
        pages,
        bounds=ArrivalBounds(
            seconds=settings.TIDEGATE_REQUEST_SECONDS,
            pause_seconds=settings.TIDEGATE_REQUEST_PAUSE_SECONDS,
            bytes_per_second=settings.TIDEGATE_REQUEST_BYTES_PER_SECOND,
            in_all=settings.TIDEGATE_UNFINISHED_REQUESTS,
            on_disk=settings.TIDEGATE_UNFINISHED_FILES,
            per_sender=settings.TIDEGATE_UNFINISHED_PER_SENDER,
            per_address=settings.TIDEGATE_UNFINISHED_PER_ADDRESS if settings.TIDEGATE_PROXIES else 0,
            largest_file=settings.TIDEGATE_MAX_UPLOAD_MB * BYTES_PER_MB,
        ),
        threads=settings.TIDEGATE_WEB_THREADS,
        address_of=address_of,
    )
)
