"""What the system signs: receipts of uploads, and heads of the audit log."""
