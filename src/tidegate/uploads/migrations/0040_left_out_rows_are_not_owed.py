"""Rows that were left out are not owed, and each row that a later upload has loaded is counted once (decision 59)."""

from django.db import migrations

FUNCTIONS = """
CREATE OR REPLACE FUNCTION uploads_own_rows_to_fix(asked bigint) RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT greatest(coalesce(error_count, 0) - coalesce(held_count, 0) - (
        SELECT count(*)::integer FROM uploads_waitingrow WHERE upload_id = asked AND state IN ('waiting', 'loaded')
    ), 0) FROM uploads_upload WHERE id = asked
$$;
CREATE OR REPLACE FUNCTION uploads_rows_left(root bigint) RETURNS integer LANGUAGE plpgsql STABLE AS $$
DECLARE
    settled integer;
BEGIN
    WITH RECURSIVE later (id, depth) AS (
        SELECT root, 0
        UNION ALL
        SELECT after.id, depth + 1 FROM later JOIN uploads_upload after ON after.follows_id = later.id WHERE depth < 100
    ), counted AS (
        SELECT upload.id, row_count FROM later JOIN uploads_upload upload USING (id)
            WHERE depth > 0 AND state = 'finished' AND NOT check_only
    )
    -- What has waited is not owed by its own upload any more. A row that an upload left with an error is loaded by one
    -- after it, whether that has put all of the upload right or not.
    SELECT coalesce(sum(row_count - uploads_own_rows_to_fix(counted.id) - (
            SELECT count(*) FROM uploads_waitingrow WHERE by_upload_id = counted.id AND state = 'loaded'
        )), 0) + (
            SELECT count(DISTINCT (first_id, left_row)) FROM counted JOIN uploads_rowcorrection ON upload_id = counted.id
                CROSS JOIN jsonb_array_elements_text(left_out) left_row
        ) INTO settled FROM counted;
    RETURN greatest(uploads_own_rows_to_fix(root) - settled, 0);
END $$;
CREATE OR REPLACE FUNCTION uploads_rows_to_go(asked bigint) RETURNS integer LANGUAGE plpgsql STABLE AS $$
DECLARE
    own integer := uploads_rows_to_fix(asked);
    owed integer := 0;
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
    IF uploads_rows_to_fix(root) > 0 THEN
        owed := uploads_rows_left(root);
    END IF;
    RETURN CASE WHEN asked = root THEN owed ELSE greatest(own, owed) END;
END $$;
"""
# Corrections on a page that have loaded or left out all rows in several goes.
MARK_ANEW = """
UPDATE uploads_upload first SET corrected_by_id = corrected.last_id FROM (
    SELECT correction.first_id, max(correction.upload_id) AS last_id FROM uploads_rowcorrection correction
        JOIN uploads_upload upload ON upload.id = correction.upload_id
        WHERE upload.state = 'finished' AND NOT upload.check_only GROUP BY correction.first_id
) corrected
WHERE first.id = corrected.first_id AND first.state = 'finished' AND uploads_rows_to_fix(first.id) > 0
    AND uploads_rows_left(first.id) = 0
    AND NOT EXISTS (
        SELECT FROM uploads_upload after WHERE after.follows_id = first.id AND after.state = 'finished'
            AND after.sha256 <> '' AND NOT after.check_only
            AND NOT EXISTS (SELECT FROM uploads_rowcorrection WHERE upload_id = after.id AND first_id = first.id)
    )
    AND NOT EXISTS (
        SELECT FROM uploads_waitingrow waits WHERE waits.state = 'waiting' AND (
            waits.upload_id = first.id
            OR waits.upload_id IN (SELECT upload_id FROM uploads_rowcorrection WHERE first_id = first.id)
        )
    )
"""
NOTE_ANEW = """
SELECT uploads_note_last_file(organization_id, school_year_id, file_type) FROM (
    SELECT DISTINCT organization_id, school_year_id, file_type FROM uploads_upload
        WHERE follows_id IS NOT NULL AND state = 'finished' AND NOT check_only ORDER BY 1, 2, 3
) known
"""


class Migration(migrations.Migration):

    dependencies = [("uploads", "0039_rows_that_nobody_let_wait")]

    operations = [
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),  # the release before notes what it always noted
        migrations.RunSQL(MARK_ANEW, migrations.RunSQL.noop),
        migrations.RunSQL(NOTE_ANEW, migrations.RunSQL.noop),
    ]
