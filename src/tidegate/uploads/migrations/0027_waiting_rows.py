import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0014_decisions_about_requests'),
        ('uploads', '0026_saved_mappings'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='rowcorrection',
            name='is_by_itself',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='upload',
            name='let_wait',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name='WaitingRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row', models.IntegerField()),
                ('unit', models.CharField(max_length=32)),
                ('state', models.CharField(max_length=10)),
                ('since', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('end', models.CharField(blank=True, db_default='', default='', max_length=10)),
                (
                    'by_upload',
                    models.ForeignKey(
                        db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+',
                        to='uploads.upload',
                    ),
                ),
                (
                    'chosen_by',
                    models.ForeignKey(
                        db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+',
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    'student',
                    models.ForeignKey(
                        db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name='+', to='records.student',
                    ),
                ),
                (
                    'upload',
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='waiting_rows',
                        to='uploads.upload',
                    ),
                ),
            ],
            options={
                'indexes': [
                    models.Index(
                        condition=models.Q(('state__in', ('may', 'waiting'))), fields=['student'],
                        name='waiting_row_by_student',
                    ),
                    models.Index(
                        condition=models.Q(('state', 'waiting')), fields=['upload'], name='waiting_row_that_waits',
                    ),
                    models.Index(
                        condition=models.Q(('by_upload__isnull', False)), fields=['by_upload'],
                        name='waiting_row_by_by_upload',
                    ),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('upload', 'row'), name='waiting_row_once'),
                    models.CheckConstraint(
                        condition=models.Q(('state__in', ['may', 'waiting', 'loaded', 'ended'])),
                        name='waiting_row_state_is_known',
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ('state', 'may'),
                            models.Q(('chosen_by__isnull', False), ('since__isnull', False)),
                            _connector='OR',
                        ),
                        name='waiting_row_was_chosen',
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ('end__in', ['days', 'newer', 'undone', 'error', 'file_gone', 'no_right']),
                                ('state', 'ended'),
                            ),
                            models.Q(models.Q(('state', 'ended'), _negated=True), ('end', '')),
                            _connector='OR',
                        ),
                        name='waiting_row_end_has_a_reason',
                    ),
                ],
            },
        ),
    ]
