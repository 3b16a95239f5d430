import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reference', '0003_organization_identifiers'),
        ('uploads', '0025_held_and_corrected'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(model_name='upload', name='mapping', field=models.JSONField(null=True)),
        migrations.CreateModel(
            name='SavedMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_type', models.CharField(max_length=100)),
                ('said', models.JSONField()),
                ('saved_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('ended_at', models.DateTimeField(null=True)),
                (
                    'organization',
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name='mappings',
                        to='reference.organization',
                    ),
                ),
                (
                    'saved_by',
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    'ended_by',
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+',
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                'ordering': ('pk',),
                'constraints': [
                    models.UniqueConstraint(
                        condition=models.Q(('ended_at', None)), fields=('organization', 'file_type'),
                        name='mapping_current_once',
                    )
                ],
            },
        ),
    ]
