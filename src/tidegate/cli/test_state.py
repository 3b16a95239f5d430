"""`tidegate test-state`: tests a state's package, with no database and no test runner."""

from typing import Annotated

import typer

from tidegate.core.errors import BrokenState, Refusal


def test_state(
    package: Annotated[str, typer.Argument(metavar="DIR", help="The folder of the package, or its name")],
    examples: Annotated[
        bool, typer.Option("--examples", help="Also print what each rule of each file type says of its example")
    ] = False,  # noqa: PT028 - it is a command, and no test of pytest
) -> None:
    """Run the examples, cases, messages and documentation of a state's package, and say what is wrong or missing.

    Exit status: 0 all is well, 1 something is wrong or missing, 2 there is no such package.
    """
    from tidegate.core.layouts.state_package import choose_state, is_there
    from tidegate.file_types.trial.run_trial import run_trial

    if not is_there(package):
        raise Refusal(
            f'There is no package of a state at "{package}"',
            fix="Name the folder that has its state.toml",
            code="NO_STATE",
        )
    try:
        chosen = choose_state(package)
    except BrokenState as error:
        typer.echo(str(error))
        raise typer.Exit(1) from error
    trial = run_trial(chosen)
    if not trial.problems:
        trial.problems += _problems_of_tables()
    if examples and not trial.problems:
        _print_examples()
    for problem in trial.problems:
        typer.echo(problem)
    if trial.problems:
        count = len(trial.problems)
        typer.echo(f"{chosen.state.name}: {count} {'thing is' if count == 1 else 'things are'} wrong or missing")
        raise typer.Exit(1)
    tested = ", ".join(f"{count} {noun}{'s' * (count != 1)}" for noun, count in trial.counts.items())
    typer.echo(f"{chosen.state.name}: all is well ({tested})")


def _problems_of_tables() -> list[str]:
    """Return what is wrong with what needs Django: the app, its models and migrations, and the demo. Nothing asks a
    database."""
    import os

    from tidegate.cli.setup import set_up_django
    from tidegate.core.errors import BrokenLayout

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tidegate.project.settings")
    try:
        set_up_django()
        from tidegate.demo import find_demo
        from tidegate.records.missing_migrations import problems_of_migrations

        find_demo()
        return list(problems_of_migrations())
    except BrokenLayout as error:
        return [str(error)]


def _print_examples() -> None:
    from tidegate.core.rules.rule_docs import rule_docs
    from tidegate.file_types import find_all

    for file_type in find_all().values():
        typer.echo(f"{file_type.name}:")
        for code, doc in rule_docs(file_type.layout, file_type.rules).items():
            typer.echo(f"  {code}  {doc.message}")
