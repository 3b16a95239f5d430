"""The first tables of reference."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Code',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('list_name', models.CharField(max_length=50)),
                ('code', models.CharField(max_length=20)),
                ('title', models.CharField(blank=True, default='', max_length=300)),
                ('first_year', models.IntegerField(null=True)),
                ('last_year', models.IntegerField(null=True)),
            ],
            options={
                'ordering': ('list_name', 'code'),
                'constraints': [models.UniqueConstraint(fields=('list_name', 'code'), name='code_once_in_its_list'), models.CheckConstraint(condition=models.Q(('last_year__gte', models.F('first_year'))), name='code_does_not_end_before_it_begins')],
            },
        ),
        migrations.CreateModel(
            name='SchoolYear',
            fields=[
                ('first', models.IntegerField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=9)),
            ],
            options={
                'ordering': ('-first',),
                'constraints': [models.UniqueConstraint(fields=('name',), name='school_year_name_once')],
            },
        ),
        migrations.CreateModel(
            name='Organization',
            fields=[
                ('id', models.IntegerField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200)),
                ('kind', models.CharField(choices=[('SAU', 'SAU'), ('School', 'School'), ('CTE School', 'CTE School')], max_length=10)),
                ('local_id', models.CharField(blank=True, default='', max_length=10)),
                ('parent', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='schools', to='reference.organization')),
            ],
            options={
                'ordering': ('name', 'id'),
                'indexes': [models.Index(fields=['parent'], name='organization_by_parent')],
                'constraints': [models.CheckConstraint(condition=models.Q(('id__range', (1, 9999))), name='organization_id_has_4_digits'), models.CheckConstraint(condition=models.Q(('kind__in', ['SAU', 'School', 'CTE School'])), name='organization_kind_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'SAU'), _negated=True), ('parent__isnull', True), _connector='OR'), name='organization_sau_has_no_parent')],
            },
        ),
    ]
