"""Every upload is a change with the upload's ID: those that are there, and by a trigger those to come, also from the
release before. What was undone has an undo among the changes."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION uploads_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO records_change (id, kind, organization_id, school_year_id, made_by_id, at, reason, file_type)
    VALUES (NEW.id, 'upload', NEW.organization_id, NEW.school_year_id, NEW.sent_by_id, NEW.sent_at, '', NEW.file_type)
    ON CONFLICT (id) DO NOTHING;
    RETURN NULL;
END $$;
"""
TRIGGER = """
CREATE TRIGGER upload_is_a_change AFTER INSERT ON uploads_upload
    FOR EACH ROW EXECUTE FUNCTION uploads_note_change();
"""
NOTE_UPLOADS = """
INSERT INTO records_change (id, kind, organization_id, school_year_id, made_by_id, at, reason, file_type)
SELECT id, 'upload', organization_id, school_year_id, sent_by_id, sent_at, '', file_type FROM uploads_upload
ON CONFLICT (id) DO NOTHING
"""
NOTE_UNDOS = """
INSERT INTO records_change (id, kind, organization_id, school_year_id, made_by_id, at, reason, file_type, undoes)
SELECT nextval('uploads_upload_id_seq'), 'undo', organization_id, school_year_id, by_id, at, '', file_type, upload_id
FROM (
    SELECT upload.*, decision.by_id, decision.at, decision.upload_id
    FROM uploads_decision decision JOIN uploads_upload upload ON upload.id = decision.upload_id
    WHERE decision.act = 'undo' ORDER BY decision.id
) undone
"""
BACK = "DROP TRIGGER upload_is_a_change ON uploads_upload; DROP FUNCTION uploads_note_change()"


class Migration(migrations.Migration):

    dependencies = [
        ("uploads", "0013_nothing_to_report"),
        ("records", "0013_changes"),
    ]

    operations = [
        migrations.RunSQL([FUNCTION, TRIGGER], BACK),
        migrations.RunSQL([NOTE_UPLOADS, NOTE_UNDOS], "DELETE FROM records_change WHERE kind IN ('upload', 'undo')"),
    ]
