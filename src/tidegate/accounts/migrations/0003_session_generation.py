"""A person's session generation: raising it ends every session. With a default in the database, so that a release
without it can go on adding people."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("accounts", "0002_tokens")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="session_generation",
            field=models.PositiveIntegerField(db_default=0),
        ),
    ]
