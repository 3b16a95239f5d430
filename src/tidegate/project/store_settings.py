"""The settings of the store of uploaded files and of the backups, from the environment only."""

from django.core.exceptions import ImproperlyConfigured

from tidegate.project.environment import env_bool, env_int, env_str

TIDEGATE_STORE_URL = env_str(
    "TIDEGATE_STORE_URL",
    "",
    "Keeps uploaded files in an object store instead of a folder: `s3://BUCKET/PREFIX`, `gs://BUCKET/PREFIX` or "
    "`az://CONTAINER/PREFIX`. Credentials and address come from the provider's own variables.",
)
if TIDEGATE_STORE_URL and not TIDEGATE_STORE_URL.startswith(
    ("s3://", "s3a://", "gs://", "az://", "abfs://", "abfss://")
):
    raise ImproperlyConfigured("TIDEGATE_STORE_URL does not begin with s3://, gs:// or az://")
TIDEGATE_STORE_KEY = env_str(
    "TIDEGATE_STORE_KEY",
    "",
    "Encrypts uploaded files at rest: an age identity (`tidegate new-store-key`). Keep it apart from the backups; "
    "without it the files cannot be read.",
)
TIDEGATE_BACKUP_DIR = env_str(
    "TIDEGATE_BACKUP_DIR",
    "",
    "The folder, on another disk, into which a worker writes a backup every TIDEGATE_BACKUP_HOURS; blank makes none. "
    "All workers need the same one.",
)
TIDEGATE_BACKUP_HOURS = env_int(
    "TIDEGATE_BACKUP_HOURS", 24, "How many hours lie between two backups.", at_least=1, at_most=8_760
)
TIDEGATE_BACKUP_KEEP = env_int(
    "TIDEGATE_BACKUP_KEEP", 14, "How many of the backups in TIDEGATE_BACKUP_DIR are kept, the newest.", at_least=1
)
TIDEGATE_POINT_IN_TIME = env_bool(
    "TIDEGATE_POINT_IN_TIME",
    default=False,
    meaning="Whether `tidegate serve` keeps the embedded PostgreSQL's write-ahead log in TIDEGATE_BACKUP_DIR as well, "
    "so that `tidegate restore --until` can go back to any moment.",
)
