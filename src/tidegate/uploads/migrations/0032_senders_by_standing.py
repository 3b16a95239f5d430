"""The index by which the senders of a year are counted by where they are (decision 59)."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("uploads", "0031_senders_in_order")]

    operations = [
        migrations.AddIndex(
            model_name="lastfile",
            index=models.Index(
                fields=["school_year", "file_type", "standing"],
                condition=models.Q(standing__in=["nothing", "errors", "clean"]),
                name="last_file_by_standing",
            ),
        ),
    ]
