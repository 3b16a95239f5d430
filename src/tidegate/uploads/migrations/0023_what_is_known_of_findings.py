from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('uploads', '0022_plan_as_released'),
    ]

    operations = [
        migrations.AddField(
            model_name='finding',
            name='known',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
    ]
