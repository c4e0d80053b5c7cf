"""Tickets: what a citizen leaves for a person to answer."""
