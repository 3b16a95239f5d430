"""The state's reference tables, and how a folder of CSV files answers for them."""
