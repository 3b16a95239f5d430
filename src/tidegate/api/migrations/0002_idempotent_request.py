"""The model is called after what it is, an idempotent request; the table keeps its name, so nothing changes there."""

from django.db import migrations


class Migration(migrations.Migration):
    """Rename the model alone: a release before this one goes on with the table."""

    dependencies = [("api", "0001_requests_carried_out")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameModel("CarriedOut", "IdempotentRequest"),
                migrations.AlterModelTable("IdempotentRequest", "api_carriedout"),
            ],
        ),
    ]
