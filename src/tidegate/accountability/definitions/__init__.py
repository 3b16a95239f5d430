"""Who is a participant and who a concentrator: dated files of the state's package."""
