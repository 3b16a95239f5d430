import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('uploads', '0023_what_is_known_of_findings'),
    ]

    operations = [
        migrations.CreateModel(
            name='RowCorrection',
            fields=[
                (
                    'upload',
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, primary_key=True,
                        related_name='row_correction', serialize=False, to='uploads.upload',
                    ),
                ),
                ('rows', models.JSONField()),
                ('left_out', models.JSONField(default=list)),
                (
                    'first',
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name='row_corrections',
                        to='uploads.upload',
                    ),
                ),
            ],
            options={'ordering': ('pk',)},
        ),
    ]
