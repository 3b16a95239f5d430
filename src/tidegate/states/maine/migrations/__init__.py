"""Migrations of Maine's tables."""
