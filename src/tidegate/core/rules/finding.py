"""Findings: one thing wrong with one row or with the file, as columns, worded late and all at once."""

import string
from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from tidegate.core.frames.joins import are_alike
from tidegate.core.layouts.layout import Layout
from tidegate.core.lookups.lookup import known_column, meant_column
from tidegate.core.reading.issue import ReadingIssue
from tidegate.core.rules.expressions import ROW
from tidegate.core.rules.rule import ColumnRule, ReadingRule, RowRule, Rule, names_in
from tidegate.core.suggestions.suggestion import Suggestion, to_text

FINDINGS = pl.Schema(
    {
        "row": pl.UInt32,
        "column": pl.String,
        "code": pl.String,
        "severity": pl.String,
        "value": pl.String,
        "message": pl.String,
        "sau_id": pl.String,
        "school_id": pl.String,
        "student_number": pl.String,
        "suggestions": pl.String,
        "known": pl.String,
    }
)
"""A finding: `row` as a spreadsheet counts (null: the file as a whole), the column's name (blank: the whole row), the
rule's code, the severity, the cell's text, the message, the three texts that name the row in the Result Log, what may
have been meant (blank: nothing is near; see core/suggestions), and what is known that helps to fix it (blank: no more
than the rule says; see `Rule.known`)."""

NOT_YET = ("begins", "ends")
"""Of a finding that is not worded yet: what its message says before the value of its cell, and behind it."""

IDENTITY = ("sau_id", "school_id", "student_number")
_OWN_WORDS = ("code", "severity")
_MAX_MESSAGE_TEXT, _MAX_KNOWN_TEXT = 60, 1000
_MAX_VALUE_CHARACTERS = 1000
# Words that depend on the value are the same for all of so many rows only where one thing is wrong with all of
# them; fewer rows may have each its own.
_MIN_ALIKE, _SAMPLE_SIZE = 1_000, 100
# What breaks or spoils a line, and spaces too narrow to be seen, with the spaces around them: one
# space takes their place.
_UNPRINTABLE = r" *[\x00-\x1f\x7f-\x9f\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}]+ *"


def no_findings() -> pl.DataFrame:
    """Return an empty frame of findings."""
    return pl.DataFrame(schema=FINDINGS)


def without_nul(findings: pl.DataFrame) -> pl.DataFrame:
    """Return the findings with a space for each NUL, which neither a spreadsheet nor a database
    can hold."""
    texts = [name for name, dtype in findings.schema.items() if dtype == pl.String and name not in _OWN_WORDS]
    # looking for one takes a tenth of the time of replacing it
    has_nul = findings.select(pl.col(texts).str.contains("\x00", literal=True).any()).row(0)
    named = [name for name, has in zip(texts, has_nul, strict=True) if has]
    return findings.with_columns(pl.col(named).str.replace_all("\x00", " ", literal=True)) if named else findings


def findings_of(
    rule: Rule, rows: pl.DataFrame, layout: Layout, *, column: str, message_values: Mapping[str, pl.Expr]
) -> pl.DataFrame:
    """Return a finding for each of `rows`, which all break the rule.

    Args:
        rule: The rule.
        rows: The rows.
        layout: The layout of the school year.
        column: The column that the findings point at.
        message_values: Values for the message, in addition to the columns of `rows`.
    """
    return rows.select(
        pl.col(ROW),
        *_origin_columns(rule, column),
        _value_of(column, layout),
        word_message(rule.message, message_values).alias("message"),
        *identity_of(layout),
        pl.lit("").alias("suggestions"),
        word_known(rule, message_values),
    ).cast(dict(FINDINGS))  # type: ignore[arg-type]


def _origin_columns(rule: Rule, column: str) -> list[pl.Expr]:
    origin = {"column": column, "code": rule.code, "severity": str(rule.severity)}
    return [pl.lit(text).alias(name) for name, text in origin.items()]


def _value_of(column: str, layout: Layout) -> pl.Expr:
    value = pl.col(column).str.slice(0, _MAX_VALUE_CHARACTERS) if column in layout.columns else pl.lit("")
    return value.fill_null("").alias("value")


def found_by(
    rule: Rule, rows: pl.DataFrame, layout: Layout, *, column: str, message_values: Mapping[str, pl.Expr]
) -> pl.DataFrame:
    """Return a finding for each of `rows`, which all break the rule, without what names the row.

    Most messages are words of ours around the value. These have no `message` yet: see `worded`.

    Args:
        rule: The rule.
        rows: The rows.
        layout: The layout of the school year.
        column: The column that the findings point at.
        message_values: Values for the message, in addition to the columns of `rows`.
    """
    value, words = _value_of(column, layout), None
    if column in layout.columns and (rows[column].str.len_bytes().max() or 0) <= _MAX_VALUE_CHARACTERS:  # type: ignore[operator]
        value, words = pl.col(column).fill_null(""), _words_around_value(rule.message, column, message_values)
    message = pl.lit(None, pl.String) if words else word_message(rule.message, message_values)
    no_suggestion = pl.lit("").alias("suggestions")
    return rows.select(
        pl.col(ROW),
        *_origin_columns(rule, column),
        *(pl.lit(text).alias(name) for name, text in zip(NOT_YET, words or ("", ""), strict=True)),
        value.alias("value"),
        message.alias("message"),
        word_known(rule, message_values),
        suggest_meant(message_values.get(rule.meant, pl.col(rule.meant))) if rule.meant else no_suggestion,
    )


def suggest_meant(meant: pl.Expr) -> pl.Expr:
    """Return the suggestion of a value that is known of the very row; blank where none is."""
    text = meant.cast(pl.String).fill_null("")
    return text.map_batches(_suggested, return_dtype=pl.String, is_elementwise=True).alias("suggestions")


def _suggested(values: pl.Series) -> pl.Series:
    if not values.str.len_bytes().max():  # looking for one takes a fraction of the time of writing each
        return values
    return pl.Series(values.name, [to_text([Suggestion(each, "")]) if each else "" for each in values])


def word_known(rule: Rule, message_values: Mapping[str, pl.Expr]) -> pl.Expr:
    """Return what is known: the first of the rule's templates of which every value is there; blank if none is."""
    said = [pl.concat_str(_parts_of(template, message_values)) for template in rule.known]
    return pl.coalesce(*said, pl.lit("")).alias("known")


def _parts_of(template: str, message_values: Mapping[str, pl.Expr]) -> Iterator[pl.Expr]:
    for literal, name, _, _ in string.Formatter().parse(template):
        if literal:
            yield pl.lit(literal)
        if name:
            text = message_values.get(name, pl.col(name)).cast(pl.String)
            yield text.map_batches(_shown_whole, return_dtype=pl.String, is_elementwise=True)


def known_by_words(rule: Rule, words: Mapping[str, str]) -> str:
    """Return what is known of an issue that the reader found: the first template of which every word is there."""
    return next((each.format_map(words) for each in rule.known if names_in(each) <= words.keys()), "")


def _words_around_value(template: str, column: str, message_values: Mapping[str, pl.Expr]) -> tuple[str, str] | None:
    """Divide a message at its value.

    Returns:
        The texts before and behind the value; None if it needs more than words of ours and the value, once.
    """
    value, texts = pl.col(column), [""]
    for literal, name, _, _ in string.Formatter().parse(template):
        texts[-1] += literal
        if not name:
            continue
        words = message_values.get(name, pl.col(name))
        if words.meta.eq(value):
            texts.append("")
        elif name in message_values and name != "value" and words.meta.is_literal():
            texts[-1] += str(pl.select(words).item() or "")
        else:
            return None
    return (texts[0], texts[1]) if len(texts) == 2 else None


def said_once(message_values: Mapping[str, pl.Expr], rows: pl.DataFrame) -> dict[str, pl.Expr]:
    """Return the values for the messages of `rows`; words that are worked out and the same for all of many rows are
    literals."""
    values = dict(message_values)
    if rows.height < _MIN_ALIKE:
        return values
    alike = [name for name, words in values.items() if not words.meta.is_literal() and not words.meta.is_column()]
    said, names = pl.DataFrame(), {root for name in alike for root in values[name].meta.root_names()}
    # where the cells are all the same, what is worked out of them is, too
    is_same = all(are_alike(rows[name]) for name in names)
    for some in (rows.head(_SAMPLE_SIZE), *(() if is_same else (rows,))):
        said = some.lazy().select(values[name].cast(pl.String).alias(name) for name in alike).collect()
        alike = [name for name in alike if said[name].first() is not None and are_alike(said[name])]
        if not alike:
            return values
    return values | {name: pl.lit(said[name][0]) for name in alike}


def worded(noted: pl.DataFrame, words: pl.DataFrame) -> pl.DataFrame:
    """Return findings with the messages that were not worded yet, and without NUL. `words` has NOT_YET of each."""
    begins, ends = (words[name] for name in NOT_YET)
    messages = noted.select(pl.concat_str(begins, shown_value(), ends)).to_series()
    findings = without_nul(noted)
    is_worded = findings["message"].is_not_null()
    if is_worded.any():
        messages = findings["message"].zip_with(is_worded, messages)
    return findings.with_columns(messages.alias("message"))


def all_worded(findings: pl.DataFrame) -> pl.DataFrame:
    """Return findings that may lack messages with all of them (see `NotedFindings.in_slices`)."""
    if NOT_YET[0] not in findings.columns:
        return findings
    return worded(findings.drop(NOT_YET), findings.select(pl.col(NOT_YET).cast(pl.String)))


def with_known(
    rule: ColumnRule | RowRule, found: pl.DataFrame, breaking: pl.DataFrame, is_others: pl.Series | None
) -> pl.DataFrame:
    """Return findings with what a look-up knows of the column's cells. Nobody is told about a student of a row that
    another organization should send.

    Args:
        rule: The rule.
        found: Its findings.
        breaking: The rows that break it.
        is_others: Which of them another organization should send; None where that is not known.
    """
    of_cell = known_column(rule.column)
    if of_cell in breaking.columns:
        by_look_up = breaking[of_cell].fill_null("")
        # Each is worded in Python.
        meant = breaking.select(suggest_meant(pl.col(meant_column(rule.column)))).to_series()
        found = found.with_columns(
            pl.when(pl.col("known") == "").then(by_look_up).otherwise("known").alias("known"),
            pl.when(pl.col("suggestions") == "").then(meant).otherwise("suggestions").alias("suggestions"),
        )
    if is_others is None or not (rule.known or of_cell in breaking.columns):
        return found
    without_known = (
        pl.when(is_others).then(pl.lit("")).otherwise(name).alias(name) for name in ("known", "suggestions")
    )
    return found.with_columns(without_known)


def identity_of(layout: Layout) -> list[pl.Expr]:
    """Return the texts that name a row in the Result Log; blank if the file type has no such
    column."""
    named = {
        "sau_id": layout.identity.sau_id,
        "school_id": layout.identity.school_id,
        "student_number": layout.identity.student_number,
    }
    return [(pl.col(column).fill_null("") if column else pl.lit("")).alias(name) for name, column in named.items()]


def word_message(template: str, message_values: Mapping[str, pl.Expr]) -> pl.Expr:
    """Return the message: the template with every name in braces replaced by that value or
    column."""
    parts: list[pl.Expr] = []
    for literal, name, _, _ in string.Formatter().parse(template):
        if literal:
            parts.append(pl.lit(literal))
        if name and name != "value" and name in message_values:
            parts.append(message_values[name].cast(pl.String).fill_null(""))  # words of ours
        elif name:
            parts.append(_show(message_values.get(name, pl.col(name))))
    return pl.concat_str(parts)


def shown_value() -> pl.Expr:
    """Return the value of a finding as its message shows it."""
    return _show(pl.col("value"))


def _show(text: pl.Expr) -> pl.Expr:
    """Return a text from the file or the records as a message shows it: on one line and not too long."""
    return text.cast(pl.String).fill_null("").map_batches(_shown, return_dtype=pl.String, is_elementwise=True)


def _shown_whole(words: pl.Series) -> pl.Series:
    return _shown(words, most=_MAX_KNOWN_TEXT)


def _shown(words: pl.Series, most: int = _MAX_MESSAGE_TEXT) -> pl.Series:
    # testing all texts at once takes a tenth of the time of replacing what few have
    text = words.to_frame("text").select(
        longest=pl.col("text").str.len_bytes().max(), is_odd=pl.col("text").str.join("").str.contains(_UNPRINTABLE)
    )
    longest, is_odd = text.row(0)
    if is_odd:
        words = words.str.replace_all(_UNPRINTABLE, " ")
    if (longest or 0) <= most:
        return words
    is_long = words.str.len_chars() > most
    return (words.str.slice(0, most) + "…").zip_with(is_long, words)


def findings_of_issues(issues: Iterable[ReadingIssue], rules: Mapping[str, ReadingRule]) -> pl.DataFrame:
    """Return the reader's issues of the file and its header as findings, worded by the rules
    with their codes."""
    found = [
        {
            "row": issue.row,
            "column": issue.words.get("column", ""),
            "code": issue.code,
            "severity": str(rules[issue.code].severity),
            "value": issue.value,
            "message": rules[issue.code].message.format(**issue.words),
            **dict.fromkeys(("sau_id", "school_id", "student_number", "suggestions"), ""),
            "known": known_by_words(rules[issue.code], issue.words),
        }
        for issue in issues
    ]
    return pl.DataFrame(found, schema=FINDINGS)


def findings_of_row_issues(
    issues: pl.DataFrame, rules: Mapping[str, ReadingRule], rows: pl.DataFrame, layout: Layout
) -> pl.DataFrame:
    """Return the reader's issues of rows as findings.

    Args:
        issues: The issues, shaped as ISSUES.
        rules: The reading rules by code, which word them.
        rows: The rows of the slice.
        layout: The layout of the school year.
    """
    if issues.is_empty():
        return no_findings()
    codes = issues["code"].unique().to_list()
    worded = pl.coalesce(pl.when(pl.col("code") == code).then(_filled(rules[code].message)) for code in codes)
    known = (pl.when(pl.col("code") == code).then(word_known(rules[code], {})) for code in codes if rules[code].known)
    severities = {code: str(rules[code].severity) for code in codes}
    found = issues.with_columns(
        worded.alias("message"),
        pl.col("code").replace_strict(severities, return_dtype=pl.String).alias("severity"),
        pl.col("column").fill_null(""),
        pl.lit("").alias("suggestions"),
        pl.coalesce(*known, pl.lit("")).alias("known"),
    )
    if rows.is_empty():
        found = found.with_columns(pl.lit("").alias(name) for name in IDENTITY)
    else:
        named = rows.select("row", *identity_of(layout))
        found = found.join(named, on="row", how="left", maintain_order="left")
        found = found.with_columns(pl.col(IDENTITY).fill_null(""))
    return found.select(pl.col(name).cast(dtype) for name, dtype in FINDINGS.items())


def _filled(message: str) -> pl.Expr:
    """Return the message of a reading rule with its names in braces replaced by columns of
    ISSUES."""
    parts: list[pl.Expr] = []
    for literal, name, _, _ in string.Formatter().parse(message):
        parts += [pl.lit(literal)] if literal else []
        parts += [pl.col(name)] if name else []
    return pl.concat_str(parts)
