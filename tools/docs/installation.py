"""The pages of what an installation has: settings, commands, outputs, the life of an upload and the API."""

import json
from collections.abc import Iterator
from typing import Any

from tools.docs.page import GENERATED

from tidegate.core.outputs.catalogue import find_outputs, options


def settings_page() -> str:
    """Return the page of all settings."""
    import tidegate.project.settings  # noqa: F401 - reading them is what makes them known
    from tidegate.project.environment import KNOWN

    lines = [
        GENERATED,
        "# Settings\n\nAll come from the environment. For a secret, `<NAME>_FILE` names a file that holds it.\n\n",
    ]
    lines.append("| name | default | meaning |\n|---|---|---|\n")
    for setting in sorted(KNOWN.values(), key=lambda setting: setting.name):
        default = f"`{setting.default}`" if setting.default else "(none)"
        lines.append(f"| `{setting.name}` | {default} | {setting.meaning} |\n")
    return "".join(lines)


def commands_page() -> str:
    """Return the page of all commands."""
    from typer.main import get_command

    from tidegate.cli.main import app

    lines = [GENERATED, "# Commands\n"]
    for name, command in sorted(get_command(app).commands.items()):
        lines.append(f"\n## tidegate {name}\n\n{(command.help or '').strip()}\n\n")
        lines += parameters_of(command)
        for inner, part in getattr(command, "commands", {}).items():  # a command of several, such as snapshot
            lines.append(f"\n### tidegate {name} {inner}\n\n{(part.help or '').strip()}\n\n")
            lines += parameters_of(part)
    return "".join(lines)


def parameters_of(command: Any) -> Iterator[str]:
    """Yield a line for each argument and option of a command."""
    for parameter in command.params:
        names = ", ".join(f"`{opt}`" for opt in (*parameter.opts, *parameter.secondary_opts))
        if parameter.param_type_name == "argument":
            names = f"`{parameter.name.upper()}`"
        yield f"- {names}: {getattr(parameter, 'help', None) or 'show the help'}\n"


def outputs_page() -> str:
    """Return the page of all outputs: what each is, and where it can be had."""
    from django import setup

    setup()
    from django.urls import reverse

    from tidegate.web.uploads.outputs import address_name

    lines = [GENERATED, "# Outputs\n\nWhat is made of a check or an upload, each from one file of `core/outputs/`.\n"]
    for output in sorted(find_outputs(), key=lambda output: not output.is_download):
        lines.append(f"\n## {output.title}\n\n{output.summary}\n\n")
        if output.is_download:
            for form in output.forms:
                address = reverse(address_name(output, form), args=[0]).replace("/0/", "/<upload ID>/")
                lines.append(f"- Page, as {form.title}: `{address}`\n")
            lines.append(f"- API: `GET /api/v1/uploads/{{upload_id}}/{output.slug}` ({output.forms[0].title})\n")
            lines.append(f"- Who may: people whose role allows them to {output.permission} there\n")
            lines.append(f"- In the audit log: `{output.event}`\n")
        if output in options():
            lines.append(f"- `tidegate check --{output.slug}`: {output.option_help}\n")
        if output.printed:
            lines.append(f"- `tidegate check --format {output.printed.format}` prints it\n")
    return "".join(lines)


def states_page() -> str:
    """Return the life of an upload as a diagram."""
    from django import setup

    setup()
    from tidegate.uploads.models import MOVES, State

    lines = [GENERATED, "# The life of an upload\n\n```mermaid\nstateDiagram-v2\n    [*] --> Waiting\n"]
    for state in State:
        lines += [f"    {state.label} --> {to.label}\n" for to in State if to in MOVES[state]]
        lines += [] if MOVES[state] else [f"    {state.label} --> [*]\n"]
    lines.append("```\n\nProcessing leads to itself when a worker was killed and another takes the upload up again.\n")
    return "".join(lines)


def description() -> str:
    """Return the OpenAPI description of the API."""
    from django import setup

    setup()
    from tidegate.api.urls import api

    return json.dumps(api.get_openapi_schema(), indent=1, ensure_ascii=False) + "\n"
