"""Of whom somebody who manages one office has held the link: an invitation may say that its link went by mail alone.

Which accounts of before that is true of the audit log knows: it keeps who has invited, also where the invitation was
deleted since.
"""

from django.db import migrations, models

NOTE_ACCOUNTS_OF_BEFORE = """
UPDATE accounts_person SET was_link_handed_over = true
WHERE password NOT LIKE '!%' AND id IN (
    SELECT accepted.person_id
    FROM audit_event accepted JOIN audit_event made USING (subject_kind, subject_id)
    WHERE accepted.act = 'invitation.accepted' AND made.act = 'invitation.made' AND made.person_id IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM accounts_membership held
        WHERE held.person_id = made.person_id AND held.role = 'state-administrator' AND held.organization_id IS NULL
    )
)
"""


class Migration(migrations.Migration):

    dependencies = [("accounts", "0004_invitations_and_requests"), ("audit", "0008_events_from_before")]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="is_by_mail_alone",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="person",
            name="was_link_handed_over",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunSQL(NOTE_ACCOUNTS_OF_BEFORE, migrations.RunSQL.noop),
    ]
