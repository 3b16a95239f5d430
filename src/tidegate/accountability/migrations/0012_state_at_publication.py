"""How far a snapshot was when it was published."""

from django.db import migrations, models

STATES = [
    ('snapshot', 'Snapshot'),
    ('reviewed', 'Reviewed'),
    ('certified', 'Certified'),
    ('approved', 'Approved'),
    ('closed', 'Closed'),
    ('open', 'Open again'),
]
# Each step of a snapshot is kept with its time, so that of what was published before it is known, too.
NOTE_STATES_OF_BEFORE = """
    UPDATE accountability_publication SET snapshot_state = COALESCE((
        SELECT to_state FROM accountability_snapshotmove move
        WHERE move.snapshot_id = accountability_publication.snapshot_id
            AND move.at <= accountability_publication.published_at
        ORDER BY move.at DESC, move.id DESC LIMIT 1
    ), 'snapshot')
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accountability', '0011_reports'),
    ]

    operations = [
        migrations.AddField(
            model_name='publication',
            name='snapshot_state',
            field=models.CharField(blank=True, choices=STATES, db_default='', default='', max_length=10),
        ),
        migrations.RunSQL(NOTE_STATES_OF_BEFORE, migrations.RunSQL.noop),
    ]
