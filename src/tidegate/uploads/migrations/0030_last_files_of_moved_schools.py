"""Where each sender is follows a school that moves to another district, whichever way it is moved (decision 59)."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION uploads_note_of_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- In one order, so that two that touch the same never wait for each other.
    PERFORM uploads_note_last_file(place, school_year_id, file_type) FROM (
        SELECT DISTINCT sender.place, school_year_id, file_type FROM uploads_upload
        CROSS JOIN (VALUES (OLD.parent_id), (NEW.parent_id)) sender (place)
        WHERE organization_id = NEW.id AND NOT check_only AND state IN ('finished', 'failed')
            AND sender.place IS NOT NULL ORDER BY 1, 2, 3
    ) touched;
    RETURN NULL;
END $$;
CREATE TRIGGER move_notes_last_file AFTER UPDATE OF parent_id ON reference_organization FOR EACH ROW
    WHEN (OLD.parent_id IS DISTINCT FROM NEW.parent_id) EXECUTE FUNCTION uploads_note_of_move();
"""
UNDO = """
DROP TRIGGER move_notes_last_file ON reference_organization;
DROP FUNCTION uploads_note_of_move();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('uploads', '0029_note_last_files'),
    ]

    operations = [migrations.RunSQL(FUNCTION, UNDO)]
