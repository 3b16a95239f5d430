"""An upload says whether its file is a fix file, and whether the choice about missing lines was made after a check."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("uploads", "0035_nothing_to_report_ends_files")]

    operations = [
        migrations.AddField("upload", "missing_of_groups", models.BooleanField(default=False, db_default=False)),
        migrations.AddField("upload", "is_fix_file", models.BooleanField(default=False, db_default=False)),
    ]
