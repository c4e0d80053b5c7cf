"""Migrations of the database (alembic): `python -m bot db upgrade`."""
