"""Indexes by which events are found by address and request, and by a student whom a list has shown."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0005_origin_of_events'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['address', 'at', 'id'], name='event_by_address_and_time'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['request_id'], name='event_by_request'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=django.contrib.postgres.indexes.GinIndex(fields=['details'], name='event_by_details', opclasses=['jsonb_path_ops']),
        ),
    ]
