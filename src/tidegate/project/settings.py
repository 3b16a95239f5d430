"""The settings, from the environment only. Importing them starts nothing."""

import secrets
from datetime import timedelta
from pathlib import Path

from tidegate.core.layouts.state_package import STATE, default_package, present_package
from tidegate.project.database import DATA_DIR, URL, connection_settings, data_dir
from tidegate.project.environment import (
    env_bool,
    env_choice,
    env_int,
    env_list,
    env_str,
    env_time_zone,
    settings_in_force,
)
from tidegate.project.log_settings import logging_settings
from tidegate.project.mail_settings import (  # noqa: F401 - Django reads them here
    TIDEGATE_MAIL_FROM,
    TIDEGATE_MAIL_URL,
    TIDEGATE_SITE_URL,
)
from tidegate.project.people_settings import (  # noqa: F401 - Django reads them here
    TIDEGATE_DELEGATED_PEOPLE,
    TIDEGATE_IDLE_DAYS,
    TIDEGATE_INVITATION_DAYS,
    TIDEGATE_SSO_GROUPS,
    TIDEGATE_SSO_GROUPS_CLAIM,
)
from tidegate.project.request_settings import (  # noqa: F401 - Django reads them here
    TIDEGATE_REQUEST_BYTES_PER_SECOND,
    TIDEGATE_REQUEST_PAUSE_SECONDS,
    TIDEGATE_REQUEST_SECONDS,
    TIDEGATE_UNFINISHED_FILES,
    TIDEGATE_UNFINISHED_PER_ADDRESS,
    TIDEGATE_UNFINISHED_PER_SENDER,
    TIDEGATE_UNFINISHED_REQUESTS,
    TIDEGATE_WEB_THREADS,
)
from tidegate.project.secret_key import read_secret_key
from tidegate.project.sign_in_settings import (  # noqa: F401 - Django reads them here
    SIGN_IN_PROVIDERS,
    TIDEGATE_PUBLIC_COUNTS,
    TIDEGATE_PUBLIC_REQUIREMENTS,
    TIDEGATE_SECOND_FACTOR_REQUIRED,
    TIDEGATE_SSO_ISSUER,
    TIDEGATE_SSO_NAME,
    TIDEGATE_SSO_ONLY,
    TIDEGATE_SSO_TRUST_EMAIL,
)
from tidegate.project.store_settings import (  # noqa: F401 - Django reads them here
    TIDEGATE_BACKUP_DIR,
    TIDEGATE_BACKUP_HOURS,
    TIDEGATE_BACKUP_KEEP,
    TIDEGATE_POINT_IN_TIME,
    TIDEGATE_STORE_KEY,
    TIDEGATE_STORE_URL,
)
from tidegate.project.upload_settings import (  # noqa: F401 - Django reads them here
    TIDEGATE_HOLD_COUNT,
    TIDEGATE_HOLD_PERCENT,
    TIDEGATE_KEEP_FILES_DAYS,
    TIDEGATE_KEEP_LOGS_DAYS,
    TIDEGATE_MAX_ROWS,
    TIDEGATE_MAX_UNREADABLE_PERCENT,
    TIDEGATE_MAX_UPLOAD_MB,
    TIDEGATE_MAX_UPLOAD_SECONDS,
    TIDEGATE_MAX_UPLOADS_PER_HOUR,
    TIDEGATE_PAGE_LOCK_SECONDS,
    TIDEGATE_SMALL_UPLOAD_KB,
    TIDEGATE_STALLED_SECONDS,
    TIDEGATE_WAIT_DAYS,
)

env_str(
    STATE,
    default_package(),
    "The state: the name of its package, which Python can import, or the package's folder.",
)
env_str(DATA_DIR, "tidegate-data", "The folder for the embedded PostgreSQL, the uploaded files and the secret key.")
TIDEGATE_DATA_DIR = data_dir()
TIDEGATE_UPLOADS_DIR = Path(
    env_str("TIDEGATE_UPLOADS_DIR", "", "The folder for uploaded files; blank is `uploads` in the data folder.")
    or TIDEGATE_DATA_DIR / "uploads"
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
TIDEGATE_AUDIT_HEADS_DIR = Path(
    env_str(
        "TIDEGATE_AUDIT_HEADS_DIR",
        "",
        "The folder into which workers write the signed head of the audit log of each day; blank is `audit-heads` in "
        "the data folder. Best a place where nobody of this machine can change a file.",
    )
    or TIDEGATE_DATA_DIR / "audit-heads"
)
TIDEGATE_PROGRAM_ROLE = env_str(
    "TIDEGATE_PROGRAM_ROLE",
    "",
    "For `tidegate migrate` as the owner of your own PostgreSQL: the role that the program signs in with, which is "
    "given what it needs; of the audit log that is to add and to read.",
)
TIDEGATE_METRICS_TOKEN = env_str(
    "TIDEGATE_METRICS_TOKEN",
    "",
    "Opens `/readyz` and `/metrics` to programs on other machines, which show it as `Authorization: Bearer …`; blank "
    "opens them to this machine alone. Make it long and random.",
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
TIDEGATE_SITE_URL = TIDEGATE_SITE_URL or f"{'https' if _HTTPS else 'http'}://{ALLOWED_HOSTS[0]}"
DEFAULT_FROM_EMAIL = TIDEGATE_MAIL_FROM
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if _HTTPS else []


SECRET_KEY = (
    env_str(
        "TIDEGATE_SECRET_KEY",
        "",
        "The key that signs sessions and encrypts second factors and webhooks' secrets; blank makes one in the data "
        "folder. All web processes and workers need the same.",
    )
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
    present_package().name,
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "axes",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    # It brings an HTTP client, a seventh of the time in which a worker or a command starts.
    *(["allauth.socialaccount.providers.openid_connect"] if TIDEGATE_SSO_ISSUER else []),
    "procrastinate.contrib.django",
    "tidegate.windows",
    "tidegate.inbox",
    "tidegate.uploads",
    "tidegate.accountability",
    "tidegate.administration",
    "tidegate.api",
]
MIDDLEWARE = [
    "tidegate.project.answer_headers.AnswerHeadersMiddleware",
    "tidegate.project.request_origin.RequestOriginMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tidegate.web.middleware.letter_case.LetterCaseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tidegate.web.middleware.session_limit.SessionLimitMiddleware",
    "tidegate.web.middleware.sign_in_first.SignInFirstMiddleware",  # a new page is closed until it says otherwise
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tidegate.web.middleware.refusals.RefusalMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tidegate.web.middleware.second_factor.SecondFactorMiddleware",
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
PASSWORD_RESET_TIMEOUT = 86_400  # of a link for a new password, in seconds: a mail server may be away for hours
CSRF_FAILURE_VIEW = "tidegate.web.errors.forbidden"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "account_login"

ACCOUNT_ADAPTER = "tidegate.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # nobody signs up; the state adds people
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True  # until TIDEGATE_SESSION_MINUTES and TIDEGATE_SESSION_HOURS end it
ACCOUNT_FORMS = {
    "login": "tidegate.web.accounts.forms.sign_in.SignInForm",
    "reauthenticate": "tidegate.web.accounts.forms.sign_in.PasswordAgainForm",
    "change_password": "tidegate.web.accounts.forms.sign_in.ChangePasswordForm",
}
ACCOUNT_RATE_LIMITS = {
    "login": None,  # axes counts wrong passwords
    "login_failed": "5/15m/key",  # wrong codes of the second factor
}
MFA_ADAPTER = "tidegate.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # phones' clocks are half a minute off
MFA_TOTP_ISSUER = "tidegate"
MFA_FORMS = {
    "authenticate": "tidegate.web.accounts.forms.sign_in.FactorCodeForm",
    "reauthenticate": "tidegate.web.accounts.forms.sign_in.CodeAgainForm",
    "activate_totp": "tidegate.web.accounts.forms.sign_in.FirstCodeForm",
}
SOCIALACCOUNT_ADAPTER = "tidegate.access.single_sign_on.InvitingSingleSignOnAdapter"
SOCIALACCOUNT_PROVIDERS = SIGN_IN_PROVIDERS

AXES_FAILURE_LIMIT = env_int(
    "TIDEGATE_SIGN_IN_TRIES", 10, "How often a wrong password may be given before a pause.", at_least=1
)
AXES_COOLOFF_TIME = timedelta(
    minutes=env_int(
        "TIDEGATE_SIGN_IN_PAUSE_MINUTES",
        15,
        "How long the pause after too many wrong passwords is.",
        at_least=1,
        at_most=525_600,
    )
)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # nobody can lock another person out from elsewhere
TIDEGATE_PROXIES = env_int(
    "TIDEGATE_PROXIES",
    0,
    "How many proxies are in front, each of which adds the address before it to `X-Forwarded-For`. With 0 none is "
    "believed, and behind a proxy everybody seems to come from one address.",
)
AXES_CLIENT_IP_CALLABLE = "tidegate.web.accounts.views.sign_in.address_of_sign_in"
AXES_USERNAME_CALLABLE = "tidegate.web.accounts.views.sign_in.digest_of_sign_in"
AXES_SENSITIVE_PARAMETERS = ["login", "email", "oldpassword", "password1", "password2"]  # are not stored
AXES_LOCKOUT_CALLABLE = "tidegate.web.accounts.views.sign_in.show_pause"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # the audit log has who signed in
AXES_VERBOSE = False

SESSION_COOKIE_AGE = 60 * env_int(
    "TIDEGATE_SESSION_MINUTES",
    240,
    "How long a person stays signed in without doing anything.",
    at_least=1,
    at_most=525_600,
)
TIDEGATE_SESSION_HOURS = env_int(
    "TIDEGATE_SESSION_HOURS",
    12,
    "How long after signing in a person must sign in again, however busy.",
    at_least=1,
    at_most=8_760,
)
SESSION_SAVE_EVERY_REQUEST = False  # SessionLimitMiddleware saves it once a minute
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME = "tidegate_session"
SECURE_SSL_REDIRECT = _HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
_HSTS_PRELOAD = env_bool(
    "TIDEGATE_HSTS_PRELOAD",
    default=False,
    meaning="Asks browsers to keep the whole domain on a list of HTTPS only. Hard to take back; needs the next one.",
)
_HSTS_SUBDOMAINS = env_bool(
    "TIDEGATE_HSTS_SUBDOMAINS",
    default=False,
    meaning="Binds every host below this one to HTTPS, too. Only where all of them have it.",
)
SECURE_HSTS_PRELOAD = _HTTPS and _HSTS_PRELOAD
SECURE_HSTS_INCLUDE_SUBDOMAINS = _HTTPS and _HSTS_SUBDOMAINS
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # both bind hosts that are not ours to bind
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "en-us"
TIME_ZONE = env_time_zone("TIDEGATE_TIME_ZONE", "America/New_York", "The time zone in which times are shown.")
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True  # the files are in the package; nothing has to be collected
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""  # only `tidegate worker` loads tasks; everybody else defers by name
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4_000  # the cells of a page of rows to correct, each a field without JavaScript
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # of a form without its file; files stream to disk
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "tidegate.uploads.storage.upload_handler.ArrivingFileHandler",
]

TIDEGATE_LOG_FORMAT = env_choice(
    "TIDEGATE_LOG_FORMAT",
    "text",
    ("text", "json"),
    "What a line of the log looks like: `text`, or `json`, an object with the request's and the upload's ID. With "
    "`json` there is a line for each request, too.",
)
_LEVELS = ("debug", "info", "warning", "error", "critical")
LOGGING = logging_settings(
    log_format=TIDEGATE_LOG_FORMAT,
    level=env_choice(
        "TIDEGATE_LOG_LEVEL",
        "info",
        _LEVELS,
        "How much is logged, from `debug` to `critical`.",
        synonyms={"warn": "warning", "fatal": "critical", "notset": "debug"},  # Python's other words
    ).upper(),
)
SETTINGS_IN_FORCE = settings_in_force()  # last, when all were asked for
