"""The pages that say what a file must look like: file types, their columns, rules and codes."""
