from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):

    dependencies = [
        ('uploads', '0010_webhook_secrets'),
    ]

    operations = [
        migrations.CreateModel(
            name='Sample',
            fields=[
                ('at', models.DateTimeField(primary_key=True, serialize=False)),
                ('waiting_count', models.IntegerField()),
                ('processing_count', models.IntegerField()),
                ('oldest_waiting_seconds', models.IntegerField()),
                ('worker_count', models.IntegerField()),
                ('failed_job_count', models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='RequestSample',
            fields=[
                ('at', models.DateTimeField(primary_key=True, serialize=False)),
                ('request_count', models.IntegerField()),
                ('failed_count', models.IntegerField()),
                ('slow_count', models.IntegerField()),
                ('seconds', models.FloatField()),
            ],
        ),
        migrations.CreateModel(
            name='WorkerLane',
            fields=[
                ('worker_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('lane', models.CharField(max_length=20)),
                ('since', models.DateTimeField(db_default=Now())),
            ],
        ),
        migrations.AddIndex(
            model_name='upload',
            index=models.Index(fields=['state', 'sent_at'], name='upload_by_state'),
        ),
        migrations.AddIndex(
            model_name='upload',
            index=models.Index(fields=['finished_at'], name='upload_by_end'),
        ),
    ]
