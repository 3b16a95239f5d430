"""The nouns of the reference lists."""

from tidegate.reference.models.code import Code
from tidegate.reference.models.installed_state import InstalledState
from tidegate.reference.models.organization import Organization, OrganizationKind
from tidegate.reference.models.school_year import SchoolYear

__all__ = ["Code", "InstalledState", "Organization", "OrganizationKind", "SchoolYear"]
