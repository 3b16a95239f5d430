"""*Nothing to report* ends the files before it, and counts with the school that it is said of (decision 59)."""

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
    WITH act AS (
        SELECT id, sent_at, nothing_for_id FROM uploads_upload
        WHERE nothing_for_id = ANY(places) AND school_year_id = of_year AND file_type = of_type AND state = 'finished'
    ), last AS (
        SELECT file.* FROM unnest(places) place (id) CROSS JOIN LATERAL (
            SELECT id, sent_at, finished_at, success_count, state, coalesce(row_count, 0) AS row_count,
                uploads_rows_to_go(id) AS error_count
            FROM uploads_upload WHERE organization_id = place.id AND school_year_id = of_year AND file_type = of_type
                AND NOT check_only AND sha256 <> '' AND incident_id = '' AND state IN ('finished', 'failed')
                AND (plan_sha256 = '' OR expected_plan_sha256 = '' OR plan_sha256 = expected_plan_sha256)
                AND NOT EXISTS (
                    SELECT FROM records_change change WHERE change.id = uploads_upload.id AND change.kind = 'by hand'
                )
            ORDER BY sent_at DESC, id DESC LIMIT 1
        ) file
        -- With lines on file the act is declined. Only a file that was under way meanwhile may have loaded some since.
        WHERE NOT EXISTS (
            SELECT FROM act WHERE nothing_for_id IN (sender, place.id)
                AND (act.sent_at, act.id) > (file.sent_at, file.id)
                AND (coalesce(file.success_count, 0) = 0 OR act.sent_at >= coalesce(file.finished_at, file.sent_at))
        )
    ), said AS (
        SELECT id, sent_at, true AS is_file, state = 'failed' OR error_count > 0 AS is_wrong FROM last
        UNION ALL SELECT id, sent_at, false, false FROM act
    ), counted AS (
        SELECT count(*) AS file_count, coalesce(sum(row_count), 0)::integer AS rows,
            coalesce(sum(error_count), 0)::integer AS errors, bool_or(state = 'failed') AS has_refused FROM last
    )
    UPDATE uploads_lastfile SET
        -- The file that the standing is of: an act for one school leaves that of another to correct.
        upload_id = (SELECT id FROM said ORDER BY is_wrong DESC, is_file DESC, sent_at DESC, id DESC LIMIT 1),
        sent_at = (SELECT max(said.sent_at) FROM said), row_count = rows, error_count = errors,
        standing = CASE WHEN has_refused OR errors > 0 THEN 'errors' WHEN file_count > 0 THEN 'clean'
            WHEN EXISTS (SELECT FROM act) THEN 'nothing' ELSE 'none' END
    FROM counted WHERE uploads_lastfile.id = known;
END $$;
CREATE OR REPLACE FUNCTION uploads_note_of_upload() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM uploads_note_last_file(
        coalesce(NEW.nothing_for_id, NEW.organization_id), NEW.school_year_id, NEW.file_type
    );
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION uploads_note_of_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- In one order, so that two that touch the same never wait for each other.
    PERFORM uploads_note_last_file(place, school_year_id, file_type) FROM (
        SELECT DISTINCT sender.place, school_year_id, file_type FROM uploads_upload
        CROSS JOIN (VALUES (OLD.parent_id), (NEW.parent_id)) sender (place)
        WHERE (organization_id = NEW.id OR nothing_for_id = NEW.id) AND NOT check_only
            AND state IN ('finished', 'failed') AND sender.place IS NOT NULL ORDER BY 1, 2, 3
    ) touched;
    RETURN NULL;
END $$;
"""
# The senders of which something was said, and those whose noted file is not the one with the errors.
NOTE_ANEW = """
SELECT uploads_note_last_file(place, school_year_id, file_type) FROM (
    SELECT DISTINCT named.place, upload.school_year_id, upload.file_type FROM uploads_upload upload
        CROSS JOIN LATERAL (VALUES (upload.organization_id), (upload.nothing_for_id)) named (place)
        WHERE upload.nothing_for_id IS NOT NULL AND upload.state = 'finished'
    UNION
    SELECT line.organization_id, line.school_year_id, line.file_type FROM uploads_lastfile line
        JOIN uploads_upload upload ON upload.id = line.upload_id
        WHERE line.standing = 'errors' AND upload.state = 'finished' AND coalesce(upload.error_count, 0) = 0
    ORDER BY 1, 2, 3
) known
"""


class Migration(migrations.Migration):

    dependencies = [("uploads", "0034_corrections_are_no_files")]

    operations = [
        migrations.RunSQL(FUNCTION, migrations.RunSQL.noop),  # the release before notes what it always noted
        migrations.RunSQL(NOTE_ANEW, migrations.RunSQL.noop),
    ]
