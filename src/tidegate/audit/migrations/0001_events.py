"""The first tables of audit."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('act', models.CharField(max_length=100)),
                ('person_id', models.BigIntegerField(null=True)),
                ('person_email', models.CharField(blank=True, max_length=254)),
                ('organization_id', models.IntegerField(null=True)),
                ('school_year', models.CharField(blank=True, max_length=9)),
                ('subject_kind', models.CharField(blank=True, max_length=100)),
                ('subject_id', models.CharField(blank=True, max_length=100)),
                ('details', models.JSONField(default=dict)),
            ],
            options={
                'ordering': ('-id',),
                'indexes': [models.Index(fields=['organization_id', '-at'], name='event_by_organization'), models.Index(fields=['person_id', '-at'], name='event_by_person'), models.Index(fields=['subject_kind', 'subject_id'], name='event_by_subject')],
            },
        ),
    ]
