"""The indicators for which no file type of this program has the data: they say so, and are never 0."""

from tidegate.accountability.indicators.indicator import PUBLISHED_WORDING, WithoutData

_NO_COHORT = "No file type brings the cohorts of the graduation rate"
_NO_RESULTS = "No file type brings the results of the state's tests"


class FourYearGraduationRate(WithoutData):
    """Concentrators of the four-year cohort, and those who graduated."""

    code = "1S1"
    title = "Four-Year Graduation Rate"
    wording = "Concentrators who graduate from high school, in the four-year adjusted cohort graduation rate."
    source = PUBLISHED_WORDING
    needs = _NO_COHORT


class ExtendedGraduationRate(WithoutData):
    """Concentrators of the extended-year cohort, and those who graduated."""

    code = "1S2"
    title = "Extended-Year Graduation Rate"
    wording = "Concentrators who graduate from high school, in the extended-year rate; the state may choose it."
    source = PUBLISHED_WORDING
    needs = _NO_COHORT


class ReadingProficiency(WithoutData):
    """Concentrators who are proficient in reading and language arts."""

    code = "2S1"
    title = "Academic Proficiency in Reading/Language Arts"
    wording = "Concentrators who are proficient in the state's standards in reading/language arts."
    source = PUBLISHED_WORDING
    needs = _NO_RESULTS


class MathematicsProficiency(WithoutData):
    """Concentrators who are proficient in mathematics."""

    code = "2S2"
    title = "Academic Proficiency in Mathematics"
    wording = "Concentrators who are proficient in the state's standards in mathematics."
    source = PUBLISHED_WORDING
    needs = _NO_RESULTS


class ScienceProficiency(WithoutData):
    """Concentrators who are proficient in science."""

    code = "2S3"
    title = "Academic Proficiency in Science"
    wording = "Concentrators who are proficient in the state's standards in science."
    source = PUBLISHED_WORDING
    needs = _NO_RESULTS
