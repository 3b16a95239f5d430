from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("uploads", "0013_nothing_to_report"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="upload",
            index=models.Index(fields=["organization", "sha256"], name="upload_by_content"),
        ),
    ]
