"""Candidate numbers, panels and recusals: who is examined by whom."""
