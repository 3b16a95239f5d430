"""Indexes by which the audit log's page is found at once, whatever is asked for."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0003_events_by_act_and_day'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['at', 'id'], name='event_in_order'),
        ),
        migrations.RemoveIndex(
            model_name='event',
            name='event_by_day',
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['act', 'at', 'id'], name='event_by_act_and_time'),
        ),
        migrations.RemoveIndex(
            model_name='event',
            name='event_by_act',
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['organization_id', 'at', 'id'], name='event_by_place_and_time'),
        ),
        migrations.RemoveIndex(
            model_name='event',
            name='event_by_organization',
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['person_email', 'at', 'id'], name='event_by_email_and_time'),
        ),
        migrations.RemoveIndex(
            model_name='event',
            name='event_by_person',
        ),
    ]
