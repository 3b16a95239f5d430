"""Events have the address, the user agent and the ID of their request."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0004_events_in_order_of_time'),
    ]

    operations = [
        migrations.AddField(
            model_name='event',
            name='address',
            field=models.CharField(blank=True, db_default='', max_length=45),
        ),
        migrations.AddField(
            model_name='event',
            name='user_agent',
            field=models.CharField(blank=True, db_default='', max_length=200),
        ),
        migrations.AddField(
            model_name='event',
            name='request_id',
            field=models.CharField(blank=True, db_default='', max_length=64),
        ),
        migrations.CreateModel(
            name='RefusalCount',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('hour', models.DateTimeField()),
                ('count', models.BigIntegerField()),
            ],
        ),
    ]
