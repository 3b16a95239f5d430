"""Reads a page as a browser would, as far as the tests ask: headings, labels, links, text."""

import re
from html.parser import HTMLParser

VOID = {"input", "meta", "link", "img", "br", "hr"}
PRINTED = re.compile(r"Printed by .+? on \w+ \d+, \d+, \d+:\d\d [AP]M\.")


class Page(HTMLParser):
    """What stands on a page. `broken` lists what no page may have."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.title = ""
        self._open: list[str] = []
        self.feed(html.replace("<wbr>", ""))  # a place where a line may break is no space

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data):
        if self._open and self._open[-1] == "title":
            self.title += data
        elif not {"script", "style"} & set(self._open):
            self.text += f" {data.strip()}" if data.strip() else ""

    @property
    def text_at_any_time(self) -> str:
        """Return the text without the time of its printing: two pages alike may be a minute apart."""
        return PRINTED.sub("", self.text)

    def all(self, *names: str) -> list[dict[str, str]]:
        """Return the attributes of every element with one of these names."""
        return [attributes for tag, attributes in self.tags if tag in names]

    def broken(self) -> list[str]:
        """Return what is wrong with the page, in words."""
        ids = [attributes["id"] for _, attributes in self.tags if "id" in attributes]
        labelled = {label.get("for") for label in self.all("label")}
        inputs = [i for i in self.all("input", "select", "textarea") if i.get("type") not in ("hidden", "submit")]
        faults = {
            "not one h1": len(self.all("h1")) != 1,
            "no lang": self.all("html")[0].get("lang") != "en",
            "no title": not self.title.strip(),
            "an input without a label": any(i.get("id") not in labelled and "aria-label" not in i for i in inputs),
            "an ID that is there twice": len(ids) != len(set(ids)),
            "a script or style in the page": any("style" in attributes for _, attributes in self.tags)
            or any("src" not in script for script in self.all("script"))
            or bool(self.all("style")),
            "no skip link to the content": not any(a.get("href") == "#main" for a in self.all("a"))
            or "main" not in ids,
        }
        return [fault for fault, is_there in faults.items() if is_there]
