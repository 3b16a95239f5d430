"""An organization may close: until which day it was open. Null for all that are open, and for the release before."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("reference", "0004_school_year_closed_at")]

    operations = [
        migrations.AddField("organization", "closed_on", models.DateField(blank=True, null=True)),
    ]
