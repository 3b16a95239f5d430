import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('records', '0013_changes'),
    ]

    operations = [
        migrations.AddField(
            model_name='numberrequest',
            name='resolved_by',
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+',
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name='numberrequest',
            name='taken_back_number',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AddIndex(
            model_name='answerline',
            index=models.Index(
                condition=models.Q(('result__startswith', 'Held')), fields=['request'], name='answer_lines_held'
            ),
        ),
        migrations.AddIndex(
            model_name='numberrequest',
            index=models.Index(
                condition=models.Q(('outcome__in', ('same person', 'different person'))),
                fields=['resolved_at', 'id'], name='number_requests_decided',
            ),
        ),
    ]
