"""The certificate as a PDF for the file, with the signature over each of its bytes at its end."""

import hashlib
import io
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any
from unicodedata import normalize
from xml.sax.saxutils import escape

from tidegate.accountability.certification.certificate import certificate_json
from tidegate.accountability.models import Certificate
from tidegate.uploads.receipts.receipt import private_key
from tidegate.uploads.receipts.signed_files import with_signature

_FONT, _BOLD = "Vera", "VeraBd"
_MARGIN = 54
_HIDDEN = "hidden"
_HIDDEN_MEANS = "Hidden is a number of few students, or one that would give such a number away."
_SIGNED = {"certified": "Certified by", "approved": "Approved by"}
_EVIDENCE = {
    "lines": "Lines of the school year",
    "blocking_findings": "Lines that block signing",
    "open_lines": "Other lines that do not fit",
    "lines_with_open_warnings": "Lines with a warning that nobody explained",
    "explained_warnings": "Warnings that were explained, each of an office, file type and rule",
    "open_unusual_numbers": "Unusual numbers without an explanation",
    "explained_unusual_numbers": "Unusual numbers that were explained",
    "open_percent": "Open findings, in percent of the lines",
    "allowed_percent": "At most allowed by the state, in percent",
    "schools_without_lines": "Schools that sent nothing",
    "schools_with_nothing_to_report": "Schools that said that there is nothing to report",
}


def certificate_pdf(certificate: Certificate) -> bytes:
    """Return the certificate as a PDF. It is the same each time that it is made by the same release."""
    from reportlab.lib.pagesizes import LETTER  # a while to import, and few processes ever need it
    from reportlab.platypus import SimpleDocTemplate

    said = certificate.document["certificate"]
    buffer = io.BytesIO()
    title = f"Certificate of snapshot {said['snapshot']}"
    page = SimpleDocTemplate(
        buffer,
        pagesize=LETTER,
        title=title,
        author=said["state"],
        lang="en",
        invariant=1,
        **dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), _MARGIN),
    )
    page.build(list(_flow(said, hashlib.sha256(certificate_json(certificate)).hexdigest())))
    return with_signature(buffer.getvalue(), private_key())


def _flow(said: Mapping[str, Any], sha256: str) -> Iterator[Any]:
    """Yield what stands on the pages, in order."""
    text = _writer()
    yield text(said["state"], 10)
    yield text(said["title"], 20, bold=True)
    yield text(f"School year {said['school_year']}, counted on {said['count_day']}", 12)
    for signer in said["signers"]:
        yield text(f"{_SIGNED[signer['signature']]} {signer['name']}", 13, bold=True)
        yield text(f"{signer['role']}, {signer['at']}, known again by {signer['proof']} at {signer['proved_at']}", 9)
    yield text("Students in the whole state", 13, bold=True)
    yield _table(_counts(said["counts"]), text)
    if indicators := said.get("indicators"):  # an older certificate has none
        yield text("Indicators of the whole state", 13, bold=True)
        yield _table([(f"{each['indicator']} {each['title']}", _rate(each)) for each in indicators], text)
    yield text(_HIDDEN_MEANS, 9)
    yield text("What was open when it was approved", 13, bold=True)
    evidence = said["signers"][-1]["evidence"]  # an older certificate does not speak of warnings
    yield _table([(label, str(evidence[name])) for name, label in _EVIDENCE.items() if name in evidence], text)
    yield text("How to check it", 13, bold=True)
    for sentence in _how_to_check(said, sha256):
        yield text(sentence, 9)


def _counts(counts: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return the numbers with their labels. Where a report has several totals, each says what it counts."""
    by = {(each["report"], each["by"]) for each in counts}
    several = {report for report, _ in by if sum(report == other for other, _ in by) > 1}
    return [(_label(each, each["report"] in several), _number(each["students"])) for each in counts]


def _label(count: Mapping[str, Any], is_one_of_several: bool) -> str:
    names = ", ".join(count["names"])
    if is_one_of_several:
        return f"{count['title']}, {count['by']}{f', {names}' if names else ''}"
    return f"{count['title']}: {names or 'all'}"


def _rate(indicator: Mapping[str, Any]) -> str:
    met, of = indicator["numerator"], indicator["denominator"]
    if indicator["no_data"]:
        return "no data"
    percent = f" ({100 * met / of:.2f} %)" if met is not None and of else ""
    return _HIDDEN if met is None else f"{met:,} of {of:,}{percent}"


def _number(students: int | None) -> str:
    return _HIDDEN if students is None else f"{students:,}"


def _how_to_check(said: Mapping[str, Any], sha256: str) -> Iterator[str]:
    show = f"tidegate snapshot show {said['snapshot']} --format"
    yield "This file and its JSON form are signed with the state's key (Ed25519), byte by byte."
    yield "With the published key, without a network: tidegate verify-receipt FILE --key KEY."
    yield f"Snapshot {said['snapshot']}, whose hash is {said['sha256']} (SHA-256), taken {said['taken_at']}."
    yield f"All numbers of the reports ({show} csv): SHA-256 {said['counts_sha256']}."
    if digest := said.get("indicators_sha256"):
        yield f"All numbers of the indicators ({show} indicators): SHA-256 {digest}."
    yield f"The JSON form has the SHA-256 {sha256}."
    yield f"Made {said['made_at']} by tidegate {said['app_version']}."


def _writer() -> Any:
    """Return what makes a paragraph of a text, in a font that comes with the library: the fonts of PDF itself have
    Western European letters alone."""
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import Paragraph

    fonts = {name: TTFont(name, f"{name}.ttf") for name in (_FONT, _BOLD)}
    for font in fonts.values():
        registerFont(font)
    known = fonts[_FONT].face.charToGlyph

    def text(words: str, size: int, *, bold: bool = False) -> Any:
        style = ParagraphStyle(
            "text", fontName=_BOLD if bold else _FONT, fontSize=size, leading=size * 1.35,
            spaceBefore=10 if bold else 2, spaceAfter=2, wordWrap="CJK" if " " not in words else None,
        )  # fmt: skip
        return Paragraph(escape(_in_letters(words, known)), style)

    return text


def _in_letters(words: str, known: Collection[int]) -> str:
    """Return the words in letters that the font has: for one that is missing the one without its accent, and a question
    mark where there is none, so that no name is blank. The JSON form has each as it is."""
    return "".join(letter if ord(letter) in known else _simpler(letter, known) for letter in words)


def _simpler(letter: str, known: Collection[int]) -> str:
    found = "".join(each for each in normalize("NFKD", letter) if ord(each) in known)
    return found or ("?" if letter.isalnum() else "")


def _table(rows: Iterable[tuple[str, str]], text: Any) -> Any:
    from reportlab.lib import colors
    from reportlab.platypus import Table

    style = [("LINEBELOW", (0, 0), (-1, -1), 0.5, colors.lightgrey), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    return Table([(text(label, 10), text(value, 10)) for label, value in rows], colWidths=("75%", "25%"), style=style)
