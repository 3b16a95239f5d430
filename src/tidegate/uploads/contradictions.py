"""What contradicts a claim: a primary enrollment on file that another district has of the student at the same time."""

ENROLLED_ELSEWHERE = """
    records_enrollment enrolled ON enrolled.student_id = claim.student_id
    AND enrolled.school_year_id = claim.school_year_id AND enrolled.replaced_at IS NULL
    AND enrolled.enrollment_type = %(primary)s AND enrolled.sau_id <> claim.sau_id
    AND daterange(enrolled.entry_date, enrolled.exit_date) && daterange(claim.entry_date, claim.exit_date)
"""
"""In SQL, to be joined as `enrolled` with what has the columns of EnrollmentClaim, as `claim`."""
