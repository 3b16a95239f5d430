"""How long student numbers are and which form they have is the state's to say: the database follows it after all
migrations (`records/follow_state.py`)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Change what Python expects alone; the columns and constraints of a state of 9 digits stay as they are."""

    dependencies = [("records", "0010_names_of_versions")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveConstraint("student", "student_number_is_9_digits"),
                migrations.AlterField(
                    "student", "number", models.CharField(max_length=12, primary_key=True, serialize=False)
                ),
                migrations.AlterField("rosterline", "student_id", models.CharField(max_length=12)),
            ]
        ),
    ]
