"""FILE030: the file is a data file of another program."""

from tidegate.core.rules.rule import ReadingRule


class DataFile(ReadingRule):
    """The file is a data file of another program.

    What it checks: The first bytes of the file, whatever its name. Data files of SPSS, Stata, SAS
    and R, Arrow and Parquet files, and databases are recognized.

    How to fix it: Save the data as CSV in the program that made the file. SPSS: File > Export > CSV
    Data. Stata: export delimited. SAS: PROC EXPORT with DBMS=CSV. R: write.csv(data, "file.csv",
    row.names = FALSE, na = ""). Python: data.to_csv("file.csv", index=False).
    """

    code = "FILE030"
    message = "The file is {content}, not a CSV or TXT file"
    example_words = {"content": "an SPSS data file (SAV)"}
