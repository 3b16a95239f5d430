"""What spreadsheets and other programs write where they cannot give a value. Nobody and nothing is called so."""

import polars as pl

_OF_EXCEL = (
    "#N/A", "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#GETTING_DATA", "#SPILL!", "#CALC!", "#FIELD!",
    "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!", "#EXTERNAL!", "#PYTHON!", "#TIMEOUT!",
)  # fmt: skip
_IN_OTHER_LANGUAGES = (
    "#NUL!", "#VALEUR!", "#NOM?", "#NOMBRE!", "#N/D", "#PROPAGATION!", "#CALCUL!", "#CHAMP!",  # French
    "#\u00a1NULO!", "#\u00a1DIV/0!", "#\u00a1VALOR!", "#\u00a1REF!", "#\u00bfNOMBRE?", "#\u00a1NUM!",  # Spanish
    "#\u00a1DESBORDAMIENTO!", "#\u00a1CALC!", "#\u00a1CAMPO!",
    "#NV", "#BEZUG!", "#WERT!", "#ZAHL!", "#\u00dcBERLAUF!", "#KALK!", "#FELD!",  # German
    "#NOME?", "#VALOR!", "#RIF!", "#VALORE!",  # Portuguese, Italian
)  # fmt: skip
_OF_OTHERS = (
    "#ERROR!", "Loading...",  # Google Sheets
    "#FMT", "#MACRO?", *(f"Err:{number}" for number in range(500, 541)),  # LibreOffice
    "(error)", "(absent)",  # Miller
    "NaN", "NaT", "<NA>", "Invalid Date", "[object Object]",  # pandas, JavaScript
)  # fmt: skip
_MAY_BE_NAMES = ("nan", "inf", "-inf", "Inf", "-Inf", "+Inf", "Infinity", "-Infinity", "undefined")
_WITHOUT_NAMES = (*_OF_EXCEL, *_IN_OTHER_LANGUAGES, *_OF_OTHERS)
_NO_NAMES = pl.Series(_WITHOUT_NAMES).implode()
_ALL = pl.Series([*_WITHOUT_NAMES, *_MAY_BE_NAMES]).implode()


def is_error_word(text: pl.Expr, *, holds_names: bool) -> pl.Expr:
    """Return whether the whole text is such a word. Those that somebody may be called by do not count in names."""
    return text.is_in(_NO_NAMES if holds_names else _ALL)
