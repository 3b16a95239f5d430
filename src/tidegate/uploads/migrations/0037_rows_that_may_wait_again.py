"""A row that nobody has let wait is kept, too, when a newer upload takes its place: an undo of that upload gives it
back."""

from django.db import migrations, models

MAY = models.Q(("state", "may"))
CHOSEN = models.Q(("chosen_by__isnull", False), ("since__isnull", False))
REPLACED = models.Q(("end", "newer"), ("state", "ended"))


class Migration(migrations.Migration):

    dependencies = [
        ("uploads", "0036_fix_files_and_choices"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="waitingrow", name="waiting_row_was_chosen"),
        migrations.AddConstraint(
            model_name="waitingrow",
            constraint=models.CheckConstraint(condition=MAY | REPLACED | CHOSEN, name="waiting_row_was_chosen"),
        ),
    ]
