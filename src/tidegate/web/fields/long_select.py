"""A drop-down of thousands of entries, written in one go."""

from typing import Any

from django import forms
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class LongSelect(forms.Select):
    """Django's own renders a template for each entry: a third of a second for the organizations of a state."""

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,  # noqa: ARG002 - Django's form
    ) -> SafeString:
        """Return the drop-down as HTML, the same as Django's."""
        chosen, selected = self.format_value(value), flatatt({"selected": True})
        options = format_html_join(
            "\n",
            '<option value="{}"{}>{}</option>',
            ((entry, selected if str(entry) in chosen else "", label) for entry, label in self.choices),
        )
        return format_html(
            "<select{}>{}</select>", flatatt({"name": name} | self.build_attrs(self.attrs, attrs)), options
        )
