"""Certificates and notices: numbers, the signed code, issue, print record, revocation, verification."""
