"""What the association's hub says to this centre: enrolment, authorisation, decisions, leases, revocations, lists."""
