"""Student Information: who a student is in a school year."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('maine', '0001_cte_records'),
        ('records', '0014_decisions_about_requests'),
        ('reference', '0005_organization_closed_on'),
    ]

    operations = [
        migrations.CreateModel(
            name='StudentInformation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('began_with', models.BigIntegerField(db_column='brought_by', null=True)),
                ('valid_from', models.DateTimeField(db_column='brought_at', db_default=django.db.models.functions.datetime.Now())),
                ('ended_with', models.BigIntegerField(db_column='replaced_by', null=True)),
                ('replaced_at', models.DateTimeField(null=True)),
                ('restored_at', models.DateTimeField(db_column='put_back_at', null=True)),
                ('school_student_id', models.CharField(blank=True, max_length=10)),
                ('last_name', models.CharField(max_length=100)),
                ('first_name', models.CharField(max_length=100)),
                ('middle_name', models.CharField(blank=True, max_length=100)),
                ('date_of_birth', models.DateField()),
                ('gender', models.CharField(blank=True, choices=[('F', 'Female'), ('M', 'Male'), ('X', 'Neither'), ('', 'Missing')], max_length=1)),
                ('race_ethnicity', models.CharField(blank=True, choices=[('AM7', 'American Indian or Alaska Native'), ('AS7', 'Asian'), ('BL7', 'Black or African American'), ('HI7', 'Hispanic or Latino of any race'), ('PI7', 'Native Hawaiian or other Pacific Islander'), ('WH7', 'White'), ('MU7', 'Two or more races'), ('', 'Missing')], max_length=3, verbose_name='race and ethnicity')),
                ('disability_status', models.CharField(blank=True, choices=[('WDIS', 'Disability under IDEA'), ('DISADA', 'Disability under the ADA or Section 504'), ('NONE', 'None'), ('', 'Missing')], max_length=6, verbose_name='disability')),
                ('economically_disadvantaged', models.CharField(blank=True, choices=[('Y', 'Yes'), ('N', 'No'), ('', 'Missing')], max_length=1, verbose_name='economically disadvantaged')),
                ('nontraditional_field', models.CharField(blank=True, choices=[('Y', 'Yes'), ('N', 'No'), ('', 'Missing')], max_length=1, verbose_name='non-traditional field')),
                ('single_parent', models.CharField(blank=True, choices=[('Y', 'Yes'), ('N', 'No'), ('', 'Missing')], max_length=1, verbose_name='single parent')),
                ('out_of_workforce', models.CharField(blank=True, choices=[('Y', 'Yes'), ('N', 'No'), ('', 'Missing')], max_length=1, verbose_name='out of workforce')),
                ('english_learner', models.CharField(blank=True, choices=[('Y', 'Yes'), ('N', 'No'), ('', 'Missing')], max_length=1, verbose_name='English learner')),
                ('homeless', models.CharField(blank=True, choices=[('Y', 'Yes'), ('N', 'No'), ('', 'Missing')], max_length=1, verbose_name='homeless')),
                ('foster_care', models.CharField(blank=True, choices=[('Y', 'Yes'), ('N', 'No'), ('', 'Missing')], max_length=1, verbose_name='foster care')),
                ('parent_on_active_duty', models.CharField(blank=True, choices=[('Y', 'Yes'), ('N', 'No'), ('', 'Missing')], max_length=1, verbose_name='parent on active duty')),
                ('migratory', models.CharField(blank=True, choices=[('Y', 'Yes'), ('N', 'No'), ('', 'Missing')], max_length=1, verbose_name='migratory')),
                ('sau', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reference.organization')),
                ('school_year', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reference.schoolyear')),
                ('student', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.student')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('replaced_at__isnull', True)), fields=['sau', 'school_year'], name='student_information_in_sau'), django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['began_with'], name='student_info_brought_by', opclasses=['int8_minmax_multi_ops'], pages_per_range=32), django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['ended_with'], name='student_info_replaced_by', opclasses=['int8_minmax_multi_ops'], pages_per_range=32)],
                'constraints': [models.UniqueConstraint(condition=models.Q(('replaced_at__isnull', True)), fields=('student', 'school_year'), name='student_information_current_once'), models.CheckConstraint(condition=models.Q(('ended_with__isnull', True), ('replaced_at__isnull', False), _connector='OR'), name='student_information_replaced_at')],
            },
        ),
    ]
