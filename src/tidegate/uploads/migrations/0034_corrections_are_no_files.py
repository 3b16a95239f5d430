"""A correction by hand is about one line, and says nothing of where its sender is with the file (decision 59)."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION uploads_note_last_file(place integer, of_year integer, of_type text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    sender integer;
    places integer[];
    known bigint;
BEGIN
    SELECT CASE WHEN kind = 'School' THEN coalesce(parent_id, id) ELSE id END INTO sender
        FROM reference_organization WHERE id = place;
    -- Whoever ends an upload beside this one waits here for the lock on the line, and then sees it.
    INSERT INTO uploads_lastfile AS line (organization_id, school_year_id, file_type)
        VALUES (sender, of_year, of_type)
        ON CONFLICT (school_year_id, file_type, organization_id) DO UPDATE SET row_count = line.row_count
        RETURNING id INTO known;
    SELECT array_agg(id) INTO places FROM (
        SELECT sender AS id UNION SELECT id FROM reference_organization WHERE parent_id = sender AND kind = 'School'
    ) own;
    WITH last AS (
        SELECT file.* FROM unnest(places) place (id) CROSS JOIN LATERAL (
            SELECT id, sent_at, state, coalesce(row_count, 0) AS row_count, uploads_rows_to_go(id) AS error_count
            FROM uploads_upload WHERE organization_id = place.id AND school_year_id = of_year AND file_type = of_type
                AND NOT check_only AND sha256 <> '' AND incident_id = '' AND state IN ('finished', 'failed')
                AND (plan_sha256 = '' OR expected_plan_sha256 = '' OR plan_sha256 = expected_plan_sha256)
                AND NOT EXISTS (
                    SELECT FROM records_change change WHERE change.id = uploads_upload.id AND change.kind = 'by hand'
                )
            ORDER BY sent_at DESC, id DESC LIMIT 1
        ) file
    ), act AS (
        SELECT id, sent_at FROM uploads_upload
        WHERE organization_id = ANY(places) AND school_year_id = of_year AND file_type = of_type
            AND nothing_for_id IS NOT NULL AND state = 'finished'
        ORDER BY sent_at DESC, id DESC LIMIT 1
    ), newest AS (
        SELECT id, sent_at FROM (SELECT id, sent_at FROM last UNION ALL SELECT id, sent_at FROM act) every
        ORDER BY sent_at DESC, id DESC LIMIT 1
    ), counted AS (
        SELECT count(*) AS file_count, coalesce(sum(row_count), 0)::integer AS rows,
            coalesce(sum(error_count), 0)::integer AS errors, bool_or(state = 'failed') AS has_refused FROM last
    )
    UPDATE uploads_lastfile SET
        upload_id = (SELECT id FROM newest), sent_at = (SELECT newest.sent_at FROM newest), row_count = rows,
        error_count = errors,
        standing = CASE WHEN has_refused OR errors > 0 THEN 'errors' WHEN file_count > 0 THEN 'clean'
            WHEN EXISTS (SELECT FROM act) THEN 'nothing' ELSE 'none' END
    FROM counted WHERE uploads_lastfile.id = known;
END $$;
"""
NOTE_ANEW = """
SELECT uploads_note_last_file(organization_id, school_year_id, file_type)
FROM (
    SELECT DISTINCT upload.organization_id, upload.school_year_id, upload.file_type
    FROM records_change change JOIN uploads_upload upload ON upload.id = change.id
    WHERE change.kind = 'by hand' AND NOT upload.check_only AND upload.state IN ('finished', 'failed') ORDER BY 1, 2, 3
) known
"""


class Migration(migrations.Migration):

    dependencies = [("records", "0014_decisions_about_requests"), ("uploads", "0033_claims_ended_by")]

    operations = [
        migrations.RunSQL(FUNCTION, migrations.RunSQL.noop),  # the release before notes what it always noted
        migrations.RunSQL(NOTE_ANEW, migrations.RunSQL.noop),
    ]
