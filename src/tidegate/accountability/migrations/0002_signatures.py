"""Who signed snapshots, their certificates, frozen findings, and explanations of numbers."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accountability', '0001_snapshots'),
        ('reference', '0003_organization_identifiers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document', models.JSONField()),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('snapshot', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='certificate', to='accountability.snapshot')),
            ],
        ),
        migrations.CreateModel(
            name='FrozenFinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_type', models.CharField(max_length=100)),
                ('version_id', models.BigIntegerField()),
                ('code', models.CharField(max_length=10)),
                ('identifier', models.CharField(blank=True, max_length=100)),
                ('snapshot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='accountability.snapshot')),
            ],
        ),
        migrations.CreateModel(
            name='Explanation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', models.CharField(max_length=50)),
                ('report', models.CharField(max_length=100)),
                ('dimensions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=50), size=None)),
                ('keys', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), size=None)),
                ('last_year', models.IntegerField()),
                ('number', models.IntegerField()),
                ('text', models.CharField(max_length=1000)),
                ('ends_on', models.DateField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reference.organization')),
                ('snapshot', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='explanations', to='accountability.snapshot')),
            ],
            options={
                'indexes': [models.Index(fields=['period', 'ends_on'], name='explanations_of_period')],
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='explanation_says_something')],
            },
        ),
        migrations.CreateModel(
            name='Signature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('certified', 'Certified'), ('approved', 'Approved')], max_length=10)),
                ('name', models.CharField(max_length=200)),
                ('email', models.CharField(max_length=254)),
                ('role', models.CharField(max_length=100)),
                ('proof', models.CharField(max_length=30)),
                ('proved_at', models.DateTimeField()),
                ('evidence', models.JSONField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('snapshot', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='accountability.snapshot')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('snapshot', 'kind'), name='signature_once'), models.UniqueConstraint(fields=('snapshot', 'by'), name='signature_by_two_people')],
            },
        ),
    ]
