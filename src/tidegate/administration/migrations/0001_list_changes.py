"""Changes of reference lists: proposed, made, undone."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ListChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('list_name', models.CharField(max_length=50)),
                ('act', models.CharField(choices=[('import', 'Import of a file'), ('add', 'Addition'), ('end', 'End'), ('rename', 'Correction'), ('move', 'Move'), ('close', 'Closing'), ('reopen', 'Reopening'), ('undo', 'Undo')], max_length=10)),
                ('file_name', models.CharField(blank=True, default='', max_length=255)),
                ('file_sha256', models.CharField(blank=True, default='', max_length=64)),
                ('differences', models.JSONField(default=list)),
                ('sha256', models.CharField(max_length=64)),
                ('missing_count', models.PositiveIntegerField(default=0)),
                ('unchanged_count', models.PositiveIntegerField(default=0)),
                ('proposed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('made_at', models.DateTimeField(null=True)),
                ('made_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('undoes', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='undone_by', to='administration.listchange')),
            ],
            options={
                'ordering': ('-id',),
                'indexes': [models.Index(fields=['list_name', '-id'], name='list_change_by_list')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('made_at__isnull', False)), fields=('undoes',), name='list_change_undone_once'), models.CheckConstraint(condition=models.Q(('act__in', ['import', 'add', 'end', 'rename', 'move', 'close', 'reopen', 'undo'])), name='list_change_act_is_known')],
            },
        ),
    ]
