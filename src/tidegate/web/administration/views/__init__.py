"""The views of these pages, one file for each page or small group of pages."""
