"""Draws all plots of the site as SVG, on the server: they need no script, follow the page into the dark, and print.

Each plot has a table with the same facts beside it. No other package has SVG, but for the icons.
"""
