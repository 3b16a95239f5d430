"""The rules of Bus Riders, one file each."""
