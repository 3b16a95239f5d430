import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('uploads', '0024_row_corrections'),
    ]

    operations = [
        migrations.AddField(
            model_name='upload',
            name='held_count',
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name='upload',
            name='corrected_by',
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+',
                to='uploads.upload',
            ),
        ),
    ]
