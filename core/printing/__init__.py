"""Sheets on paper, one job each, so that nobody ever wonders which of them came out."""
