"""A school year can be closed: from then on its records are read-only for districts."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("reference", "0003_organization_identifiers")]

    operations = [
        migrations.AddField("schoolyear", "closed_at", models.DateTimeField(null=True)),
    ]
