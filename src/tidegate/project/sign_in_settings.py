"""The settings of signing in, and of what needs none, from the environment only."""

from tidegate.project.environment import env_bool, env_str

TIDEGATE_PUBLIC_REQUIREMENTS = env_bool(
    "TIDEGATE_PUBLIC_REQUIREMENTS",
    default=False,
    meaning="Lets everybody read the file types, their layouts, codes, rules and sample files, and download the lists "
    "of organizations and codes for `tidegate check`, without signing in. Nothing there is about a person.",
)
TIDEGATE_PUBLIC_COUNTS = env_bool(
    "TIDEGATE_PUBLIC_COUNTS",
    default=False,
    meaning="Lets everybody read the counts that the state has published, without signing in. Small numbers are hidden "
    "there.",
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
SIGN_IN_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "sso",
                "name": TIDEGATE_SSO_NAME,
                "client_id": TIDEGATE_SSO_CLIENT_ID,
                "secret": TIDEGATE_SSO_CLIENT_SECRET,
                "settings": {"server_url": TIDEGATE_SSO_ISSUER},
            }
        ],
    }
}
