"""The settings of people and their access, from the environment only."""

from tidegate.project.environment import env_bool, env_int, env_list, env_str

TIDEGATE_DELEGATED_PEOPLE = env_bool(
    "TIDEGATE_DELEGATED_PEOPLE",
    default=False,
    meaning="Lets people with the role people-manager invite the people of their own office and give them roles.",
)
TIDEGATE_INVITATION_DAYS = env_int("TIDEGATE_INVITATION_DAYS", 14, "How many days an invitation can be accepted.")
TIDEGATE_IDLE_DAYS = env_int(
    "TIDEGATE_IDLE_DAYS",
    0,
    "After how many days without a sign-in a person's access ends; 0 is never. A token in use counts as being there, "
    "and the last state administrator stays.",
)
TIDEGATE_SECOND_FACTOR_REQUIRED = env_bool(
    "TIDEGATE_SECOND_FACTOR_REQUIRED",
    default=False,
    meaning="A person who signs in with a password must set up a second factor before anything else.",
)
TIDEGATE_SSO_ISSUER = env_str(
    "TIDEGATE_SSO_ISSUER", "", "Single sign-on: the address of the OpenID Connect provider; blank is none."
)
TIDEGATE_SSO_NAME = env_str("TIDEGATE_SSO_NAME", "single sign-on", "How people call that provider.")
TIDEGATE_SSO_CLIENT_ID = env_str("TIDEGATE_SSO_CLIENT_ID", "", "The client ID that the provider gave to tidegate.")
TIDEGATE_SSO_CLIENT_SECRET = env_str("TIDEGATE_SSO_CLIENT_SECRET", "", "The secret that belongs to the client ID.")
TIDEGATE_SSO_TRUST_EMAIL = env_bool(
    "TIDEGATE_SSO_TRUST_EMAIL",
    default=False,
    meaning="Believes the provider's emails without `email_verified`; only where the provider sets them itself.",
)
TIDEGATE_SSO_ONLY = env_bool(
    "TIDEGATE_SSO_ONLY", default=False, meaning="Takes no passwords: everybody signs in through the provider."
)
TIDEGATE_SSO_GROUPS_CLAIM = env_str(
    "TIDEGATE_SSO_GROUPS_CLAIM", "groups", "The claim in which the single sign-on provider names a person's groups."
)
TIDEGATE_SSO_GROUPS = env_list(
    "TIDEGATE_SSO_GROUPS",
    "",
    "Roles by groups of the single sign-on provider, with commas: `tidegate-admins=state-administrator`, "
    "`tidegate-1000=viewer@1000`, or for all organizations `tidegate-*=data-specialist@*`. Such a role ends when the "
    "person signs in without the group.",
)
