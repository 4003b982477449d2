"""The standards as data, and what follows from them alone: plans, eligibility, staffing, working days."""
