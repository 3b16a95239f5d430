"""Indexes by which the list of senders is sorted and filtered in a state of many (decision 59)."""

from django.db import migrations, models

# What closed is rare, and left out of each count; what is open is counted without a look at the schools.
ORGANIZATIONS = """
CREATE INDEX organization_senders ON reference_organization (id) INCLUDE (closed_on, kind)
    WHERE kind IN ('SAU', 'CTE School');
CREATE INDEX organization_closed ON reference_organization (closed_on, id) WHERE closed_on IS NOT NULL;
"""
UNDO = "DROP INDEX organization_senders; DROP INDEX organization_closed"


class Migration(migrations.Migration):

    dependencies = [
        ("reference", "0005_organization_closed_on"),
        ("uploads", "0030_last_files_of_moved_schools"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="lastfile",
            index=models.Index(
                fields=["school_year", "organization"],
                include=["file_type", "sent_at", "row_count", "error_count"],
                name="last_file_sums_of_sender",
            ),
        ),
        migrations.AddIndex(
            model_name="lastfile",
            index=models.Index(
                fields=["school_year", "sent_at"], include=["organization", "file_type"], name="last_file_by_time"
            ),
        ),
        migrations.RunSQL(ORGANIZATIONS, UNDO),
    ]
