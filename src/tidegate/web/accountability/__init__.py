"""The pages of what is counted: periods, snapshots, indicators, signatures and publications."""
