"""What a person puts right once, kept beside the findings."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('uploads', '0017_uploads_by_content'),
    ]

    operations = [
        migrations.CreateModel(
            name='UploadCause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField()),
                ('code', models.CharField(max_length=10)),
                ('severity', models.CharField(max_length=10)),
                ('stage', models.SmallIntegerField()),
                ('text', models.TextField()),
                ('columns', models.JSONField(default=list)),
                ('values', models.JSONField(default=list)),
                ('row_count', models.IntegerField()),
                ('rows', models.JSONField(default=list)),
                ('held_back_count', models.IntegerField(default=0)),
                ('first', models.JSONField(default=list)),
                ('upload', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='causes', to='uploads.upload')),
            ],
            options={
                'ordering': ('number',),
                'constraints': [models.UniqueConstraint(fields=['upload', 'number'], name='upload_cause_once')],
            },
        ),
    ]
