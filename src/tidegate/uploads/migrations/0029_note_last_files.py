"""Notes the last files and counts the days of the uploads that are there: the index that they are noted by is made at the
end of the migration before."""

from django.conf import settings
from django.db import migrations

NOTE_ALL = """
SELECT uploads_note_last_file(organization_id, school_year_id, file_type)
FROM (SELECT DISTINCT organization_id, school_year_id, file_type FROM uploads_upload
    WHERE NOT check_only AND state IN ('finished', 'failed')) known
"""
_LOADED = """
    uploads_upload upload WHERE state = 'finished' AND NOT check_only AND sha256 <> '' AND finished_at IS NOT NULL
"""
COUNT_DAYS = f"""
INSERT INTO uploads_uploadday (day, school_year_id, file_type, upload_count, loaded_count, left_count)
SELECT (finished_at AT TIME ZONE %s)::date, school_year_id, file_type, count(*), coalesce(sum(success_count), 0),
    coalesce(sum(error_count), 0) FROM {_LOADED} GROUP BY 1, 2, 3
"""
COUNT_RULES = f"""
INSERT INTO uploads_ruleday (day, school_year_id, file_type, code, severity, upload_count, finding_count)
SELECT (finished_at AT TIME ZONE %s)::date, school_year_id, file_type, code, severity, count(DISTINCT upload.id),
    sum(count) FROM uploads_findingcount found, {_LOADED} AND found.upload_id = upload.id GROUP BY 1, 2, 3, 4, 5
"""


class Migration(migrations.Migration):

    dependencies = [("uploads", "0028_last_files")]

    operations = [
        migrations.RunSQL(NOTE_ALL, migrations.RunSQL.noop),
        migrations.RunSQL([(COUNT_DAYS, [settings.TIME_ZONE])], migrations.RunSQL.noop),
        migrations.RunSQL([(COUNT_RULES, [settings.TIME_ZONE])], migrations.RunSQL.noop),
    ]
