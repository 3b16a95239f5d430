"""Findings counted once, and indexes by which pages of them and of the uploads are found at once."""

import django.db.models.deletion
from django.db import migrations, models

_COUNT = """
INSERT INTO uploads_findingcount (upload_id, code, "column", severity, count, with_row_count)
SELECT upload_id, code, "column", severity, count(*), count(row) FROM uploads_finding GROUP BY 1, 2, 3, 4
"""


class Migration(migrations.Migration):

    dependencies = [
        ('reference', '0001_school_years_organizations_codes'),
        ('uploads', '0008_progress'),
    ]

    operations = [
        migrations.CreateModel(
            name='FindingCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=10)),
                ('column', models.CharField(blank=True, max_length=100)),
                ('severity', models.CharField(max_length=10)),
                ('count', models.IntegerField()),
                ('with_row_count', models.IntegerField()),
                ('upload', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='finding_counts', to='uploads.upload')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('upload', 'code', 'column', 'severity'), name='finding_count_once')],
            },
        ),
        migrations.RunSQL(_COUNT, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='finding',
            index=models.Index(fields=['upload', 'id'], name='finding_in_order'),
        ),
        migrations.AddIndex(
            model_name='finding',
            index=models.Index(fields=['upload', 'code', 'column', 'id'], name='finding_by_rule_and_column'),
        ),
        migrations.RemoveIndex(
            model_name='finding',
            name='finding_by_rule',
        ),
        migrations.AlterField(
            model_name='finding',
            name='upload',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='findings', to='uploads.upload'),
        ),
        migrations.AddIndex(
            model_name='upload',
            index=models.Index(fields=['school_year', 'file_type', '-sent_at'], name='upload_by_file_type'),
        ),
    ]
