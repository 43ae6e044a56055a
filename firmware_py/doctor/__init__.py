"""`gaitcoach doctor`: one check after the other, each with what was seen and what to do."""
