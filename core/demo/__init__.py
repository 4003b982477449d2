"""A whole evaluation of invented people, through the same commands that the window calls."""
