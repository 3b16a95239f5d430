"""CTE Outcome: what students have attained in a program."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('maine', '0002_student_information'),
        ('records', '0014_decisions_about_requests'),
        ('reference', '0005_organization_closed_on'),
    ]

    operations = [
        migrations.CreateModel(
            name='CteOutcome',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('began_with', models.BigIntegerField(db_column='brought_by', null=True)),
                ('valid_from', models.DateTimeField(db_column='brought_at', db_default=django.db.models.functions.datetime.Now())),
                ('ended_with', models.BigIntegerField(db_column='replaced_by', null=True)),
                ('replaced_at', models.DateTimeField(null=True)),
                ('restored_at', models.DateTimeField(db_column='put_back_at', null=True)),
                ('school_student_id', models.CharField(blank=True, max_length=10)),
                ('cte_code', models.CharField(max_length=20, verbose_name='CTE Code')),
                ('credential', models.CharField(blank=True, max_length=20)),
                ('credential_date', models.DateField(null=True)),
                ('work_based_learning', models.CharField(blank=True, max_length=30, verbose_name='work-based learning')),
                ('placement', models.CharField(blank=True, choices=[('POSTSEC', 'Postsecondary education'), ('ADVTRAIN', 'Advanced training'), ('MILITARY', 'Military service'), ('SERVICE', 'National or community service, or Peace Corps'), ('EMPLOYMENT', 'Employment'), ('NOTPLACED', 'None of these'), ('UNKNOWN', 'Unknown'), ('', 'Not asked')], max_length=10)),
                ('sau', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reference.organization')),
                ('school', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reference.organization', verbose_name='CTE school')),
                ('school_year', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reference.schoolyear')),
                ('student', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.student')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('replaced_at__isnull', True)), fields=['school', 'school_year', 'cte_code'], name='cte_outcomes_at_school'), models.Index(condition=models.Q(('replaced_at__isnull', True)), fields=['sau', 'school_year'], name='cte_outcomes_in_sau'), django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['began_with'], name='cte_outcome_brought_by', opclasses=['int8_minmax_multi_ops'], pages_per_range=32), django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['ended_with'], name='cte_outcome_replaced_by', opclasses=['int8_minmax_multi_ops'], pages_per_range=32)],
                'constraints': [models.UniqueConstraint(condition=models.Q(('replaced_at__isnull', True)), fields=('student', 'school_year', 'school', 'cte_code'), name='cte_outcome_current_once'), models.CheckConstraint(condition=models.Q(('ended_with__isnull', True), ('replaced_at__isnull', False), _connector='OR'), name='cte_outcome_replaced_at')],
            },
        ),
    ]
