"""Backup runbooks from client records: checked against the provider's policy, rendered for technicians."""

__version__ = "0.1.0"
