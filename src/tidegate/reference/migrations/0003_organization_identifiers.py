"""An organization has its ID as the state writes it, beside the integer by which records name it. What the IDs may be
is the state's to say: the database follows it after all migrations (`reference/follow_state.py`)."""

import django.db.models.functions.text
from django.db import migrations, models

# The release before this one knows no such column, and goes on adding organizations.
FILL = """
CREATE FUNCTION reference_fill_identifier() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.identifier := NEW.id::text;
    RETURN NEW;
END $$;
CREATE TRIGGER organization_identifier BEFORE INSERT OR UPDATE ON reference_organization
    FOR EACH ROW WHEN (NEW.identifier = '') EXECUTE FUNCTION reference_fill_identifier();
UPDATE reference_organization SET identifier = id::text;
"""
UNDO = """
DROP TRIGGER organization_identifier ON reference_organization;
DROP FUNCTION reference_fill_identifier();
"""


class Migration(migrations.Migration):

    dependencies = [("reference", "0002_installed_state")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveConstraint("organization", "organization_id_has_4_digits")]
        ),
        migrations.AddField("organization", "identifier", models.CharField(db_default="", max_length=14)),
        migrations.RunSQL(FILL, UNDO),
        migrations.AddConstraint(
            "organization",
            models.UniqueConstraint(
                django.db.models.functions.text.Upper("identifier"), name="organization_identifier_once"
            ),
        ),
    ]
