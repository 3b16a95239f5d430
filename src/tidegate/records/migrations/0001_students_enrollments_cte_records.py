"""The first tables of records."""

import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('reference', '0001_school_years_organizations_codes'),
    ]

    operations = [
        migrations.CreateModel(
            name='Student',
            fields=[
                ('number', models.CharField(max_length=9, primary_key=True, serialize=False)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('number__regex', '^[0-9]{9}$')), name='student_number_is_9_digits')],
            },
        ),
        migrations.CreateModel(
            name='Enrollment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('brought_by', models.BigIntegerField(null=True)),
                ('brought_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('replaced_by', models.BigIntegerField(null=True)),
                ('replaced_at', models.DateTimeField(null=True)),
                ('school_student_id', models.CharField(blank=True, max_length=10)),
                ('enrollment_type', models.CharField(choices=[('P', 'Primary'), ('C', 'Concurrent')], max_length=1)),
                ('grade_level', models.CharField(blank=True, max_length=2)),
                ('entry_date', models.DateField()),
                ('start_status', models.CharField(blank=True, max_length=2)),
                ('resident_sau_id', models.IntegerField(null=True)),
                ('resident_town_code', models.CharField(blank=True, default='', max_length=3)),
                ('exit_date', models.DateField(null=True)),
                ('exit_type', models.CharField(blank=True, max_length=2)),
                ('comments', models.CharField(blank=True, default='', max_length=250)),
                ('sau', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reference.organization')),
                ('school', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reference.organization')),
                ('school_year', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reference.schoolyear')),
                ('student', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='enrollments', to='records.student')),
            ],
            options={
                'indexes': [models.Index(fields=['student', 'school_year'], name='enrollments_of_student'), models.Index(condition=models.Q(('replaced_at__isnull', True)), fields=['school', 'school_year', 'student'], name='enrollments_at_school'), models.Index(condition=models.Q(('replaced_at__isnull', True)), fields=['sau', 'school_year', 'student'], name='enrollments_in_sau')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('replaced_at__isnull', True)), fields=('student', 'school_year', 'school', 'enrollment_type', 'entry_date'), name='enrollment_current_once'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('replaced_at__isnull', True), ('enrollment_type', 'P')), expressions=[(models.Func(django.db.models.functions.comparison.Cast('student_id', models.BigIntegerField()), django.db.models.functions.comparison.Cast('student_id', models.BigIntegerField()), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('school_year_id'), models.F('school_year_id'), models.Value('[]'), function='int4range'), '&&'), (models.Func(models.F('entry_date'), models.F('exit_date'), function='daterange'), '&&')], name='enrollment_one_primary_at_a_time'), models.CheckConstraint(condition=models.Q(('exit_date__isnull', True), ('exit_date__gte', models.F('entry_date')), _connector='OR'), name='enrollment_exit_not_before_entry'), models.CheckConstraint(condition=models.Q(('enrollment_type__in', ['P', 'C'])), name='enrollment_type_is_known'), models.CheckConstraint(condition=models.Q(('replaced_by__isnull', True), ('replaced_at__isnull', False), _connector='OR'), name='enrollment_replaced_at')],
            },
        ),
        migrations.CreateModel(
            name='CteRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('brought_by', models.BigIntegerField(null=True)),
                ('brought_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('replaced_by', models.BigIntegerField(null=True)),
                ('replaced_at', models.DateTimeField(null=True)),
                ('school_student_id', models.CharField(blank=True, max_length=10)),
                ('cte_code', models.CharField(max_length=20)),
                ('start_date', models.DateField()),
                ('end_date', models.DateField(null=True)),
                ('credits_earned', models.DecimalField(decimal_places=2, max_digits=4)),
                ('postsecondary_credits', models.DecimalField(decimal_places=2, max_digits=4, null=True)),
                ('sau', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reference.organization')),
                ('school', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reference.organization')),
                ('school_year', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reference.schoolyear')),
                ('student', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='cte_records', to='records.student')),
            ],
            options={
                'indexes': [models.Index(fields=['student', 'school_year'], name='cte_records_of_student'), models.Index(condition=models.Q(('replaced_at__isnull', True)), fields=['student', 'school_year', 'school', 'cte_code'], name='cte_record_group')],
                'constraints': [models.CheckConstraint(condition=models.Q(('end_date__isnull', True), ('end_date__gte', models.F('start_date')), _connector='OR'), name='cte_record_end_not_before_start'), models.CheckConstraint(condition=models.Q(('replaced_by__isnull', True), ('replaced_at__isnull', False), _connector='OR'), name='cte_record_replaced_at')],
            },
        ),
        migrations.CreateModel(
            name='StudentVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('brought_by', models.BigIntegerField(null=True)),
                ('brought_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('replaced_by', models.BigIntegerField(null=True)),
                ('replaced_at', models.DateTimeField(null=True)),
                ('last_name', models.CharField(blank=True, max_length=100)),
                ('first_name', models.CharField(blank=True, max_length=100)),
                ('middle_name', models.CharField(blank=True, max_length=100)),
                ('suffix', models.CharField(blank=True, max_length=10)),
                ('date_of_birth', models.DateField(null=True)),
                ('gender', models.CharField(blank=True, max_length=1)),
                ('student', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='records.student')),
            ],
            options={
                'indexes': [models.Index(fields=['student'], name='student_versions_of_student')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('replaced_at__isnull', True)), fields=('student',), name='student_version_current_once'), models.CheckConstraint(condition=models.Q(('replaced_by__isnull', True), ('replaced_at__isnull', False), _connector='OR'), name='student_version_replaced_at')],
            },
        ),
    ]
