"""The Django app of periods and snapshots."""

from django.apps import AppConfig


class AccountabilityConfig(AppConfig):
    """Periods, snapshots, and reports."""

    name = "tidegate.accountability"
    label = "accountability"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Refuse to start with a period or a definition of the state that is not as it should be."""
        from tidegate.accountability.definitions.definition import find_definitions
        from tidegate.accountability.outputs.counts import refuse_unknown_reports  # models are there only now

        refuse_unknown_reports()
        find_definitions()
