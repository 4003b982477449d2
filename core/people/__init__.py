"""Accounts, roles, PINs and personal signing keys, and who may do what."""
