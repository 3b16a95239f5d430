"""Which upload has ended a claim, so that it is open again once that one is undone (decision 59)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("uploads", "0032_senders_by_standing")]

    operations = [
        migrations.AddField(
            model_name="enrollmentclaim",
            name="ended_by",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+",
                to="uploads.upload",
            ),
        ),
        migrations.AddIndex(
            model_name="enrollmentclaim",
            index=models.Index(
                condition=models.Q(("ended_by__isnull", False)), fields=["ended_by"], name="enrollment_claim_by_ended_by"
            ),
        ),
    ]
