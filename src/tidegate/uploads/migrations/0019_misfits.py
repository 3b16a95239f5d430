import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0012_cte_records_are_maines'),
        ('reference', '0003_organization_identifiers'),
        ('uploads', '0018_causes'),
    ]

    operations = [
        migrations.CreateModel(
            name='Misfit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_type', models.CharField(max_length=100)),
                ('line_id', models.BigIntegerField()),
                ('code', models.CharField(max_length=10)),
                ('column', models.CharField(blank=True, max_length=100)),
                ('message', models.TextField()),
                (
                    'school_year',
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+',
                        to='reference.schoolyear',
                    ),
                ),
                (
                    'student',
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+',
                        to='records.student',
                    ),
                ),
                (
                    'organization',
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+',
                        to='reference.organization',
                    ),
                ),
                ('places', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                ('found_at', models.DateTimeField(db_default=Now())),
            ],
            options={
                'indexes': [
                    models.Index(fields=['school_year', 'file_type', 'code'], name='misfit_by_rule'),
                    django.contrib.postgres.indexes.GinIndex(fields=['places'], name='misfit_by_place'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('file_type', 'line_id', 'code', 'column'), name='misfit_once'),
                ],
            },
        ),
    ]
