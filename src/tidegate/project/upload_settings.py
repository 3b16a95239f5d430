"""The settings of uploads: what is taken, held and kept, and for how long; from the environment only."""

from tidegate.project.environment import MOST_DAYS, env_int

TIDEGATE_KEEP_FILES_DAYS = env_int(
    "TIDEGATE_KEEP_FILES_DAYS",
    0,
    "How long uploaded files are kept; 0 is for ever. The receipt stays.",
    at_most=MOST_DAYS,
)
TIDEGATE_KEEP_LOGS_DAYS = env_int(
    "TIDEGATE_KEEP_LOGS_DAYS",
    0,
    "How long findings and answer files are kept, and jobs that were given up, messages, `Idempotency-Key`s, and "
    "invitations and requests for access that are over; 0 is for ever. The receipt stays.",
    at_most=MOST_DAYS,
)
TIDEGATE_MAX_UPLOAD_MB = env_int(
    "TIDEGATE_MAX_UPLOAD_MB", 500, "The largest file that is taken, in MB of 1,000,000 bytes.", at_least=1
)
TIDEGATE_MAX_ROWS = env_int(
    "TIDEGATE_MAX_ROWS", 10_000_000, "The most rows that an uploaded file may have; 0 is no limit."
)
TIDEGATE_MAX_UNREADABLE_PERCENT = env_int(
    "TIDEGATE_MAX_UNREADABLE_PERCENT",
    0,
    "Of how many percent of its rows, if they are 10,000 or more, a file is refused that cannot be read; 0 is never.",
    at_most=100,
)
TIDEGATE_MAX_UPLOADS_PER_HOUR = env_int(
    "TIDEGATE_MAX_UPLOADS_PER_HOUR", 5_000, "The most files that one person may send within an hour; 0 is no limit."
)
TIDEGATE_STALLED_SECONDS = env_int(
    "TIDEGATE_STALLED_SECONDS",
    15,
    "A worker that has given no sign of life for so long is taken for dead: it loses its sessions in the database, and "
    "another takes its upload up.",
    at_least=1,
    at_most=3_600,
)
TIDEGATE_MAX_UPLOAD_SECONDS = env_int(
    "TIDEGATE_MAX_UPLOAD_SECONDS",
    3600,
    "How long a worker may take for one upload; then the upload ends as failed, and nothing of it is loaded. 0 is no "
    "limit.",
    at_most=604_800,
)
TIDEGATE_SMALL_UPLOAD_KB = env_int(
    "TIDEGATE_SMALL_UPLOAD_KB",
    500,
    "Files of at most so many KB of 1,000 bytes are small: `tidegate worker --lane small` takes no others.",
    at_least=1,
)
TIDEGATE_PAGE_LOCK_SECONDS = env_int(
    "TIDEGATE_PAGE_LOCK_SECONDS",
    60,
    "How long a page waits for a lock in the database, and how long one that does nothing in a transaction may keep "
    "its own (half an hour while a file goes to the store or comes from it); 0 is for ever.",
    at_most=86_400,
)
TIDEGATE_HOLD_PERCENT = env_int(
    "TIDEGATE_HOLD_PERCENT",
    0,
    "An upload that replaces more than so many percent of an organization's records, and at least "
    "`TIDEGATE_HOLD_COUNT`, is put on hold until a second person releases it; 0 holds none. 50 is a good start.",
    at_most=100,
)
TIDEGATE_HOLD_COUNT = env_int(
    "TIDEGATE_HOLD_COUNT",
    10,
    "Fewer replaced records put no upload on hold: a small school may correct all of its lines on any day.",
)
TIDEGATE_WAIT_DAYS = env_int(
    "TIDEGATE_WAIT_DAYS",
    30,
    "How many days a row waits for a line of another file, such as an enrollment; 0 lets none wait.",
    at_most=MOST_DAYS,
)
