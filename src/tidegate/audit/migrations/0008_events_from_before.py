"""The events from before wait for a seal, too.

The trigger of the migration before is committed by now, and its making has waited for all who were adding events: each
event is either there already or noted by the trigger. So nobody is held up while these are noted, however many there are.
"""

from django.db import migrations

# A database that has a seal has been here already: its events have theirs, and are not to get a second one.
_NOTE = """
INSERT INTO audit_unsealed (event_id, transaction_id)
SELECT id, pg_current_xact_id()::text::bigint FROM audit_event
WHERE NOT EXISTS (SELECT FROM audit_seal)
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):

    dependencies = [("audit", "0007_seals")]

    operations = [migrations.RunSQL(_NOTE, migrations.RunSQL.noop)]
