"""Candidates, applications, evidence, qualification review, and the roster that brings many at once."""
