"""The entry of the web server."""

import os

from django.core.wsgi import get_wsgi_application

from tidegate.project.database import data_dir, ensure_running
from tidegate.project.page_sessions import limit_page_sessions
from tidegate.project.secret_key import ensure_secret_key

ensure_secret_key(data_dir())
ensure_running()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tidegate.project.settings")
application = get_wsgi_application()
limit_page_sessions()
