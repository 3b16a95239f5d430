"""What was counted from the frozen lines of a snapshot, kept."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accountability', '0005_warnings_of_lines'),
    ]

    operations = [
        migrations.CreateModel(
            name='MaterializedQuery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64)),
                ('numbers', models.JSONField(null=True)),
                ('counted_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('snapshot', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accountability.snapshot')),
            ],
        ),
        migrations.CreateModel(
            name='MaterializedRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('student', models.TextField(db_collation='C')),
                ('school', models.TextField(db_collation='C', null=True)),
                ('program', models.TextField(db_collation='C', null=True)),
                ('senders', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(null=True), size=None)),
                ('cells', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(null=True), size=None)),
                ('query', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='accountability.materializedquery')),
            ],
        ),
        migrations.AddConstraint(
            model_name='materializedquery',
            constraint=models.UniqueConstraint(fields=('snapshot', 'sha256'), name='query_is_materialized_once'),
        ),
        migrations.AddIndex(
            model_name='materializedrow',
            index=models.Index(fields=['query', 'student', 'school', 'program'], name='materialized_rows_in_order'),
        ),
    ]
