"""CTE records move to the app of Maine, in Django's view alone: the table stays as it is."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("records", "0011_student_numbers_of_the_state"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name="CteRecord")]),
    ]
