"""The plan that was released from hold, to know it again when the rows are checked once more."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('uploads', '0019_misfits'),
    ]

    operations = [
        migrations.AddField(
            model_name='upload',
            name='released_plan_sha256',
            field=models.CharField(blank=True, db_default='', default='', max_length=64),
        ),
        migrations.AddField(
            model_name='upload',
            name='released_changes',
            field=models.JSONField(null=True),
        ),
    ]
