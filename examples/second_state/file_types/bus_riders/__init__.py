"""The file type Bus Riders."""
