"""Version 1 of the API."""

from tidegate.api.authenticate import BearerToken
from tidegate.api.described_api import DescribedApi
from tidegate.api.problems import answer_problems
from tidegate.api.routes import file_types, uploads

api = DescribedApi(
    title="tidegate",
    version="1",
    description="Send files to the state collection system and read what became of them.",
    auth=BearerToken(),
    docs_url=None,  # the page would load its scripts from elsewhere; the description itself is enough
    urls_namespace="api-v1",
    servers=[{"url": "/", "description": "The site that this description comes from"}],
    openapi_extra={"info": {"license": {"name": "Apache License 2.0", "identifier": "Apache-2.0"}}},
)
api.add_router("", uploads.router)
api.add_router("", file_types.router)
answer_problems(api)
