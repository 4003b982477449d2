"""Marking: exercises, score sheets, unsealing, aggregation and deliberation."""
