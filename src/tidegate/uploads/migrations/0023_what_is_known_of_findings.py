from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('uploads', '0019_misfits'),
    ]

    operations = [
        migrations.AddField(
            model_name='finding',
            name='known',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
    ]
