"""From when on something may have changed that a snapshot has not seen."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accountability', '0008_materialized_queries'),
    ]

    operations = [
        migrations.AddField(
            model_name='snapshot',
            name='changes_from',
            field=models.DateTimeField(null=True),
        ),
    ]
