"""Every student has a current version, and is found by the order and by the beginning of the names."""

from django.db import migrations, models
from django.db.models.functions import Collate, Upper

_NAMELESS = """
INSERT INTO records_studentversion (student_id, last_name, first_name, middle_name, suffix, gender)
SELECT number, '', '', '', '', '' FROM records_student
WHERE NOT EXISTS (SELECT FROM records_studentversion WHERE student_id = number AND replaced_at IS NULL)
"""

_LAST, _FIRST = Collate(Upper('last_name'), 'C'), Collate(Upper('first_name'), 'C')
_CURRENT = models.Q(('replaced_at__isnull', True))
_ENDED = models.Q(('replaced_at__isnull', True), ('exit_date__isnull', False))


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0005_put_back_and_indexes'),
    ]

    operations = [
        migrations.RunSQL(_NAMELESS, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='studentversion',
            index=models.Index(_LAST, _FIRST, models.F('student'), condition=_CURRENT, include=('last_name', 'first_name'), name='student_by_last_name'),
        ),
        migrations.AddIndex(
            model_name='studentversion',
            index=models.Index(_FIRST, _LAST, models.F('student'), condition=_CURRENT, include=('last_name', 'first_name'), name='student_by_first_name'),
        ),
        migrations.RemoveConstraint(
            model_name='studentversion',
            name='student_version_current_once',
        ),
        migrations.AddConstraint(
            model_name='studentversion',
            constraint=models.UniqueConstraint(condition=_CURRENT, fields=('student',), include=('last_name', 'first_name'), name='student_version_current_once'),
        ),
        migrations.RemoveConstraint(
            model_name='enrollment',
            name='enrollment_current_once',
        ),
        migrations.AddConstraint(
            model_name='enrollment',
            constraint=models.UniqueConstraint(condition=_CURRENT, fields=('student', 'school_year', 'school', 'enrollment_type', 'entry_date'), include=('sau', 'exit_date'), name='enrollment_current_once'),
        ),
        migrations.AddIndex(
            model_name='enrollment',
            index=models.Index(condition=_ENDED, fields=['school', 'school_year', 'student'], name='enrollments_ended_at_school'),
        ),
        migrations.AddIndex(
            model_name='enrollment',
            index=models.Index(condition=_ENDED, fields=['sau', 'school_year', 'student'], name='enrollments_ended_in_sau'),
        ),
    ]
