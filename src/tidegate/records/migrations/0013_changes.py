"""What writes versions has a row of its own: an upload, a correction by hand, an import, an undo."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

KINDS = [
    ("upload", "Upload"),
    ("by hand", "Correction by hand"),
    ("import", "Import of the state's lists"),
    ("undo", "Undo"),
]


def to(model):
    """Return a foreign key that may be null and has no index."""
    return models.ForeignKey(
        db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=model
    )


class Migration(migrations.Migration):
    """Only add: the release before goes on without the table, and uploads adds what it writes (uploads, changes)."""

    dependencies = [
        ("records", "0012_cte_records_are_maines"),
        ("reference", "0001_school_years_organizations_codes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=KINDS, max_length=10)),
                ("at", models.DateTimeField()),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("file_type", models.CharField(blank=True, max_length=100)),
                ("undoes", models.BigIntegerField(null=True)),
                ("made_by", to(settings.AUTH_USER_MODEL)),
                ("organization", to("reference.organization")),
                ("school_year", to("reference.schoolyear")),
            ],
            options={
                "indexes": [
                    models.Index(condition=Q(("undoes__isnull", False)), fields=["undoes"], name="change_undoes"),
                    models.Index(condition=Q(("undoes__isnull", False)), fields=["at"], name="change_undone_at"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(("kind__in", [kind for kind, _ in KINDS])), name="change_kind_is_known"
                    ),
                    models.CheckConstraint(
                        condition=Q(("kind", "undo"), ("undoes__isnull", False))
                        | (~Q(("kind", "undo")) & Q(("undoes__isnull", True))),
                        name="change_undoes_another",
                    ),
                    models.CheckConstraint(
                        condition=~Q(("kind", "by hand")) | ~Q(("reason", "")), name="change_by_hand_has_a_reason"
                    ),
                ],
            },
        ),
    ]
