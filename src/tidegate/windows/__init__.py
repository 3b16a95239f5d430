"""When files are collected: windows of file types, late files that are allowed, and school years that are closed."""
