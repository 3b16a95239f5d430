"""The settings of how requests arrive, from the environment only."""

from tidegate.project.environment import env_int

TIDEGATE_WEB_THREADS = env_int(
    "TIDEGATE_WEB_THREADS",
    8,
    "How many requests a web process carries out side by side; one that is still arriving, or whose answer is still "
    "being read, needs none of them. Half of them take large files, the others are kept for pages.",
    at_least=1,
)
TIDEGATE_REQUEST_SECONDS = env_int(
    "TIDEGATE_REQUEST_SECONDS",
    3_600,
    "How long a request may take to arrive, and its answer to be read, in seconds.",
    at_least=1,
)
TIDEGATE_REQUEST_PAUSE_SECONDS = env_int(
    "TIDEGATE_REQUEST_PAUSE_SECONDS",
    20,
    "A sender that is silent for so many seconds is not waited for any longer.",
    at_least=1,
)
TIDEGATE_REQUEST_BYTES_PER_SECOND = env_int(
    "TIDEGATE_REQUEST_BYTES_PER_SECOND",
    1_000,
    "A sender that stays below so many bytes a second, after a first pause, is not waited for either.",
)
TIDEGATE_UNFINISHED_REQUESTS = env_int(
    "TIDEGATE_UNFINISHED_REQUESTS",
    400,
    "How many requests may be arriving at a web process at once. Where all places are taken, the sender that has been "
    "silent for longest gives way.",
    at_least=1,
)
TIDEGATE_UNFINISHED_FILES = env_int(
    "TIDEGATE_UNFINISHED_FILES",
    64,
    "How many of them may be larger than 64 KB and so wait on the disk, encrypted. Each has a sender who is known.",
    at_least=1,
)
TIDEGATE_UNFINISHED_PER_SENDER = env_int(
    "TIDEGATE_UNFINISHED_PER_SENDER", 16, "How many of them may come from one person or one token.", at_least=1
)
TIDEGATE_UNFINISHED_PER_ADDRESS = env_int(
    "TIDEGATE_UNFINISHED_PER_ADDRESS",
    100,
    "How many of them may come from one address, where TIDEGATE_PROXIES is set; 0 is no limit. Without proxies "
    "addresses are not counted: a whole state may come from one.",
)
