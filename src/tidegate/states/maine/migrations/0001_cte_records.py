"""CTE records are Maine's: the table stays as it is, with its name, rows and triggers."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('records', '0012_cte_records_are_maines'),
        ('reference', '0001_school_years_organizations_codes'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[
            migrations.CreateModel(
                name='CteRecord',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('began_with', models.BigIntegerField(db_column='brought_by', null=True)),
                    ('valid_from', models.DateTimeField(db_column='brought_at', db_default=django.db.models.functions.datetime.Now())),
                    ('ended_with', models.BigIntegerField(db_column='replaced_by', null=True)),
                    ('replaced_at', models.DateTimeField(null=True)),
                    ('restored_at', models.DateTimeField(db_column='put_back_at', null=True)),
                    ('school_student_id', models.CharField(blank=True, max_length=10)),
                    ('cte_code', models.CharField(max_length=20, verbose_name='CTE Code')),
                    ('start_date', models.DateField()),
                    ('end_date', models.DateField(null=True)),
                    ('credits_earned', models.DecimalField(decimal_places=2, max_digits=4)),
                    ('postsecondary_credits', models.DecimalField(decimal_places=2, max_digits=4, null=True)),
                    ('sau', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reference.organization')),
                    ('school', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reference.organization', verbose_name='CTE school')),
                    ('school_year', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reference.schoolyear')),
                    ('student', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='cte_records', to='records.student')),
                ],
                options={
                    'db_table': 'records_cterecord',
                    'indexes': [models.Index(fields=['student', 'school_year', 'school', 'cte_code'], name='cte_record_group'), models.Index(condition=models.Q(('replaced_at__isnull', True)), fields=['school', 'school_year', 'cte_code'], name='cte_records_at_school'), models.Index(condition=models.Q(('replaced_at__isnull', True)), fields=['sau', 'school_year'], name='cte_records_in_sau'), django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['began_with'], name='cte_record_brought_by', opclasses=['int8_minmax_multi_ops'], pages_per_range=32), django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['ended_with'], name='cte_record_replaced_by', opclasses=['int8_minmax_multi_ops'], pages_per_range=32)],
                    'constraints': [models.CheckConstraint(condition=models.Q(('end_date__isnull', True), ('end_date__gte', models.F('start_date')), _connector='OR'), name='cte_record_end_not_before_start'), models.CheckConstraint(condition=models.Q(('ended_with__isnull', True), ('replaced_at__isnull', False), _connector='OR'), name='cte_record_replaced_at')],
                },
            ),
        ]),
    ]
