"""`tidegate test-state`: tests a state's package, with no database and no test runner."""

from typing import Annotated

import typer

from tidegate.core.errors import BrokenState, Refusal


def test_state(
    package: Annotated[str, typer.Argument(metavar="DIR", help="The folder of the package, or its name")],
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
    for problem in trial.problems:
        typer.echo(problem)
    if trial.problems:
        count = len(trial.problems)
        typer.echo(f"{chosen.state.name}: {count} {'thing is' if count == 1 else 'things are'} wrong or missing")
        raise typer.Exit(1)
    tested = ", ".join(f"{count} {noun}{'s' * (count != 1)}" for noun, count in trial.counts.items())
    typer.echo(f"{chosen.state.name}: all is well ({tested})")
