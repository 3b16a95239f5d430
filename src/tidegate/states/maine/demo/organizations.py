"""The demo state's organizations. Every ID is invented: no real organization ID is public (DOMAIN.md, Codes)."""

from dataclasses import dataclass

from tidegate.core.reference.organizations import CTE_SCHOOL, SAU, SCHOOL


@dataclass(frozen=True)
class DemoOrganization:
    """One line of organizations.csv."""

    id: int
    name: str
    kind: str
    parent_id: int | None = None
    local_id: str = ""


ROCK_STAR = DemoOrganization(9100, "Rock Star Public Schools", SAU)
ROCK_STAR_HIGH = DemoOrganization(9101, "Rock Star High School", SCHOOL, 9100, "RSHS")
ROCK_STAR_MIDDLE = DemoOrganization(9102, "Rock Star Middle School", SCHOOL, 9100)
CAPITAL_CITY = DemoOrganization(9200, "Capital City Public Schools", SAU)
CAPITAL_CITY_HIGH = DemoOrganization(9201, "Capital City High School", SCHOOL, 9200, "CCHS")
CAPITAL_AREA = DemoOrganization(9501, "Capital Area Technical Center", CTE_SCHOOL, 9200, "CATC")

_OTHER_SAUS = ("Folk Song Schools", "Harbor Choir Schools", "Pine Ballad Schools", "Slow Waltz Schools")
_OTHER_CTE_SCHOOLS = (
    "United Technologies Center",
    "Hancock County Technical Center",
    "Foster CTE Center",
    "Sanford Regional Technical Center",
    "Oxford Hills Technical School",
    "Northern Penobscot Tech Region III",
    "Region 9 School of Applied Technology",
    "Biddeford Regional Center of Technology",
    "Region Two School of Applied Technology",
    "Presque Isle Regional CTC",
    "Caribou Technology Center",
    "Tri-County Technical Center",
    "Mid-Maine Technical Center",
    "PATHS",
    "Mid-Coast School of Technology",
)

OTHER_SAUS = tuple(DemoOrganization(9300 + 10 * i, name, SAU) for i, name in enumerate(_OTHER_SAUS))
OTHER_HIGHS = tuple(
    DemoOrganization(sau.id + 1, f"{' '.join(sau.name.split()[:2])} High School", SCHOOL, sau.id) for sau in OTHER_SAUS
)
HOSTS = tuple(
    DemoOrganization(9600 + i, f"Host SAU of {name}", SAU) for i, name in enumerate(_OTHER_CTE_SCHOOLS, start=2)
)
OTHER_CTE_SCHOOLS = tuple(
    DemoOrganization(9500 + i, name, CTE_SCHOOL, 9600 + i) for i, name in enumerate(_OTHER_CTE_SCHOOLS, start=2)
)
ORGANIZATIONS = (
    ROCK_STAR, ROCK_STAR_HIGH, ROCK_STAR_MIDDLE, CAPITAL_CITY, CAPITAL_CITY_HIGH, CAPITAL_AREA,
    *OTHER_SAUS, *OTHER_HIGHS, *HOSTS, *OTHER_CTE_SCHOOLS,
)  # fmt: skip
