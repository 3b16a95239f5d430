"""Snapshots of what periods count, their frozen lines, and how they went on."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('reference', '0003_organization_identifiers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Snapshot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', models.CharField(max_length=50)),
                ('title', models.CharField(max_length=200)),
                ('count_day', models.DateField()),
                ('state', models.CharField(choices=[('snapshot', 'Snapshot'), ('reviewed', 'Reviewed'), ('certified', 'Certified'), ('approved', 'Approved'), ('closed', 'Closed'), ('open', 'Open again')], default='snapshot', max_length=10)),
                ('taken_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('tables', models.JSONField(default=list)),
                ('digests', models.JSONField(default=dict)),
                ('sha256', models.CharField(max_length=64)),
                ('app_version', models.CharField(max_length=50)),
                ('school_year', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reference.schoolyear')),
                ('taken_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='FrozenLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table_name', models.CharField(max_length=100)),
                ('cells', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(null=True), size=None)),
                ('version_id', models.BigIntegerField(null=True)),
                ('snapshot', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='accountability.snapshot')),
            ],
        ),
        migrations.CreateModel(
            name='SnapshotMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_state', models.CharField(choices=[('snapshot', 'Snapshot'), ('reviewed', 'Reviewed'), ('certified', 'Certified'), ('approved', 'Approved'), ('closed', 'Closed'), ('open', 'Open again')], max_length=10)),
                ('to_state', models.CharField(choices=[('snapshot', 'Snapshot'), ('reviewed', 'Reviewed'), ('certified', 'Certified'), ('approved', 'Approved'), ('closed', 'Closed'), ('open', 'Open again')], max_length=10)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('snapshot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='accountability.snapshot')),
            ],
        ),
        migrations.AddIndex(
            model_name='snapshot',
            index=models.Index(fields=['period', 'school_year', '-id'], name='snapshots_of_period'),
        ),
        migrations.AddConstraint(
            model_name='snapshot',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['snapshot', 'reviewed', 'certified', 'approved', 'closed', 'open'])), name='snapshot_state_is_known'),
        ),
        migrations.AddIndex(
            model_name='frozenline',
            index=models.Index(fields=['snapshot', 'table_name'], name='frozen_lines_of_table'),
        ),
        migrations.AddConstraint(
            model_name='snapshotmove',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('to_state', 'open'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='snapshot_move_back_has_a_reason'),
        ),
    ]
