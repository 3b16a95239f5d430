"""What the lines of a snapshot are warned of, and why that is right."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accountability', '0004_snapshot_requests'),
        ('reference', '0005_organization_closed_on'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='snapshot',
            name='has_noted_warnings',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name='FrozenWarning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_type', models.CharField(max_length=100)),
                ('version_id', models.BigIntegerField()),
                ('code', models.CharField(max_length=10)),
                ('identifier', models.CharField(blank=True, max_length=100)),
                ('snapshot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='warnings', to='accountability.snapshot')),
            ],
        ),
        migrations.CreateModel(
            name='WarningExplanation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', models.CharField(max_length=50)),
                ('file_type', models.CharField(max_length=100)),
                ('code', models.CharField(max_length=10)),
                ('identifier', models.CharField(blank=True, max_length=100)),
                ('line_count', models.IntegerField()),
                ('text', models.CharField(max_length=1000)),
                ('ends_on', models.DateField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reference.organization')),
                ('snapshot', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='warning_explanations', to='accountability.snapshot')),
            ],
            options={
                'indexes': [models.Index(fields=['period', 'ends_on'], name='warnings_explained_of_period')],
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='warning_explanation_says_sth')],
            },
        ),
    ]
