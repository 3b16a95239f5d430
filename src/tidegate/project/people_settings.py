"""The settings of people and their access, from the environment only."""

from tidegate.project.environment import MOST_DAYS, env_bool, env_int, env_list, env_str

TIDEGATE_DELEGATED_PEOPLE = env_bool(
    "TIDEGATE_DELEGATED_PEOPLE",
    default=False,
    meaning="Lets people with the role people-manager invite the people of their own office and give them roles.",
)
TIDEGATE_INVITATION_DAYS = env_int(
    "TIDEGATE_INVITATION_DAYS", 14, "How many days an invitation can be accepted.", at_least=1, at_most=MOST_DAYS
)
TIDEGATE_IDLE_DAYS = env_int(
    "TIDEGATE_IDLE_DAYS",
    0,
    "After how many days without a sign-in a person's access ends; 0 is never. A token in use counts as being there, "
    "and the last state administrator stays.",
    at_most=MOST_DAYS,
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
