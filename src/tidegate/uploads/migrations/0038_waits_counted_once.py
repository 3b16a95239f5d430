"""Rows that have waited are counted once among what is still to correct: the upload that has loaded them puts nothing
else right (decision 59)."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION uploads_rows_to_go(asked bigint) RETURNS integer LANGUAGE plpgsql STABLE AS $$
DECLARE
    own integer := uploads_rows_to_fix(asked);
    owed integer;
    loaded integer;
    root bigint;
BEGIN
    IF (SELECT follows_id FROM uploads_upload WHERE id = asked) IS NULL
        AND NOT EXISTS (SELECT FROM uploads_upload WHERE follows_id = asked) THEN
        RETURN own;
    END IF;
    WITH RECURSIVE earlier (id, follows_id, depth) AS (
        SELECT id, follows_id, 0 FROM uploads_upload WHERE id = asked
        UNION ALL
        SELECT before.id, before.follows_id, depth + 1 FROM earlier JOIN uploads_upload before
            ON before.id = earlier.follows_id WHERE depth < 100
    )
    SELECT id INTO root FROM earlier JOIN uploads_upload USING (id)
        WHERE state = 'finished' AND NOT check_only AND sha256 <> '' ORDER BY depth DESC LIMIT 1;
    IF root IS NULL THEN
        RETURN own;
    END IF;
    owed := uploads_rows_to_fix(root);
    WITH RECURSIVE later (id, depth) AS (
        SELECT root, 0
        UNION ALL
        SELECT after.id, depth + 1 FROM later JOIN uploads_upload after ON after.follows_id = later.id WHERE depth < 100
    )
    -- What has waited is not owed by its own upload any more.
    SELECT coalesce(sum(row_count - uploads_rows_to_fix(upload.id) - (
            SELECT count(*) FROM uploads_waitingrow WHERE by_upload_id = upload.id AND state = 'loaded'
        )), 0) INTO loaded
        FROM later JOIN uploads_upload upload USING (id)
        WHERE depth > 0 AND state = 'finished' AND NOT check_only;
    RETURN greatest(own, owed - loaded);
END $$;
"""
NOTE_ANEW = """
SELECT uploads_note_last_file(organization_id, school_year_id, file_type) FROM (
    SELECT DISTINCT upload.organization_id, upload.school_year_id, upload.file_type FROM uploads_waitingrow waited
        JOIN uploads_upload upload ON upload.id = waited.upload_id WHERE waited.state = 'loaded' ORDER BY 1, 2, 3
) known
"""


class Migration(migrations.Migration):

    dependencies = [("uploads", "0037_rows_that_may_wait_again")]

    operations = [
        migrations.RunSQL(FUNCTION, migrations.RunSQL.noop),  # the release before notes what it always noted
        migrations.RunSQL(NOTE_ANEW, migrations.RunSQL.noop),
    ]
