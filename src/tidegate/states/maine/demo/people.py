"""The demo's people, one for each role."""

from tidegate.accounts.demo_person import DemoPerson
from tidegate.accounts.roles import Approver, Certifier, CteDirector, DataSpecialist, StateAdministrator, Viewer
from tidegate.states.maine.demo.organizations import CAPITAL_AREA, CAPITAL_CITY, ROCK_STAR

PASSWORD = "rock-star-demo"  # noqa: S105 - shown to whoever runs the demo
SENDER = "rockstar@demo.example"
PEOPLE = (
    DemoPerson("state@demo.example", "Sam State", StateAdministrator),
    DemoPerson(SENDER, "Robin Rockstar", DataSpecialist, ROCK_STAR.name),
    DemoPerson("cte@demo.example", "Casey Technical", CteDirector, CAPITAL_AREA.name),
    DemoPerson("viewer@demo.example", "Vic Viewer", Viewer, ROCK_STAR.name),
    DemoPerson("augusta@demo.example", "August Capital", DataSpecialist, CAPITAL_CITY.name),
    DemoPerson("certifier@demo.example", "Cora Certain", Certifier),
    DemoPerson("approver@demo.example", "Abel Ready", Approver),
)
