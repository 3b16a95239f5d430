"""Counts by the clock what was loaded on the last two days, and which rules were broken."""

from django.conf import settings
from django.db import connection, transaction

from tidegate.reference.advisory_lock import advisory_lock

_LOADED = """
    uploads_upload upload WHERE state = 'finished' AND NOT check_only AND sha256 <> ''
    AND finished_at >= (date_trunc('day', now() AT TIME ZONE %(zone)s) - interval '1 day') AT TIME ZONE %(zone)s
"""
_FORGET = """
DELETE FROM {table} WHERE day >= (date_trunc('day', now() AT TIME ZONE %(zone)s) - interval '1 day')::date
"""
_COUNT_DAYS = f"""
INSERT INTO uploads_uploadday (day, school_year_id, file_type, upload_count, loaded_count, left_count)
SELECT (finished_at AT TIME ZONE %(zone)s)::date, school_year_id, file_type, count(*),
    coalesce(sum(success_count), 0), coalesce(sum(error_count), 0) FROM {_LOADED} GROUP BY 1, 2, 3
"""
_COUNT_RULES = f"""
INSERT INTO uploads_ruleday (day, school_year_id, file_type, code, severity, upload_count, finding_count)
SELECT (finished_at AT TIME ZONE %(zone)s)::date, school_year_id, file_type, code, severity,
    count(DISTINCT upload.id), sum(count)
FROM uploads_findingcount found, {_LOADED} AND found.upload_id = upload.id GROUP BY 1, 2, 3, 4, 5
"""


@transaction.atomic
def count_days() -> None:
    """Count yesterday and today anew; days before stay what they were. Several workers may do so in turn."""
    advisory_lock("the days are counted")
    zone = {"zone": settings.TIME_ZONE}
    with connection.cursor() as cursor:
        for table, count in (("uploads_uploadday", _COUNT_DAYS), ("uploads_ruleday", _COUNT_RULES)):
            cursor.execute(_FORGET.format(table=table), zone)
            cursor.execute(count, zone)
