"""The views, one file per page or small group of pages."""
