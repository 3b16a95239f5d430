"""The state that the database belongs to. One with organizations was filled by the only state that there was before."""

from django.db import migrations, models

from tidegate.core.layouts.state_package import default_package, find_package


def remember_state(apps, schema_editor):
    if apps.get_model("reference", "Organization").objects.exists():
        name = find_package(default_package()).state.name
        apps.get_model("reference", "InstalledState").objects.create(pk=1, name=name)


class Migration(migrations.Migration):

    dependencies = [
        ('reference', '0001_school_years_organizations_codes'),
    ]

    operations = [
        migrations.CreateModel(
            name='InstalledState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='one_state_in_a_database')],
            },
        ),
        migrations.RunPython(remember_state, migrations.RunPython.noop),
    ]
