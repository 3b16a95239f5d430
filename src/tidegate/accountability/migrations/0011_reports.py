"""Which reports a snapshot has."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accountability', '0010_changes_from'),
    ]

    operations = [
        migrations.AddField(
            model_name='snapshot',
            name='reports',
            field=models.JSONField(null=True),
        ),
    ]
