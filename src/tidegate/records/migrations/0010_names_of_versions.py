"""Fields of versions are called as in system-versioned tables; columns, indexes and constraints keep their names."""

import django.contrib.postgres.indexes
import django.db.models.functions.datetime
from django.db import migrations, models

COLUMNS = {"began_with": "brought_by", "valid_from": "brought_at", "ended_with": "replaced_by", "restored_at": "put_back_at"}
CONSTRAINTS = {
    "studentversion": "student_version_replaced_at",
    "enrollment": "enrollment_replaced_at",
    "cterecord": "cte_record_replaced_at",
}
INDEXED = {"enrollment": "enrollment", "cterecord": "cte_record"}


def field(name):
    """Return the field as it is now, in the column that it has always had."""
    if name.endswith("with"):
        return models.BigIntegerField(db_column=COLUMNS[name], null=True)
    if name == "restored_at":
        return models.DateTimeField(db_column=COLUMNS[name], null=True)
    return models.DateTimeField(db_column=COLUMNS[name], db_default=django.db.models.functions.datetime.Now())


def operations_of(model):
    """Yield what changes in the state of one model."""
    name = CONSTRAINTS[model]
    yield migrations.RemoveConstraint(model, name)
    for column in ("brought_by", "replaced_by") if model in INDEXED else ():
        yield migrations.RemoveIndex(model, f"{INDEXED[model]}_{column}")
    for new, old in COLUMNS.items():
        yield migrations.RenameField(model, old, new)
        yield migrations.AlterField(model, new, field(new))
    condition = models.Q(("ended_with__isnull", True), ("replaced_at__isnull", False), _connector="OR")
    yield migrations.AddConstraint(model, models.CheckConstraint(condition=condition, name=name))
    for new in ("began_with", "ended_with") if model in INDEXED else ():
        yield migrations.AddIndex(
            model,
            django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True,
                fields=[new],
                name=f"{INDEXED[model]}_{COLUMNS[new]}",
                opclasses=["int8_minmax_multi_ops"],
                pages_per_range=32,
            ),
        )


class Migration(migrations.Migration):
    """Change the names in Python alone: a release before this one goes on with the tables."""

    dependencies = [("records", "0009_fold_of_letters")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[operation for model in CONSTRAINTS for operation in operations_of(model)]
        ),
    ]
