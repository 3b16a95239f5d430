"""The one-time link by which the first administrator is made."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("administration", "0001_list_changes")]

    operations = [
        migrations.CreateModel(
            name="SetupLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64)),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_setup_link")],
            },
        ),
    ]
