from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("uploads", "0014_changes_of_uploads"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="upload",
            index=models.Index(fields=["organization", "sha256"], name="upload_by_content"),
        ),
    ]
