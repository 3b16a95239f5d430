"""The rules about lines that are replaced together or by a key: a layout has them by its `group` or `key`."""
