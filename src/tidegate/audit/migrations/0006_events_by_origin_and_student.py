"""Indexes by which events are found by address and request, and by a student whom a list has shown.

They are built while people go on working: each page that is looked at adds an event.
"""

import django.contrib.postgres.indexes
from django.db import migrations, models

from tidegate.audit.concurrent_index import AddIndexBesideWriters


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('audit', '0005_origin_of_events'),
    ]

    operations = [
        AddIndexBesideWriters(
            model_name='event',
            index=models.Index(fields=['address', 'at', 'id'], name='event_by_address_and_time'),
        ),
        AddIndexBesideWriters(
            model_name='event',
            index=models.Index(fields=['request_id'], name='event_by_request'),
        ),
        AddIndexBesideWriters(
            model_name='event',
            index=django.contrib.postgres.indexes.GinIndex(fields=['details'], name='event_by_details', opclasses=['jsonb_path_ops']),
        ),
    ]
